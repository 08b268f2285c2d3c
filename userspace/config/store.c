// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A commit writes FILE.history/NUMBER, then FILE, each to a temporary name that
 * is moved once it is on the disk. The move of FILE is the commit: a number in
 * the history whose text is not in FILE is left over from one that came no
 * further, and is used again.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/secret.h"
#include "config/config.h"
#include "config/store.h"

#define MARK	 "# ringfence commit "
#define FIRST	 1
#define NAME_LEN 16 /* of a file in the history */
/* A commit that was left over, and the new one, are there for a moment. */
#define NUMBERS_MAX 64

struct store {
	int dir; /* where the file is */
	char *name; /* of the file in it */
	char *history; /* of the folder in it */
};

/* The numbers in the history, the highest first. */
struct numbers {
	unsigned int n;
	unsigned int number[NUMBERS_MAX];
};

int store_new(const char *file, struct store **ret)
{
	struct store *s = calloc(1, sizeof(*s));
	char *path = realpath(file, NULL);
	const char *slash;
	int err = -ENOMEM;

	if (!path)
		path = strdup(file);
	if (!s || !path)
		goto out;
	slash = strrchr(path, '/');
	s->name = strdup(slash ? slash + 1 : path);
	if (!s->name || asprintf(&s->history, "%s.history", s->name) < 0)
		goto out;
	if (slash)
		path[slash == path ? 1 : slash - path] = '\0';
	s->dir = open(slash ? path : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	err = s->dir < 0 ? -errno : 0;
out:
	free(path);
	if (err) {
		if (s) {
			free(s->name);
			free(s->history);
		}
		free(s);
		return err;
	}
	*ret = s;
	return 0;
}

void store_free(struct store *s)
{
	if (!s)
		return;
	close(s->dir);
	free(s->name);
	free(s->history);
	free(s);
}

static int write_all(int fd, const char *text, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, text, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? -errno : -EIO;
		text += n;
		len -= (size_t)n;
	}
	return fsync(fd) < 0 ? -errno : 0;
}

static int write_temporary(int dir, const char *name, const char *text,
			   size_t len)
{
	int fd, ret;

	if (unlinkat(dir, name, 0) < 0 && errno != ENOENT)
		return -errno;
	fd = openat(dir, name,
		    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	ret = write_all(fd, text, len);
	if (close(fd) < 0 && !ret)
		ret = -errno;
	if (ret < 0)
		unlinkat(dir, name, 0);
	return ret;
}

/* @moved: it has its name, even if that may not be on the disk yet. */
static int replace(int dir, const char *name, const char *text, size_t len,
		   bool *moved)
{
	char temporary[NAME_MAX + 1];
	int ret;

	*moved = false;
	if (snprintf(temporary, sizeof(temporary), ".%s.new", name) >=
	    (int)sizeof(temporary))
		return -ENAMETOOLONG;
	ret = write_temporary(dir, temporary, text, len);
	if (ret < 0)
		return ret;
	if (renameat(dir, temporary, dir, name) < 0) {
		ret = -errno;
		unlinkat(dir, temporary, 0);
		return ret;
	}
	*moved = true;
	return fsync(dir) < 0 ? -errno : 0;
}

static int read_fd(int fd, char **ret, size_t *len)
{
	const size_t size = CONFIG_FILE_MAX + 1;
	char *text = malloc(size + 1);
	size_t used = 0;
	ssize_t n = 1;

	if (!text)
		return -ENOMEM;
	while (n > 0 && used < size) {
		n = read(fd, text + used, size - used);
		if (n < 0 && errno == EINTR)
			n = 1;
		else if (n > 0)
			used += (size_t)n;
	}
	if (n < 0 || used == size) {
		int err = n < 0 ? -errno : -EFBIG;

		secret_free(text, size);
		return err;
	}
	text[used] = '\0';
	*ret = text;
	*len = used;
	return 0;
}

static int read_at(int dir, const char *name, char **ret, size_t *len)
{
	int fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	int err;

	if (fd < 0)
		return -errno;
	err = read_fd(fd, ret, len);
	close(fd);
	return err;
}

int store_open_folder(struct store *s, const char *name, bool make)
{
	int fd;

	if (make && mkdirat(s->dir, name, 0700) < 0 && errno != EEXIST)
		return -errno;
	fd = openat(s->dir, name,
		    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

static int open_history(struct store *s, bool make)
{
	return store_open_folder(s, s->history, make);
}

static void file_name(unsigned int number, char buf[NAME_LEN])
{
	snprintf(buf, NAME_LEN, "%08u", number);
}

/* Only names that file_name() makes. */
static bool file_number(const char *name, unsigned int *ret)
{
	unsigned long number = strtoul(name, NULL, 10);
	char again[NAME_LEN];

	if (number < FIRST || number > 99999999)
		return false;
	file_name((unsigned int)number, again);
	*ret = (unsigned int)number;
	return !strcmp(again, name);
}

/* Sorted in; the lowest has no room. */
static void add_number(struct numbers *all, unsigned int number)
{
	unsigned int at = all->n;

	while (at > 0 && all->number[at - 1] < number)
		at--;
	if (at == NUMBERS_MAX)
		return;
	if (all->n < NUMBERS_MAX)
		all->n++;
	memmove(&all->number[at + 1], &all->number[at],
		(all->n - 1 - at) * sizeof(all->number[0]));
	all->number[at] = number;
}

static int list_numbers(int history, struct numbers *all)
{
	const struct dirent *d;
	int fd = openat(history, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	unsigned int number;
	int err = 0;

	all->n = 0;
	if (!dir) {
		err = -errno;
		if (fd >= 0)
			close(fd);
		return err;
	}
	errno = 0;
	while ((d = readdir(dir)))
		if (file_number(d->d_name, &number))
			add_number(all, number);
	err = -errno;
	closedir(dir);
	return err;
}

static bool has_text(int history, unsigned int number, const char *text,
		     size_t len)
{
	char name[NAME_LEN], *there = NULL;
	size_t there_len = 0;
	bool same;

	file_name(number, name);
	if (read_at(history, name, &there, &there_len) < 0 || !there)
		return false;
	same = text && there_len == len && !memcmp(there, text, len);
	secret_free(there, there_len);
	return same;
}

/*
 * Make the history end with what is in the file, @text: forget what is left
 * over from a commit that came no further, add what was edited by hand.
 */
static int settle(int history, struct numbers *all, const char *text,
		  size_t len)
{
	char name[NAME_LEN];
	bool moved;
	int ret;

	if (all->n > 0 && has_text(history, all->number[0], text, len))
		return 0;
	if (all->n > 1 && has_text(history, all->number[1], text, len)) {
		file_name(all->number[0], name);
		if (unlinkat(history, name, 0) < 0)
			return -errno;
		memmove(&all->number[0], &all->number[1],
			--all->n * sizeof(all->number[0]));
		return 0;
	}
	add_number(all, all->n > 0 ? all->number[0] + 1 : FIRST);
	file_name(all->number[0], name);
	ret = replace(history, name, text, len, &moved);
	return ret;
}

/* What is too much goes; if it can't, it goes with the next commit. */
static void cut_history(int history, const struct numbers *all)
{
	char name[NAME_LEN];

	for (unsigned int i = STORE_HISTORY_MAX; i < all->n; i++) {
		file_name(all->number[i], name);
		unlinkat(history, name, 0);
	}
}

/* @old: what is in the file, NULL if there is none. */
static int replace_file(struct store *s, const char *text, const char *old,
			size_t old_len)
{
	bool moved;
	int ret = replace(s->dir, s->name, text, strlen(text), &moved);

	if (ret < 0 && moved) {
		/* Nobody knows what a power cut would leave: take it back. */
		if (old)
			replace(s->dir, s->name, old, old_len, &moved);
		else
			unlinkat(s->dir, s->name, 0);
	}
	return ret;
}

static int commit_to(struct store *s, int history, const char *text,
		     struct store_entry *e, const char *old, size_t old_len)
{
	struct numbers all;
	char name[NAME_LEN], *whole = NULL;
	bool moved;
	int ret = list_numbers(history, &all);

	if (!ret && old)
		ret = settle(history, &all, old, old_len);
	if (ret < 0)
		return ret;
	e->number = all.n > 0 ? all.number[0] + 1 : FIRST;
	if (asprintf(&whole, MARK "%u %s %s %s\n%s", e->number, e->when, e->who,
		     e->comment, text) < 0)
		return -ENOMEM;
	file_name(e->number, name);
	ret = replace(history, name, whole, strlen(whole), &moved);
	if (!ret)
		ret = replace_file(s, whole, old, old_len);
	if (ret < 0) {
		unlinkat(history, name, 0);
	} else {
		add_number(&all, e->number);
		cut_history(history, &all);
	}
	secret_free(whole, strlen(whole));
	return ret;
}

int store_commit(struct store *s, const char *text, struct store_entry *e)
{
	int history = open_history(s, true);
	size_t old_len = 0;
	char *old = NULL;
	int ret;

	if (history < 0)
		return history;
	ret = read_at(s->dir, s->name, &old, &old_len);
	if (!ret || ret == -ENOENT)
		ret = commit_to(s, history, text, e, old, old_len);
	if (old)
		secret_free(old, old_len);
	close(history);
	return ret;
}

/* The numbers of the commits before the file's, the newest first. */
static int list_older(struct store *s, int history, struct numbers *all)
{
	char *text = NULL;
	size_t len = 0;
	int ret = list_numbers(history, all);

	if (ret < 0)
		return ret;
	ret = read_at(s->dir, s->name, &text, &len);
	/* Its own, and one that came no further, are not before it. */
	for (unsigned int i = 0; !ret && i < 2 && i < all->n; i++) {
		if (!has_text(history, all->number[i], text, len))
			continue;
		all->n -= i + 1;
		memmove(&all->number[0], &all->number[i + 1],
			all->n * sizeof(all->number[0]));
		break;
	}
	if (text)
		secret_free(text, len);
	return ret == -ENOENT ? 0 : ret;
}

int store_read(struct store *s, unsigned int back, char **ret, size_t *len)
{
	struct numbers all = { 0 };
	char name[NAME_LEN];
	int history, err;

	if (back == 0)
		return read_at(s->dir, s->name, ret, len);
	history = open_history(s, false);
	if (history < 0)
		return history;
	err = list_older(s, history, &all);
	if (!err && back > all.n)
		err = -ENOENT;
	if (!err) {
		file_name(all.number[back - 1], name);
		err = read_at(history, name, ret, len);
	}
	close(history);
	return err;
}

/* From the first line, if a commit wrote it. */
static void read_entry(int history, unsigned int number, struct store_entry *e)
{
	char name[NAME_LEN], *text = NULL;
	size_t len = 0;
	int at = 0;

	memset(e, 0, sizeof(*e));
	e->number = number;
	file_name(number, name);
	if (read_at(history, name, &text, &len) < 0 || !text)
		return;
	if (sscanf(text, MARK "%*u %31s %63s%n", e->when, e->who, &at) == 2 &&
	    text[at] == ' ')
		snprintf(e->comment, sizeof(e->comment), "%.*s",
			 (int)strcspn(text + at + 1, "\n"), text + at + 1);
	secret_free(text, len);
}

int store_history(struct store *s, struct store_entry ret[STORE_HISTORY_MAX])
{
	int history = open_history(s, false);
	struct numbers all;
	int err;

	if (history == -ENOENT)
		return 0;
	if (history < 0)
		return history;
	err = list_older(s, history, &all);
	if (!err && all.n > STORE_HISTORY_MAX)
		all.n = STORE_HISTORY_MAX;
	for (unsigned int i = 0; !err && i < all.n; i++)
		read_entry(history, all.number[i], &ret[i]);
	close(history);
	return err ? err : (int)all.n;
}
