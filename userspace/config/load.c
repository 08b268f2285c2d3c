// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config/edit.h"
#include "config/internal.h"

static void read_line(struct load *ld, const char *text, size_t len)
{
	char line[CONFIG_LINE_MAX + 1], why[160];
	char *words[CONFIG_WORDS_MAX];
	int n;

	if (len > CONFIG_LINE_MAX) {
		error_add(ld, ld->line, "",
			  "the line has %zu bytes; at most %d are allowed", len,
			  CONFIG_LINE_MAX);
		return;
	}
	memcpy(line, text, len);
	n = text_split(line, len, words, why, sizeof(why));
	if (n < 0)
		error_add(ld, ld->line, "", "%s", why);
	else if (n > 0)
		line_apply(ld, words, (size_t)n);
}

static void read_lines(struct load *ld, const char *text, size_t len)
{
	const char *end = text + len;

	while (text < end) {
		const char *lf = memchr(text, '\n', (size_t)(end - text));
		const char *stop = lf ? lf : end;

		if (ld->line == CONFIG_LINES_MAX) {
			error_add(ld, ld->line + 1, "",
				  "a file has at most %d lines; the rest was "
				  "not read",
				  CONFIG_LINES_MAX);
			return;
		}
		ld->line++;
		read_line(ld, text, (size_t)(stop - text));
		text = stop + 1;
	}
}

int config_load_text(const char *text, size_t len, struct lyd_node **ret,
		     struct config_error *errs, size_t max_errs)
{
	struct load ld = { .errs = errs, .max_errs = max_errs };

	ld.failed = calloc(CONFIG_LINES_MAX, sizeof(ld.failed[0]));
	if (!ld.failed)
		return -ENOMEM;
	read_lines(&ld, text, len);
	check_tree(&ld);
	ly_err_clean(config_ctx(), NULL);
	free(ld.failed);
	if (ld.n_errs > 0) {
		lyd_free_all(ld.tree);
		return (int)ld.n_errs;
	}
	*ret = ld.tree;
	return 0;
}

int config_edit_text(struct lyd_node **tree, const char *text, size_t len,
		     bool merge, struct config_error *errs, size_t max_errs)
{
	struct load ld = { .edit = merge, .errs = errs, .max_errs = max_errs };

	if (merge && tree_dup(*tree, &ld.tree) < 0)
		return -ENOMEM;
	ld.failed = calloc(CONFIG_LINES_MAX, sizeof(ld.failed[0]));
	if (!ld.failed) {
		lyd_free_all(ld.tree);
		return -ENOMEM;
	}
	read_lines(&ld, text, len);
	ly_err_clean(config_ctx(), NULL);
	free(ld.failed);
	if (ld.n_errs > 0) {
		lyd_free_all(ld.tree);
		return (int)ld.n_errs;
	}
	lyd_free_all(*tree);
	*tree = ld.tree;
	return 0;
}

/* Fills @buf as far as the file goes; its length, or -errno. */
static ssize_t read_file(const char *file, char *buf, size_t size)
{
	int fd = open(file, O_RDONLY | O_CLOEXEC);
	ssize_t n = 1;
	size_t used = 0;

	if (fd < 0)
		return -errno;
	while (n != 0 && used < size) {
		n = read(fd, buf + used, size - used);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			n = -errno;
			close(fd);
			return n;
		}
		used += (size_t)n;
	}
	close(fd);
	return (ssize_t)used;
}

int config_load_file(const char *file, struct lyd_node **ret,
		     struct config_error *errs, size_t max_errs)
{
	char *text = malloc(CONFIG_FILE_MAX + 1);
	ssize_t len;
	int n;

	if (!text)
		return -ENOMEM;
	len = read_file(file, text, CONFIG_FILE_MAX + 1);
	if (len > CONFIG_FILE_MAX) {
		struct load ld = { .errs = errs, .max_errs = max_errs };

		error_add(&ld, 0, "", "the file is larger than %d bytes",
			  CONFIG_FILE_MAX);
		n = 1;
	} else if (len < 0) {
		n = (int)len;
	} else {
		n = config_load_text(text, (size_t)len, ret, errs, max_errs);
	}
	free(text);
	return n;
}
