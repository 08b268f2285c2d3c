// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <string.h>

#include "config/internal.h"

#define LIST_CUT ", ..."

/* Errors quote the file; a terminal must not obey what it says. */
static void make_printable(char *s)
{
	for (; *s; s++) {
		if (*s == '\n')
			*s = ' ';
		else if (*s < 0x20 || *s > 0x7e)
			*s = '?';
	}
}

void error_fill(struct config_error *err, unsigned int line, const char *path,
		const char *fmt, va_list ap)
{
	err->line = line;
	snprintf(err->path, sizeof(err->path), "%s", path);
	vsnprintf(err->text, sizeof(err->text), fmt, ap);
	make_printable(err->path);
	make_printable(err->text);
}

/* Make room in the sorted array; NULL when the line is beyond the last. */
static struct config_error *insert(struct load *ld, unsigned int line)
{
	size_t n = ld->n_errs < ld->max_errs ? ld->n_errs : ld->max_errs;
	size_t at = n;

	while (at > 0 && ld->errs[at - 1].line > line)
		at--;
	if (at == ld->max_errs)
		return NULL;
	if (n == ld->max_errs)
		n--;
	memmove(&ld->errs[at + 1], &ld->errs[at],
		(n - at) * sizeof(ld->errs[0]));
	return &ld->errs[at];
}

void error_add(struct load *ld, unsigned int line, const char *path,
	       const char *fmt, ...)
{
	struct config_error *err = insert(ld, line);
	va_list ap;

	ld->n_errs++;
	if (!err)
		return;
	va_start(ap, fmt);
	error_fill(err, line, path, fmt, ap);
	va_end(ap);
}

void list_add(char *buf, size_t size, const char *word)
{
	const char *sep = *buf ? ", " : "";
	size_t used = strlen(buf);

	if (used >= strlen(LIST_CUT) &&
	    !strcmp(buf + used - strlen(LIST_CUT), LIST_CUT))
		return;
	if (used + strlen(sep) + strlen(word) + strlen(LIST_CUT) < size)
		sprintf(buf + used, "%s%s", sep, word);
	else
		strcpy(buf + used, LIST_CUT);
}
