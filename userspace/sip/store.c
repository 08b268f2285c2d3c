// SPDX-License-Identifier: GPL-2.0-or-later
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "base/notify.h"
#include "sip/call.h"
#include "sip/limits.h"
#include "sip/store.h"

#define MAGIC "ringfence-call 2"

static int dir_fd = -1;

int store_init(const char *dir)
{
	if (mkdir(dir, 0700) < 0 && errno != EEXIST)
		return -errno;
	dir_fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	if (dir_fd < 0)
		return -errno;
	if (fchmod(dir_fd, 0700) < 0)
		return -errno;
	return 0;
}

void store_exit(void)
{
	if (dir_fd >= 0)
		close(dir_fd);
	dir_fd = -1;
}

static void put_leg(FILE *f, const struct store_leg *leg)
{
	const struct dialog *d = &leg->dialog;

	fprintf(f, "leg %s\n", leg->gateway);
	fprintf(f, "call-id %s\n", d->call_id);
	fprintf(f, "local-tag %s\n", d->local_tag);
	fprintf(f, "remote-tag %s\n", d->remote_tag);
	fprintf(f, "local %s\n", d->local);
	fprintf(f, "remote %s\n", d->remote);
	fprintf(f, "target %s\n", d->target);
	fprintf(f, "local-cseq %" PRIu32 "\n", d->local_cseq);
	fprintf(f, "remote-cseq %" PRIu32 "\n", d->remote_cseq);
	fprintf(f, "update %u\n", d->update);
	fprintf(f, "expires %" PRIu32 "\n", leg->expires);
	fprintf(f, "ours %" PRIu32 "\n", leg->ours);
	for (unsigned int i = 0; i < d->n_routes; i++)
		fprintf(f, "route %s\n", d->route[i]);
	if (leg->peer.sin_port)
		fprintf(f, "peer %s %s %u\n",
			sip_transport_name(leg->transport),
			inet_ntoa(leg->peer.sin_addr),
			ntohs(leg->peer.sin_port));
}

char *store_format(const struct store_record *r)
{
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	if (!f)
		return NULL;
	fprintf(f, MAGIC "\n");
	fprintf(f, "number %" PRIu32 "\n", r->number);
	fprintf(f, "session %" PRIu32 "\n", r->session);
	fprintf(f, "start %lld\n", (long long)r->start);
	fprintf(f, "since %lld\n", (long long)r->since);
	fprintf(f, "caller %s\n", r->caller);
	fprintf(f, "called %s\n", r->called);
	put_leg(f, &r->leg[0]);
	put_leg(f, &r->leg[1]);
	fprintf(f, "end\n");
	if (fclose(f) != 0) {
		free(text);
		return NULL;
	}
	return text;
}

struct reader {
	char *p; /* the next line, in a copy that is cut up */
};

/* The value of the next line if its key is @key. */
static char *take(struct reader *rd, const char *key)
{
	char *end = strchr(rd->p, '\n'), *value;
	size_t n = strlen(key);

	if (!end || strncmp(rd->p, key, n) != 0 || rd->p[n] != ' ')
		return NULL;
	value = rd->p + n + 1;
	*end = '\0';
	rd->p = end + 1;
	return value;
}

static int take_text(struct reader *rd, const char *key, char **ret)
{
	char *value = take(rd, key);

	if (!value || !value[0])
		return -EBADMSG;
	*ret = strdup(value);
	return *ret ? 0 : -ENOMEM;
}

static int take_party(struct reader *rd, const char *key, char *ret)
{
	char *value = take(rd, key);

	if (!value || !value[0] || strlen(value) > SIP_PARTY_MAX)
		return -EBADMSG;
	strcpy(ret, value);
	return 0;
}

static int take_number(struct reader *rd, const char *key, uint64_t max,
		       uint64_t *ret)
{
	char *value = take(rd, key), *end;

	if (!value || value[0] < '0' || value[0] > '9')
		return -EBADMSG;
	errno = 0;
	*ret = strtoull(value, &end, 10);
	return errno || *end || *ret > max ? -EBADMSG : 0;
}

static int take_u32(struct reader *rd, const char *key, uint32_t *ret)
{
	uint64_t n;
	int err = take_number(rd, key, UINT32_MAX, &n);

	if (!err)
		*ret = (uint32_t)n;
	return err;
}

/* "peer udp 10.0.0.1 5060", if there is such a line. */
static int take_peer(struct reader *rd, struct store_leg *leg)
{
	char *value, *address, *port, *end;
	unsigned long n;

	if (strncmp(rd->p, "peer ", 5) != 0)
		return 0;
	value = take(rd, "peer");
	address = value ? strchr(value, ' ') : NULL;
	port = address ? strchr(address + 1, ' ') : NULL;
	if (!port || port[1] < '1' || port[1] > '9')
		return -EBADMSG;
	*address++ = '\0';
	*port++ = '\0';
	n = strtoul(port, &end, 10);
	if (*end || n > 65535 ||
	    !sip_transport_by_name(value, &leg->transport) ||
	    inet_pton(AF_INET, address, &leg->peer.sin_addr) != 1)
		return -EBADMSG;
	leg->peer.sin_family = AF_INET;
	leg->peer.sin_port = htons((uint16_t)n);
	return 0;
}

static int take_leg(struct reader *rd, struct store_leg *leg)
{
	struct dialog *d = &leg->dialog;
	uint64_t update, expires, ours;
	int ret;

	if ((ret = take_text(rd, "leg", &leg->gateway)) ||
	    (ret = take_text(rd, "call-id", &d->call_id)) ||
	    (ret = take_text(rd, "local-tag", &d->local_tag)) ||
	    (ret = take_text(rd, "remote-tag", &d->remote_tag)) ||
	    (ret = take_text(rd, "local", &d->local)) ||
	    (ret = take_text(rd, "remote", &d->remote)) ||
	    (ret = take_text(rd, "target", &d->target)) ||
	    (ret = take_u32(rd, "local-cseq", &d->local_cseq)) ||
	    (ret = take_u32(rd, "remote-cseq", &d->remote_cseq)) ||
	    (ret = take_number(rd, "update", 1, &update)) ||
	    (ret = take_number(rd, "expires", SIP_SESSION_SECONDS_MAX,
			       &expires)) ||
	    (ret = take_number(rd, "ours", 1, &ours)))
		return ret;
	d->update = update;
	leg->expires = (uint32_t)expires;
	leg->ours = (uint32_t)ours;
	while (!strncmp(rd->p, "route ", 6)) {
		if (d->n_routes == SIP_ROUTES_MAX)
			return -EBADMSG;
		ret = take_text(rd, "route", &d->route[d->n_routes]);
		if (ret)
			return ret;
		d->n_routes++;
	}
	return take_peer(rd, leg);
}

static int take_record(struct reader *rd, struct store_record *r)
{
	uint64_t start, since;
	int ret;

	if (strncmp(rd->p, MAGIC "\n", sizeof(MAGIC)) != 0)
		return -EBADMSG;
	rd->p += sizeof(MAGIC);
	if ((ret = take_u32(rd, "number", &r->number)) ||
	    (ret = take_u32(rd, "session", &r->session)) ||
	    (ret = take_number(rd, "start", INT64_MAX, &start)) ||
	    (ret = take_number(rd, "since", INT64_MAX, &since)) ||
	    (ret = take_party(rd, "caller", r->caller)) ||
	    (ret = take_party(rd, "called", r->called)) ||
	    (ret = take_leg(rd, &r->leg[0])) ||
	    (ret = take_leg(rd, &r->leg[1])))
		return ret;
	r->start = (time_t)start;
	r->since = (time_t)since;
	return strcmp(rd->p, "end\n") != 0 || !r->session ? -EBADMSG : 0;
}

int store_parse(const char *text, size_t len, struct store_record *ret)
{
	struct store_record r = { 0 };
	struct reader rd;
	char *copy;
	int err;

	if (len > SIP_RECORD_MAX)
		return -EBADMSG;
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)text[i] < ' ' && text[i] != '\n' &&
		    text[i] != '\t')
			return -EBADMSG;
	copy = strndup(text, len);
	if (!copy)
		return -ENOMEM;
	rd.p = copy;
	err = take_record(&rd, &r);
	free(copy);
	if (err) {
		store_record_clear(&r);
		return err;
	}
	*ret = r;
	return 0;
}

void store_record_clear(struct store_record *r)
{
	for (unsigned int i = 0; i < 2; i++) {
		free(r->leg[i].gateway);
		dialog_clear(&r->leg[i].dialog);
	}
	memset(r, 0, sizeof(*r));
}

static void file_name(uint32_t number, char *buf, size_t size)
{
	snprintf(buf, size, "%" PRIu32, number);
}

/* Complete or not at all: written aside, then renamed over. */
static int open_file(const char *name, int how)
{
	return openat(dir_fd, name,
		      O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW | how, 0600);
}

/* One that replaces another does so whole; half a new one is as good as none. */
static int write_file(const char *name, const char *text)
{
	const char *at = name;
	size_t len = strlen(text);
	int err = 0, fd;

	fd = open_file(at, O_EXCL);
	if (fd < 0 && errno == EEXIST) {
		at = ".new";
		fd = open_file(at, O_TRUNC);
	}
	if (fd < 0)
		return -errno;
	errno = ENOSPC; /* of a short write */
	if (write(fd, text, len) != (ssize_t)len)
		err = -errno;
	if (close(fd) < 0 && !err)
		err = -errno;
	if (!err && at != name && renameat(dir_fd, at, dir_fd, name) < 0)
		err = -errno;
	if (err)
		unlinkat(dir_fd, at, 0);
	return err;
}

void store_save(const struct call *c)
{
	struct store_record r = {
		.number = c->number,
		.session = c->media ? media_call_session(c->media) : 0,
		.start = c->start,
		.since = c->since,
	};
	char name[16], *text;
	int err = -ENOMEM;

	if (dir_fd < 0 || !r.session || !c->leg[1].dialog.remote_tag)
		return;
	memcpy(r.caller, c->caller, sizeof(r.caller));
	memcpy(r.called, c->called, sizeof(r.called));
	for (unsigned int i = 0; i < 2; i++) { /* borrowed, not cleared */
		r.leg[i].gateway = c->leg[i].gw->name;
		r.leg[i].dialog = c->leg[i].dialog;
		r.leg[i].expires = c->leg[i].timer.seconds;
		r.leg[i].ours = c->leg[i].timer.ours;
		r.leg[i].transport = c->leg[i].path.transport;
		r.leg[i].peer = c->leg[i].path.peer;
	}
	file_name(c->number, name, sizeof(name));
	text = store_format(&r);
	if (text)
		err = write_file(name, text);
	free(text);
	if (err)
		notify(SIP_CALL_VOLATILE, c->number, strerror(-err));
}

void store_delete(const struct call *c)
{
	char name[16];

	if (dir_fd < 0 || !c->since)
		return;
	file_name(c->number, name, sizeof(name));
	if (unlinkat(dir_fd, name, 0) < 0 && errno != ENOENT)
		log_warn("sip", "record of call %u can't be removed: %s",
			 c->number, strerror(errno));
}

static int read_file(const char *name, struct store_record *ret)
{
	char buf[SIP_RECORD_MAX + 1];
	ssize_t n;
	int fd;

	fd = openat(dir_fd, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return -errno;
	n = read(fd, buf, sizeof(buf));
	close(fd);
	if (n < 0)
		return -EIO;
	return store_parse(buf, (size_t)n, ret);
}

static void read_one(const char *name, int (*cb)(struct store_record *, void *),
		     void *arg)
{
	struct store_record r = { 0 };
	char expected[16];
	int ret;

	ret = read_file(name, &r);
	if (!ret) {
		file_name(r.number, expected, sizeof(expected));
		ret = strcmp(expected, name) ? -EBADMSG : 0;
	}
	if (ret)
		log_warn("sip", "call record %s is dropped: %s", name,
			 ret == -EBADMSG ? "it is damaged" : strerror(-ret));
	else
		ret = cb(&r, arg);
	store_record_clear(&r);
	if (ret)
		unlinkat(dir_fd, name, 0);
}

void store_each(int (*cb)(struct store_record *r, void *arg), void *arg)
{
	struct dirent *e;
	unsigned int n = 0;
	DIR *dir;
	int fd;

	fd = dir_fd < 0 ? -1 : openat(dir_fd, ".", O_RDONLY | O_CLOEXEC);
	dir = fd < 0 ? NULL : fdopendir(fd);
	if (!dir) {
		if (fd >= 0)
			close(fd);
		return;
	}
	while ((e = readdir(dir))) {
		if (e->d_name[0] == '.')
			continue;
		if (++n > SIP_CALLS_MAX) {
			log_warn("sip",
				 "more than %d call records: the rest is "
				 "ignored",
				 SIP_CALLS_MAX);
			break;
		}
		read_one(e->d_name, cb, arg);
	}
	closedir(dir);
}
