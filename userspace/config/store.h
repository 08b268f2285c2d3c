/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The configuration on disk: the file, and beside it a folder FILE.history with
 * the last commits. The file is what counts: it is replaced as a whole, so that
 * whenever the power goes it is the old one or the new one.
 */
#ifndef CONFIG_STORE_H
#define CONFIG_STORE_H

#include <stdbool.h>
#include <stddef.h>

#define STORE_HISTORY_MAX 20 /* commits; the oldest one goes */
#define STORE_WHO_MAX	  64 /* with the zero */
#define STORE_COMMENT_MAX 128

struct store;

struct store_entry {
	unsigned int number; /* grows by one with each commit */
	char when[32]; /* RFC 3339, UTC; "" if the file was edited by hand */
	char who[STORE_WHO_MAX];
	char comment[STORE_COMMENT_MAX];
};

/* @file needs not be there. Return: 0 or -errno. */
int store_new(const char *file, struct store **ret);
void store_free(struct store *s); /* NULL is fine */

/**
 * store_commit() - replace the file, and keep it in the history
 * @e: all but the number, which is set
 *
 * What was in the file, if it was edited by hand, goes to the history first.
 * Return: 0, or -errno and the file is what it was. Blocks until all is on the
 * disk.
 */
int store_commit(struct store *s, const char *text, struct store_entry *e);

/*
 * The text of the file (0), or of the commit so many before it; the caller
 * wipes and frees it. -ENOENT when there is none.
 */
int store_read(struct store *s, unsigned int back, char **ret, size_t *len);

/* The newest first; returns how many, at most STORE_HISTORY_MAX, or -errno. */
int store_history(struct store *s, struct store_entry ret[STORE_HISTORY_MAX]);

/*
 * Open the folder @name beside the file, making it, for nobody else, if wanted.
 * Return: a file descriptor, the caller's; or -errno.
 */
int store_open_folder(struct store *s, const char *name, bool make);

#endif
