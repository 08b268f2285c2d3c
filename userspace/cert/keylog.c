// SPDX-License-Identifier: GPL-2.0-or-later
#include "cert/keylog.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include <wolfssl/options.h>

static char file[256];
static int fd = -1;
static time_t end; /* by the monotonic clock */
static size_t left; /* bytes that may be written */

static time_t monotonic(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec;
}

void keylog_set_file(const char *path)
{
	keylog_stop(true);
	snprintf(file, sizeof(file), "%s", path ? path : "");
	if (file[0])
		unlink(file);
}

const char *keylog_file(void)
{
	return file;
}

int keylog_start(unsigned int seconds)
{
	if (!file[0])
		return -ENOENT;
#ifndef HAVE_SECRET_CALLBACK
	return -ENOTSUP;
#else
	keylog_stop(true);
	fd = open(file,
		  O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC |
			  O_APPEND,
		  0600);
	if (fd < 0)
		return -errno;
	end = monotonic() + (time_t)seconds;
	left = KEYLOG_BYTES_MAX;
	return 0;
#endif
}

void keylog_stop(bool remove)
{
	if (fd >= 0)
		close(fd);
	fd = -1;
	if (remove && file[0])
		unlink(file);
}

unsigned int keylog_seconds(void)
{
	time_t now = monotonic();

	return fd >= 0 && now < end ? (unsigned int)(end - now) : 0;
}

void keylog_write(const char *line)
{
	struct iovec parts[2] = {
		{ (void *)(uintptr_t)line, strlen(line) },
		{ (void *)(uintptr_t) "\n", 1 },
	};
	size_t n = parts[0].iov_len + 1;

	/* What doesn't fit on the disk is missing in the capture, no more. */
	if (keylog_seconds() && n <= left && writev(fd, parts, 2) > 0)
		left -= n;
}
