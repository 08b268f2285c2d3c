// SPDX-License-Identifier: GPL-2.0-or-later
#include "cert/certstore.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <wolfssl/options.h>
#include <wolfssl/ssl.h>

#include "base/secret.h"
#include "cert/file.h"
#include "cert/material.h"

static const char *const kinds[] = {
	[CERTSTORE_HOST] = "host",
	[CERTSTORE_OTHERS] = "others",
};

static char *top;

__attribute__((format(printf, 4, 5))) static int
fail(char *err, size_t err_len, int ret, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(err, err_len, fmt, ap);
	va_end(ap);
	return ret;
}

int certstore_init(const char *dir)
{
	if (wolfSSL_Init() != WOLFSSL_SUCCESS)
		return -EIO;
	top = strdup(dir);
	return top ? 0 : -ENOMEM;
}

void certstore_exit(void)
{
	if (top)
		wolfSSL_Cleanup();
	free(top);
	top = NULL;
}

bool certstore_by_name(const char *name, enum certstore_kind *ret)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (strcmp(kinds[i], name) == 0) {
			*ret = (enum certstore_kind)i;
			return true;
		}
	}
	return false;
}

const char *certstore_path(enum certstore_kind kind, const char *name,
			   char *buf, size_t size)
{
	if (!name || strchr(name, '/') || !top)
		return name;
	snprintf(buf, size, "%s/%s/%s", top, kinds[kind], name);
	return buf;
}

/* As the model's type "name"; one that begins with a dot is none. */
static bool name_ok(const char *name)
{
	static const char chars[] = "abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789_.-";
	size_t n = strspn(name, chars);

	return n > 0 && n <= CERTSTORE_NAME_MAX && !name[n] && name[0] != '.' &&
	       name[0] != '-' && name[0] != '_';
}

int certstore_check_name(const char *name, char *err, size_t err_len)
{
	if (!top)
		return fail(err, err_len, -ENOENT, "there is no store");
	return name_ok(name)
		       ? 0
		       : fail(err, err_len, -EINVAL,
			      "a file's name is up to %d letters, digits, '_', "
			      "'.' and '-', and begins with a letter or digit",
			      CERTSTORE_NAME_MAX);
}

/* The folder of a store, made if it is missing; -errno. */
static int open_store(enum certstore_kind kind, bool make)
{
	char path[512];
	int fd;

	if (make && mkdir(top, 0700) < 0 && errno != EEXIST)
		return -errno;
	snprintf(path, sizeof(path), "%s/%s", top, kinds[kind]);
	if (make && mkdir(path, 0700) < 0 && errno != EEXIST)
		return -errno;
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

static unsigned int count(int dir)
{
	DIR *d = fdopendir(dup(dir));
	unsigned int n = 0;

	if (!d)
		return CERTSTORE_FILES_MAX;
	rewinddir(d);
	for (struct dirent *e = readdir(d); e; e = readdir(d))
		n += e->d_name[0] != '.';
	closedir(d);
	return n;
}

static bool write_all(int fd, const char *p, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, p, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		p += n;
		len -= (size_t)n;
	}
	return true;
}

/* As a whole or not at all, whenever the power goes; 0 or -errno. */
static int replace(int dir, const char *name, const char *text, size_t len)
{
	char temporary[CERTSTORE_NAME_MAX + 8];
	int fd, r = 0;

	snprintf(temporary, sizeof(temporary), ".%s.new", name);
	unlinkat(dir, temporary, 0);
	fd = openat(dir, temporary,
		    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	if (!write_all(fd, text, len) || fsync(fd) < 0)
		r = errno ? -errno : -EIO;
	close(fd);
	if (!r && renameat(dir, temporary, dir, name) < 0)
		r = -errno;
	if (!r && fsync(dir) < 0)
		r = -errno;
	if (r)
		unlinkat(dir, temporary, 0);
	return r;
}

int certstore_write(enum certstore_kind kind, const char *name,
		    const char *text, size_t len, char *err, size_t err_len)
{
	int r = certstore_check_name(name, err, err_len), dir;

	if (r)
		return r;
	dir = open_store(kind, true);
	if (dir < 0)
		return fail(err, err_len, dir, "can't open the store %s/%s: %s",
			    top, kinds[kind], strerror(-dir));
	if (faccessat(dir, name, F_OK, 0) < 0 &&
	    count(dir) >= CERTSTORE_FILES_MAX)
		r = fail(err, err_len, -E2BIG, "the store has %d files already",
			 CERTSTORE_FILES_MAX);
	else
		r = replace(dir, name, text, len);
	close(dir);
	if (r && r != -E2BIG)
		fail(err, err_len, r, "can't write %s/%s/%s: %s", top,
		     kinds[kind], name, strerror(-r));
	return r;
}

/* What is in a file of the store. */
static int read_material(enum certstore_kind kind, const char *name,
			 struct material *m, char *err, size_t err_len)
{
	struct cert_file f;
	char path[512];
	int r;

	r = cert_file_read(certstore_path(kind, name, path, sizeof(path)),
			   "file", kind == CERTSTORE_HOST, &f, err, err_len);
	if (r)
		return r;
	r = material_read(m, f.data, f.len, NULL, err, err_len);
	cert_file_free(&f);
	return r;
}

/* The key that the file to be replaced has, if it has one. */
static void take_old_key(const char *name, struct material *m)
{
	struct material *old = calloc(1, sizeof(*old));
	char err[256];

	if (old &&
	    !read_material(CERTSTORE_HOST, name, old, err, sizeof(err)) &&
	    old->key.p) {
		m->key = old->key;
		m->rsa = old->rsa;
		old->key.p = NULL;
	}
	if (old)
		material_free(old);
	free(old);
}

static int check_host(const char *name, struct material *m, char *err,
		      size_t err_len)
{
	if (!m->n_certs)
		return fail(err, err_len, -EINVAL,
			    "there is no certificate in it");
	if (m->crl.p)
		return fail(err, err_len, -EINVAL,
			    "a CRL belongs into the store \"others\"");
	if (!m->key.p)
		take_old_key(name, m);
	if (!m->key.p)
		return fail(err, err_len, -EINVAL,
			    "the private key is missing: it must be in the "
			    "same file, in another one, or in the store "
			    "already under this name");
	if (material_own(m) < 0)
		return fail(err, err_len, -EINVAL,
			    "the private key doesn't belong to the "
			    "certificate");
	return 0;
}

static int check_others(const struct material *m, char *err, size_t err_len)
{
	if (m->key.p)
		return fail(err, err_len, -EINVAL,
			    "there is a private key in it: others' keys have "
			    "no place here; import it to the store \"host\", "
			    "or remove the key");
	if (m->n_certs || m->crl.p)
		return 0;
	return fail(err, err_len, -EINVAL, "there is no certificate in it");
}

static int store_material(enum certstore_kind kind, const char *name,
			  const struct material *m, char *err, size_t err_len)
{
	int own = material_own(m), r;
	char *text;
	size_t len;

	r = material_pem(m, own < 0 ? 0 : (size_t)own, &text, &len);
	if (r)
		return fail(err, err_len, r, "can't write it as PEM: %s",
			    strerror(-r));
	r = certstore_write(kind, name, text, len, err, err_len);
	secret_free(text, len);
	return r;
}

int certstore_import(enum certstore_kind kind, const char *name,
		     const struct certstore_input *in, char *err,
		     size_t err_len)
{
	struct material *m;
	int r = certstore_check_name(name, err, err_len);

	if (r)
		return r;
	m = calloc(1, sizeof(*m));
	if (!m)
		return fail(err, err_len, -ENOMEM, "out of memory");
	r = material_read(m, in->data, in->len, in->passphrase, err, err_len);
	if (!r && in->key)
		r = material_read(m, in->key, in->key_len, in->passphrase, err,
				  err_len);
	if (!r)
		r = kind == CERTSTORE_HOST ? check_host(name, m, err, err_len)
					   : check_others(m, err, err_len);
	if (!r)
		r = store_material(kind, name, m, err, err_len);
	material_free(m);
	free(m);
	return r;
}

int certstore_delete(enum certstore_kind kind, const char *name, char *err,
		     size_t err_len)
{
	int r = certstore_check_name(name, err, err_len), dir;

	if (r)
		return r;
	dir = open_store(kind, false);
	if (dir >= 0 && (unlinkat(dir, name, 0) < 0 || fsync(dir) < 0))
		r = -errno;
	if (dir < 0)
		r = dir;
	else
		close(dir);
	if (r)
		fail(err, err_len, r, "can't delete %s of the store \"%s\": %s",
		     name, kinds[kind], strerror(-r));
	return r;
}

int certstore_key(const char *name, char **ret, size_t *len)
{
	struct material *m = calloc(1, sizeof(*m)), key = { 0 };
	char err[256];
	int r = m ? read_material(CERTSTORE_HOST, name, m, err, sizeof(err))
		  : -ENOMEM;

	if (!r && !m->key.p)
		r = -ENOENT;
	if (!r) {
		key.key = m->key;
		key.rsa = m->rsa;
		r = material_pem(&key, 0, ret, len);
	}
	if (m)
		material_free(m);
	free(m);
	return r;
}

static void describe(const struct material *m, const char *name, bool all,
		     void (*cb)(const struct cert_info *info, void *arg),
		     void *arg)
{
	struct cert_info info;

	for (size_t i = 0; i < m->n_certs || (i == 0 && !m->n_certs); i++) {
		if (i > 0 && !all)
			break;
		memset(&info, 0, sizeof(info));
		if (m->n_certs &&
		    !cert_describe(m->cert[i].p, m->cert[i].len, &info))
			continue;
		info.number = m->n_certs ? (unsigned int)i + 1 : 0;
		snprintf(info.file, sizeof(info.file), "%s", name);
		info.has_key = m->key.p;
		info.has_crl = m->crl.p;
		cb(&info, arg);
	}
}

static int list_file(enum certstore_kind kind, const char *name, bool all,
		     void (*cb)(const struct cert_info *info, void *arg),
		     void *arg, char *err, size_t err_len)
{
	struct material *m = calloc(1, sizeof(*m));
	int r = m ? read_material(kind, name, m, err, err_len) : -ENOMEM;

	if (!r)
		describe(m, name, all, cb, arg);
	if (m)
		material_free(m);
	free(m);
	return r;
}

static int is_file(const struct dirent *e)
{
	return name_ok(e->d_name);
}

int certstore_list(enum certstore_kind kind, const char *name,
		   void (*cb)(const struct cert_info *info, void *arg),
		   void *arg, char *err, size_t err_len)
{
	struct dirent **entry;
	char path[512], why[320];
	int n;

	if (name) {
		int r = certstore_check_name(name, err, err_len);

		return r ? r
			 : list_file(kind, name, true, cb, arg, err, err_len);
	}
	if (!top)
		return 0;
	snprintf(path, sizeof(path), "%s/%s", top, kinds[kind]);
	n = scandir(path, &entry, is_file, alphasort);
	if (n < 0)
		return errno == ENOENT
			       ? 0
			       : fail(err, err_len, -errno, "can't read %s: %s",
				      path, strerror(errno));
	for (int i = 0; i < n; i++) {
		/* One that can't be read is shown, with nothing known of it. */
		if (i < CERTSTORE_FILES_MAX &&
		    list_file(kind, entry[i]->d_name, false, cb, arg, why,
			      sizeof(why))) {
			struct cert_info info = { 0 };

			snprintf(info.file, sizeof(info.file), "%.*s",
				 CERTSTORE_NAME_MAX, entry[i]->d_name);
			snprintf(info.subject, sizeof(info.subject), "(%.200s)",
				 why);
			cb(&info, arg);
		}
		free(entry[i]);
	}
	free(entry);
	return 0;
}
