// SPDX-License-Identifier: GPL-2.0-or-later
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "base/notify.h"
#include "base/text.h"
#include "sip/call.h"
#include "sip/limits.h"
#include "sip/store.h"

#define MAGIC "ringfence-call 2"

#define SLOT_SIZE  SIP_RECORD_MAX
#define SLOTS_KEPT 64 /* the file isn't made shorter than that */
#define WHOLE	   4096 /* bytes, aligned so, that a kill writes or doesn't */
#define WORD	   64

/* Slots count from 1. */
static int fd = -1;
static uint64_t taken[SIP_CALLS_MAX / WORD];
static unsigned int top; /* the highest that is taken */
static unsigned int n_slots; /* the file's length */

static bool is_taken(unsigned int slot)
{
	return taken[(slot - 1) / WORD] >> (slot - 1) % WORD & 1;
}

static void cut(void)
{
	if (ftruncate(fd, (off_t)top * SLOT_SIZE) < 0)
		log_warn("sip", "the calls' records can't be cut off: %s",
			 strerror(errno));
	n_slots = top;
}

/* The lowest, so that the end of the file falls free. 0: there is none. */
static unsigned int take_slot(void)
{
	for (unsigned int i = 0; i < SIP_CALLS_MAX / WORD; i++) {
		unsigned int bit, slot;

		if (taken[i] == UINT64_MAX)
			continue;
		bit = (unsigned int)__builtin_ctzll(~taken[i]);
		slot = i * WORD + bit + 1;
		taken[i] |= 1ULL << bit;
		if (slot > top)
			top = slot;
		if (slot > n_slots)
			n_slots = slot;
		return slot;
	}
	return 0;
}

static void free_slot(unsigned int slot)
{
	taken[(slot - 1) / WORD] &= ~(1ULL << (slot - 1) % WORD);
	while (top && !is_taken(top))
		top--;
	if (n_slots > SLOTS_KEPT && top <= n_slots / 2)
		cut(); /* its memory, too */
}

/* The slots that are there are taken, until they are read. */
static int take_file(void)
{
	struct stat st;
	off_t n;

	if (fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode) || st.st_uid != geteuid())
		return -EEXIST;
	if (fchmod(fd, 0600) < 0)
		return -errno;
	n = st.st_size / SLOT_SIZE + !!(st.st_size % SLOT_SIZE);
	if (n > SIP_CALLS_MAX)
		log_warn("sip",
			 "more than %d call records: the rest is ignored",
			 SIP_CALLS_MAX);
	top = n > SIP_CALLS_MAX ? SIP_CALLS_MAX : (unsigned int)n;
	if (n > top)
		cut();
	n_slots = top;
	for (unsigned int slot = 1; slot <= top; slot++)
		taken[(slot - 1) / WORD] |= 1ULL << (slot - 1) % WORD;
	return 0;
}

static int open_file(const char *name)
{
	return open(name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
}

int store_init(const char *name)
{
	int err;

	fd = open_file(name);
	/* It was a directory, which is left where no call outlived that one. */
	if (fd < 0 && errno == EISDIR && rmdir(name) == 0)
		fd = open_file(name);
	if (fd < 0)
		return -errno;
	err = take_file();
	if (err)
		store_exit();
	return err;
}

void store_exit(void)
{
	if (fd >= 0)
		close(fd);
	fd = -1;
	memset(taken, 0, sizeof(taken));
	top = 0;
	n_slots = 0;
}

static void put_text(struct text *t, const char *key, const char *value)
{
	text_put(t, key);
	text_put_char(t, ' ');
	text_put(t, value ? value : "");
	text_put_char(t, '\n');
}

static void put_number(struct text *t, const char *key, uint64_t n)
{
	text_put(t, key);
	text_put_char(t, ' ');
	text_put_number(t, n);
	text_put_char(t, '\n');
}

static void put_peer(struct text *t, const struct store_leg *leg)
{
	text_put(t, "peer ");
	text_put(t, sip_transport_name(leg->transport));
	text_put_char(t, ' ');
	text_put_addr(t, leg->peer.sin_addr);
	text_put_char(t, ' ');
	text_put_number(t, ntohs(leg->peer.sin_port));
	text_put_char(t, '\n');
}

static void put_leg(struct text *t, const struct store_leg *leg)
{
	const struct dialog *d = &leg->dialog;

	put_text(t, "leg", leg->gateway);
	put_text(t, "call-id", d->call_id);
	put_text(t, "local-tag", d->local_tag);
	put_text(t, "remote-tag", d->remote_tag);
	put_text(t, "local", d->local);
	put_text(t, "remote", d->remote);
	put_text(t, "target", d->target);
	put_number(t, "local-cseq", d->local_cseq);
	put_number(t, "remote-cseq", d->remote_cseq);
	put_number(t, "update", d->update);
	put_number(t, "expires", leg->expires);
	put_number(t, "ours", leg->ours);
	for (unsigned int i = 0; i < d->n_routes; i++)
		put_text(t, "route", d->route[i]);
	if (leg->peer.sin_port)
		put_peer(t, leg);
}

size_t store_format(const struct store_record *r, char *buf, size_t size)
{
	struct text t;

	text_begin(&t, buf, size);
	text_put(&t, MAGIC "\n");
	put_number(&t, "number", r->number);
	put_number(&t, "session", r->session);
	put_number(&t, "start", (uint64_t)r->start);
	put_number(&t, "since", (uint64_t)r->since);
	put_text(&t, "caller", r->caller);
	put_text(&t, "called", r->called);
	put_leg(&t, &r->leg[0]);
	put_leg(&t, &r->leg[1]);
	text_put(&t, "end\n");
	return text_end(&t);
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

static int put(unsigned int slot, size_t at, const char *p, size_t n)
{
	off_t start = (off_t)(slot - 1) * SLOT_SIZE;
	ssize_t done = pwrite(fd, p, n, start + (off_t)at);

	if (done < 0)
		return -errno;
	return (size_t)done < n ? -ENOSPC : 0;
}

static int clear(unsigned int slot)
{
	int err = put(slot, 0, "", 1);

	free_slot(slot);
	return err;
}

static void drop(unsigned int slot)
{
	int err = clear(slot);

	if (err)
		log_warn("sip",
			 "the call record in slot %u can't be removed: %s",
			 slot, strerror(-err));
}

/* What could be torn comes first, while the slot is empty. */
static int write_slot(unsigned int slot, const char *text, size_t n)
{
	size_t head = n < WHOLE ? n : WHOLE;
	int err = 0;

	if (n > head) {
		err = put(slot, 0, "", 1);
		if (!err)
			err = put(slot, head, text + head, n - head);
	}
	return err ? err : put(slot, 0, text, head);
}

static int save(struct call *c, const struct store_record *r)
{
	char text[SLOT_SIZE];
	size_t len = store_format(r, text, sizeof(text));

	if (!len)
		return -EMSGSIZE;
	if (!c->slot)
		c->slot = take_slot();
	if (!c->slot)
		return -ENOSPC;
	return write_slot(c->slot, text, len + 1); /* with its NUL */
}

void store_save(struct call *c)
{
	struct store_record r = {
		.number = c->number,
		.session = c->media ? media_call_session(c->media) : 0,
		.start = c->start,
		.since = c->since,
	};
	int err;

	if (fd < 0 || !r.session || !c->leg[1].dialog.remote_tag)
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
	err = save(c, &r);
	if (!err)
		return;
	notify(SIP_CALL_VOLATILE, c->number, strerror(-err));
	if (c->slot) /* an older one would say what isn't so any more */
		clear(c->slot);
	c->slot = 0;
}

void store_delete(struct call *c)
{
	if (c->slot)
		drop(c->slot);
	c->slot = 0;
}

/* -ENOENT: there is none in it. */
static int read_slot(unsigned int slot, struct store_record *ret)
{
	char buf[SLOT_SIZE], *end;
	ssize_t n;

	n = pread(fd, buf, sizeof(buf), (off_t)(slot - 1) * SLOT_SIZE);
	if (n < 0)
		return -errno;
	if (n == 0 || !buf[0])
		return -ENOENT;
	end = memchr(buf, '\0', (size_t)n);
	return end ? store_parse(buf, (size_t)(end - buf), ret) : -EBADMSG;
}

struct numbers {
	uint32_t of[SIP_CALLS_MAX];
	unsigned int n;
};

static bool add_number(struct numbers *seen, uint32_t number)
{
	for (unsigned int i = 0; i < seen->n; i++)
		if (seen->of[i] == number)
			return false;
	seen->of[seen->n++] = number;
	return true;
}

static void read_one(unsigned int slot, struct numbers *seen,
		     int (*cb)(struct store_record *, void *), void *arg)
{
	struct store_record r = { 0 };
	int ret = read_slot(slot, &r);

	if (ret == -ENOENT) {
		free_slot(slot);
		return;
	}
	if (!ret && !add_number(seen, r.number))
		ret = -EBADMSG;
	if (ret) {
		log_warn("sip", "the call record in slot %u is dropped: %s",
			 slot,
			 ret == -EBADMSG ? "it is damaged" : strerror(-ret));
	} else {
		r.slot = slot;
		ret = cb(&r, arg);
	}
	store_record_clear(&r);
	if (ret)
		drop(slot);
}

void store_each(int (*cb)(struct store_record *r, void *arg), void *arg)
{
	struct numbers seen = { .n = 0 };

	/* Those that are to be read are taken, so none of them is cut off. */
	for (unsigned int slot = 1, n = n_slots; slot <= n; slot++)
		read_one(slot, &seen, cb, arg);
	if (n_slots > top)
		cut();
}
