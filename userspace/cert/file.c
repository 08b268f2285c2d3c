// SPDX-License-Identifier: GPL-2.0-or-later
#include "cert/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/secret.h"

static int check(const struct stat *st, const char *path, const char *what,
		 bool secret, char *err, size_t err_len)
{
	if (!S_ISREG(st->st_mode)) {
		snprintf(err, err_len, "%s %s is not a regular file", what,
			 path);
		return -EINVAL;
	}
	if (!st->st_size || st->st_size > CERT_FILE_MAX) {
		snprintf(err, err_len, "%s %s is %s", what, path,
			 st->st_size ? "longer than 1 MiB" : "empty");
		return -EINVAL;
	}
	if (secret && (st->st_mode & (S_IRWXG | S_IRWXO))) {
		snprintf(err, err_len,
			 "%s %s may be used by others than its owner "
			 "(mode %04o): chmod 600 it",
			 what, path, st->st_mode & 07777);
		return -EPERM;
	}
	return 0;
}

/* All of the file, or -errno: it may shrink while it is read. */
static int read_all(int fd, uint8_t *p, size_t len)
{
	size_t done = 0;
	ssize_t n;

	while (done < len) {
		n = read(fd, p + done, len - done);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n ? -errno : -EIO;
		done += n;
	}
	return 0;
}

int cert_file_read(const char *path, const char *what, bool secret,
		   struct cert_file *ret, char *err, size_t err_len)
{
	/* Not to hang on a FIFO. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct cert_file f = { 0 };
	struct stat st;
	int r;

	if (fd < 0 || fstat(fd, &st)) {
		r = -errno;
		snprintf(err, err_len, "can't read %s %s: %s", what, path,
			 strerror(-r));
		goto out;
	}
	r = check(&st, path, what, secret, err, err_len);
	if (r)
		goto out;
	f.len = st.st_size;
	f.data = malloc(f.len);
	r = f.data ? read_all(fd, f.data, f.len) : -ENOMEM;
	if (r) {
		snprintf(err, err_len, "can't read %s %s: %s", what, path,
			 strerror(-r));
		cert_file_free(&f);
		goto out;
	}
	*ret = f;
out:
	if (fd >= 0)
		close(fd);
	return r;
}

void cert_file_free(struct cert_file *f)
{
	secret_free(f->data, f->len);
	memset(f, 0, sizeof(*f));
}
