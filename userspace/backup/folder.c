// SPDX-License-Identifier: GPL-2.0-or-later
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <wolfssl/options.h>
#include <wolfssl/wolfcrypt/coding.h>

#include "backup/folder.h"
#include "base/secret.h"

#define TEMPORARY ".restore"

struct reading {
	json_t *list;
	size_t bytes;
	bool secret;
};

/* A key, or what could be one: only PEM says that it is none. */
static bool may_be_secret(const uint8_t *p, size_t n)
{
	return !memmem(p, n, "-----BEGIN ", 11) ||
	       memmem(p, n, "PRIVATE KEY", 11);
}

static int add(struct reading *r, const char *name, const uint8_t *p, size_t n)
{
	word32 size = (word32)(n / 3 * 4 + 8);
	char *text = malloc(size + 1);
	int err = -ENOMEM;

	if (text && !Base64_Encode_NoNl(p, (word32)n, (byte *)text, &size)) {
		text[size] = '\0';
		err = json_array_append_new(r->list,
					    json_pack("{s:s, s:s}", "name",
						      name, "data", text))
			      ? -ENOMEM
			      : 0;
	}
	if (text)
		secret_free(text, size);
	r->secret = r->secret || may_be_secret(p, n);
	return err;
}

static int read_file(struct reading *r, int dir, const char *file,
		     const char *name)
{
	int fd = openat(dir, file, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	size_t room = FOLDER_BYTES_MAX - r->bytes + 1;
	uint8_t *buf = fd < 0 ? NULL : malloc(room);
	ssize_t n = -1;
	int err;

	if (buf)
		n = read(fd, buf, room);
	err = n >= 0 ? 0 : -errno;
	if (n == (ssize_t)room)
		err = -EFBIG;
	if (!err)
		err = add(r, name, buf, (size_t)n);
	if (!err)
		r->bytes += (size_t)n;
	if (buf)
		secret_free(buf, room);
	if (fd >= 0)
		close(fd);
	return err;
}

static int read_folder(struct reading *r, int dir, const char *prefix,
		       unsigned int depth);

static int read_entry(struct reading *r, int dir, const char *file,
		      const char *prefix, unsigned int depth)
{
	char name[FOLDER_NAME_MAX + 1];
	struct stat st;
	int fd, err;

	if (file[0] == '.' ||
	    snprintf(name, sizeof(name), "%s%s", prefix, file) >=
		    (int)sizeof(name) ||
	    fstatat(dir, file, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return 0;
	if (S_ISREG(st.st_mode))
		return json_array_size(r->list) < FOLDER_FILES_MAX
			       ? read_file(r, dir, file, name)
			       : -E2BIG;
	if (!S_ISDIR(st.st_mode) || depth == FOLDER_DEPTH_MAX ||
	    strlen(name) >= FOLDER_NAME_MAX)
		return 0;
	strcat(name, "/");
	fd = openat(dir, file, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	err = read_folder(r, fd, name, depth + 1);
	close(fd);
	return err;
}

static int read_folder(struct reading *r, int dir, const char *prefix,
		       unsigned int depth)
{
	int fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *e;
	int err = 0;

	if (!d) {
		err = -errno;
		if (fd >= 0)
			close(fd);
		return err;
	}
	while (!err && (e = readdir(d)))
		err = read_entry(r, dir, e->d_name, prefix, depth);
	closedir(d);
	return err;
}

int folder_read(int dir, bool *secret, json_t **ret)
{
	struct reading r = { .list = json_array() };
	int err = r.list ? read_folder(&r, dir, "", 0) : -ENOMEM;

	if (err) {
		json_decref(r.list);
		return err;
	}
	*secret = r.secret;
	*ret = r.list;
	return 0;
}

/* "file" or "folder/file": no dot in front, no more than one folder. */
static bool good_name(const char *name)
{
	const char *slash = strchr(name, '/');
	size_t n = strlen(name);

	return n > 0 && n <= FOLDER_NAME_MAX && name[0] != '.' &&
	       strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwx"
			    "yz0123456789._-@/ ") == n &&
	       (!slash || (slash != name && slash[1] && slash[1] != '.' &&
			   !strchr(slash + 1, '/')));
}

/* Stricter than wolfSSL, which passes over what it doesn't know. */
static bool is_base64(const char *text)
{
	size_t n = strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrst"
				"uvwxyz0123456789+/");
	size_t pad = strspn(text + n, "=");

	return !text[n + pad] && pad <= 2 && (n + pad) % 4 == 0;
}

/* The caller wipes and frees; NULL: that is no base64. */
static uint8_t *decode(const char *text, size_t *len)
{
	word32 n = (word32)strlen(text) + 1;
	uint8_t *buf = malloc(n);

	if (buf && *text && !is_base64(text)) {
		free(buf);
		return NULL;
	}
	if (buf && *text &&
	    Base64_Decode((const byte *)text, (word32)strlen(text), buf, &n)) {
		free(buf);
		return NULL;
	}
	*len = *text ? n : 0;
	return buf;
}

bool folder_check(const json_t *list)
{
	if (!json_is_array(list) || json_array_size(list) > FOLDER_FILES_MAX)
		return false;
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *e = json_array_get(list, i);
		const char *name =
			json_string_value(json_object_get(e, "name"));
		const char *data =
			json_string_value(json_object_get(e, "data"));
		uint8_t *p;
		size_t n;

		if (!name || !data || !good_name(name))
			return false;
		p = decode(data, &n);
		if (!p)
			return false;
		secret_free(p, n);
	}
	return true;
}

static int write_file(int dir, const char *name, const uint8_t *p, size_t n)
{
	int fd, err = 0;

	if (unlinkat(dir, TEMPORARY, 0) < 0 && errno != ENOENT)
		return -errno;
	fd = openat(dir, TEMPORARY,
		    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	if (write(fd, p, n) != (ssize_t)n || fsync(fd) < 0)
		err = errno ? -errno : -EIO;
	close(fd);
	if (!err && renameat(dir, TEMPORARY, dir, name) < 0)
		err = -errno;
	if (err)
		unlinkat(dir, TEMPORARY, 0);
	return err ? err : fsync(dir) < 0 ? -errno : 0;
}

static int open_folder(int dir, const char *name)
{
	int fd;

	if (mkdirat(dir, name, 0700) < 0 && errno != EEXIST)
		return -errno;
	fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

static int write_entry(int dir, const json_t *e)
{
	const char *name = json_string_value(json_object_get(e, "name"));
	const char *slash = strchr(name, '/');
	char folder[FOLDER_NAME_MAX + 1] = ".";
	int fd, err = -ENOMEM;
	uint8_t *p;
	size_t n;

	if (slash)
		snprintf(folder, sizeof(folder), "%.*s", (int)(slash - name),
			 name);
	fd = open_folder(dir, folder);
	if (fd < 0)
		return fd;
	p = decode(json_string_value(json_object_get(e, "data")), &n);
	if (p) {
		err = write_file(fd, slash ? slash + 1 : name, p, n);
		secret_free(p, n);
	}
	close(fd);
	return err;
}

int folder_write(int dir, const json_t *list)
{
	int err = 0;

	for (size_t i = 0; !err && i < json_array_size(list); i++)
		err = write_entry(dir, json_array_get(list, i));
	return err;
}
