/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The files beside the configuration that a backup has, as JSON. */
#ifndef BACKUP_FOLDER_H
#define BACKUP_FOLDER_H

#include <jansson.h>
#include <stdbool.h>

#define FOLDER_FILES_MAX 512 /* more: -E2BIG */
#define FOLDER_BYTES_MAX (512 * 1024) /* of all files; more: -EFBIG */
#define FOLDER_NAME_MAX	 127 /* bytes of a file's name */
#define FOLDER_DEPTH_MAX 2 /* folders in folders; deeper ones are left out */

/**
 * folder_read() - all plain files below an open folder
 * @secret: set if one may hold a private key
 * @ret: an array of {"name": "host/own.pem", "data": base64}
 *
 * Return: 0 or -errno.
 */
int folder_read(int dir, bool *secret, json_t **ret);

/* Is @list what folder_read() makes, with good names and data? */
bool folder_check(const json_t *list);

/*
 * Put the files of a checked @list below an open folder, each as a whole; others
 * stay. Return: 0 or -errno; then some may have been written.
 */
int folder_write(int dir, const json_t *list);

#endif
