// SPDX-License-Identifier: GPL-2.0-or-later
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "base/notify.h"
#include "sip/binding.h"
#include "sip/regstore.h"

#define FILE_NAME "registrations"
#define TEMPORARY FILE_NAME ".new"
#define VERSION	  1
#define TEXT_MAX  8192 /* bytes of one value; as of a header field */

static char *directory;

int regstore_init(const char *dir)
{
	directory = strdup(dir);
	return directory ? 0 : -ENOMEM;
}

void regstore_exit(void)
{
	free(directory);
	directory = NULL;
}

static json_t *path_of(const struct binding *b)
{
	json_t *list = json_array();

	for (unsigned int i = 0; i < b->n_path; i++)
		json_array_append_new(list, json_string(b->path[i]));
	return list;
}

static json_t *binding_json(const struct binding *b)
{
	const struct sip_path *w = &b->where;

	return json_pack(
		"{s:s, s:s, s:s, s:s, s:s, s:i, s:I, s:I, s:s, s:I, s:s*, s:b, "
		"s:o}",
		"extension", b->aor->number, "contact", b->contact, "gateway",
		w->gw->name, "transport", sip_transport_name(w->transport),
		"address", inet_ntoa(w->peer.sin_addr), "port",
		ntohs(w->peer.sin_port), "until", (json_int_t)b->until, "order",
		(json_int_t)b->order, "call-id", b->call_id, "cseq",
		(json_int_t)b->cseq, "user-agent", b->agent, "open", b->open,
		"path", path_of(b));
}

static void add(struct binding *b, void *arg)
{
	json_array_append_new(arg, binding_json(b));
}

static void add_state(struct binding *b, void *arg)
{
	json_t *entry = binding_json(b);

	json_object_set_new(entry, "expires",
			    json_integer((json_int_t)binding_left(b)));
	json_object_set_new(entry, "connected",
			    json_boolean(binding_connected(b)));
	json_array_append_new(arg, entry);
}

json_t *regstore_list(void)
{
	json_t *list = json_array();

	if (list)
		bindings_each(add_state, list);
	return list;
}

static char *format(void)
{
	json_t *list = json_array(), *file;
	char *text = NULL;

	if (!list)
		return NULL;
	bindings_each(add, list);
	file = json_pack("{s:i, s:o}", "version", VERSION, "bindings", list);
	if (file)
		text = json_dumps(file, JSON_INDENT(1));
	json_decref(file);
	return text;
}

static int write_all(int fd, const char *text)
{
	size_t left = strlen(text);

	while (left > 0) {
		ssize_t n = write(fd, text, left);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		text += n;
		left -= (size_t)n;
	}
	return fsync(fd) < 0 ? -errno : 0;
}

static int replace(int dir, const char *text)
{
	int fd, err;

	fd = openat(dir, TEMPORARY,
		    O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW,
		    0600);
	if (fd < 0)
		return -errno;
	err = fchmod(fd, 0600) < 0 ? -errno : write_all(fd, text);
	close(fd);
	if (!err && renameat(dir, TEMPORARY, dir, FILE_NAME) < 0)
		err = -errno;
	if (err)
		unlinkat(dir, TEMPORARY, 0);
	return err;
}

void regstore_save(void)
{
	char *text = format();
	int err = -ENOMEM, dir;

	dir = directory ? open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
			: -1;
	if (dir < 0 && directory)
		err = -errno;
	if (dir >= 0 && text)
		err = replace(dir, text);
	if (dir >= 0)
		close(dir);
	free(text);
	if (err)
		notify(SIP_REGISTRATIONS_VOLATILE, strerror(-err));
}

static bool is_text(const char *text)
{
	for (const char *p = text; *p; p++) {
		if ((unsigned char)*p < ' ' || *p == 127)
			return false;
	}
	return *text && strlen(text) <= TEXT_MAX;
}

static bool read_where(json_t *entry, const struct sip_config *cfg,
		       struct sip_path *ret)
{
	const char *gateway, *transport, *address;
	int port;

	if (json_unpack(entry, "{s:s, s:s, s:s, s:i}", "gateway", &gateway,
			"transport", &transport, "address", &address, "port",
			&port))
		return false;
	ret->gw = gateway_find(cfg, gateway);
	ret->peer.sin_family = AF_INET;
	ret->peer.sin_port = htons((uint16_t)port);
	return ret->gw && ret->gw->extensions && port > 0 && port <= 65535 &&
	       inet_pton(AF_INET, address, &ret->peer.sin_addr) == 1 &&
	       sip_transport_by_name(transport, &ret->transport) &&
	       (ret->transport == SIP_TLS) == (ret->gw->transport == SIP_TLS);
}

/* What is in @b is borrowed. */
static bool read_texts(json_t *entry, struct binding *b)
{
	const char *contact, *call_id, *agent = NULL;
	json_t *path, *route;
	json_int_t cseq;
	size_t i;

	if (json_unpack(entry, "{s:s, s:s, s?:s, s:I, s:o}", "contact",
			&contact, "call-id", &call_id, "user-agent", &agent,
			"cseq", &cseq, "path", &path) ||
	    !is_text(contact) || strlen(contact) > SIP_URI_MAX ||
	    !is_text(call_id) || (agent && !is_text(agent)) || cseq < 0 ||
	    cseq > UINT32_MAX || json_array_size(path) > SIP_ROUTES_MAX)
		return false;
	b->contact = (char *)contact;
	b->call_id = (char *)call_id;
	b->agent = (char *)agent;
	b->cseq = (uint32_t)cseq;
	json_array_foreach(path, i, route)
	{
		const char *text = json_string_value(route);

		if (!text || !is_text(text))
			return false;
		b->path[b->n_path++] = (char *)text;
	}
	return true;
}

/* A contact that this module could not have stored is no URI that is called. */
static bool is_uri(const char *text)
{
	osip_uri_t *uri;
	bool ok;

	if (osip_uri_init(&uri) != 0)
		return false;
	ok = !osip_uri_parse(uri, text) && uri->host && uri->scheme &&
	     !osip_strcasecmp(uri->scheme, "sip");
	osip_uri_free(uri);
	return ok;
}

static bool read_binding(json_t *entry, const struct sip_config *cfg,
			 time_t now)
{
	const struct registrar_config *r = &cfg->registrar;
	const struct extension *e;
	struct binding b = { 0 };
	json_int_t until, left;
	const char *number;

	if (json_unpack(entry, "{s:s, s:I}", "extension", &number, "until",
			&until) ||
	    !read_where(entry, cfg, &b.where) || !read_texts(entry, &b) ||
	    !is_uri(b.contact))
		return false;
	b.open = json_is_true(json_object_get(entry, "open"));
	e = extension_find(r, number);
	if (!e || (b.open && e->has_password) || until <= now)
		return false;
	/* The clock may have been set back. */
	left = until - now > r->expires_max ? r->expires_max : until - now;
	return !binding_set(number, &b, (unsigned int)left, e->max_contacts,
			    false);
}

/* In the order of their REGISTERs. */
static int compare(const void *a, const void *b)
{
	json_int_t i = json_integer_value(
			   json_object_get(*(json_t *const *)a, "order")),
		   j = json_integer_value(
			   json_object_get(*(json_t *const *)b, "order"));

	return (i > j) - (i < j);
}

static int read_list(json_t *list, const struct sip_config *cfg, time_t now)
{
	size_t n = json_array_size(list), i;
	json_t **sorted, *entry;
	int set = 0;

	if (!n)
		return 0;
	sorted = calloc(n, sizeof(json_t *));
	if (!sorted)
		return -ENOMEM;
	json_array_foreach(list, i, entry) sorted[i] = entry;
	qsort(sorted, n, sizeof(json_t *), compare);
	for (i = 0; i < n; i++)
		set += read_binding(sorted[i], cfg, now);
	free(sorted);
	return set;
}

int regstore_read(const char *text, size_t len, const struct sip_config *cfg,
		  time_t now)
{
	json_t *file = json_loadb(text, len, JSON_REJECT_DUPLICATES, NULL);
	json_t *list;
	int version, ret = -EBADMSG;

	if (file &&
	    !json_unpack(file, "{s:i, s:o}", "version", &version, "bindings",
			 &list) &&
	    version == VERSION && json_is_array(list))
		ret = read_list(list, cfg, now);
	json_decref(file);
	return ret;
}

/* @ret is to be freed. */
static ssize_t read_file(int fd, char **ret)
{
	struct stat st;
	char *text;
	ssize_t n;

	if (fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode) || st.st_size > SIP_BINDINGS_FILE_MAX)
		return -EFBIG;
	text = malloc((size_t)st.st_size + 1);
	if (!text)
		return -ENOMEM;
	n = read(fd, text, (size_t)st.st_size);
	if (n < 0) {
		n = -errno;
		free(text);
		return n;
	}
	*ret = text;
	return n;
}

static int load(const struct sip_config *cfg)
{
	char *path, *text = NULL;
	ssize_t n;
	int fd;

	if (!directory || asprintf(&path, "%s/" FILE_NAME, directory) < 0)
		return -ENOMEM;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	free(path);
	if (fd < 0)
		return -errno;
	n = read_file(fd, &text);
	close(fd);
	if (n >= 0)
		n = regstore_read(text, (size_t)n, cfg, time(NULL));
	free(text);
	return (int)n;
}

void regstore_load(const struct sip_config *cfg)
{
	int n = load(cfg);

	if (n > 0)
		log_info("sip", "%d contacts are registered from before", n);
	else if (n < 0 && n != -ENOENT)
		notify(SIP_REGISTRATIONS_LOST,
		       n == -EBADMSG ? "the file is damaged" : strerror(-n));
}
