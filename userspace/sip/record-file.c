// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sip/record.h"

static char *file_name;

void record_party(const char *user, char ret[SIP_PARTY_MAX + 1])
{
	size_t n = 0;

	if (!user || !user[0])
		user = "anonymous";
	for (; n < SIP_PARTY_MAX && user[n]; n++)
		ret[n] = user[n] < ' ' || user[n] > '~' ? '?' : user[n];
	ret[n] = '\0';
}

/* Append-only; a device or a pipe could keep the daemon waiting. */
static int open_file(const char *file)
{
	int fd = open(file,
		      O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW |
			      O_NONBLOCK | O_NOCTTY,
		      0600);
	struct stat st;

	if (fd < 0)
		return -errno;
	if (!fstat(fd, &st) && S_ISREG(st.st_mode))
		return fd;
	close(fd);
	return -EINVAL;
}

int record_open(const char *file)
{
	int fd = open_file(file);

	if (fd < 0)
		return fd;
	close(fd);
	return 0;
}

void record_set_file(const char *file)
{
	free(file_name);
	file_name = file ? strdup(file) : NULL;
}

const char *record_file(void)
{
	return file_name;
}

int record_append(const char *text, size_t len)
{
	int fd = open_file(file_name), err = 0;
	ssize_t n;

	if (fd < 0)
		return fd;
	n = write(fd, text, len);
	if (n != (ssize_t)len)
		err = n < 0 ? -errno : -ENOSPC;
	close(fd);
	return err;
}
