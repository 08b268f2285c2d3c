// SPDX-License-Identifier: GPL-2.0-or-later
/* Our own SDP: what isn't on the lists here doesn't get to the other side. */
#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/secret.h"
#include "media/sdp-parse.h"

struct text {
	char *p;
	size_t len;
	bool full;
};

static void add(struct text *t, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static void add(struct text *t, const char *fmt, ...)
{
	size_t room = MEDIA_SDP_MAX + 1 - t->len;
	va_list args;
	int n;

	va_start(args, fmt);
	n = vsnprintf(t->p + t->len, room, fmt, args);
	va_end(args);
	if (n < 0 || (size_t)n >= room)
		t->full = true;
	else
		t->len += n;
}

/* Printable ASCII: it goes out under our name. */
static bool clean(const char *value)
{
	for (; *value; value++) {
		if (!isprint((unsigned char)*value) || !isascii(*value))
			return false;
	}
	return true;
}

/* "PT rest" with a payload type of the stream; @map notes those seen. */
static bool of_format(const char *value, const bool known[128], bool seen[128])
{
	char number[4] = "";
	size_t n = strcspn(value, " ");
	uint32_t pt;

	if (n >= sizeof(number) || !value[n] || !value[n + 1])
		return false;
	memcpy(number, value, n);
	if (!sdp_number(number, 127, &pt) || !known[pt] || seen[pt])
		return false;
	seen[pt] = true;
	return true;
}

static bool is_time(const char *value)
{
	return *value && strlen(value) <= 8 &&
	       strspn(value, "0123456789.") == strlen(value);
}

/* rtpmap and fmtp once per payload type, ptime and maxptime. */
static void add_attributes(struct text *t, const struct sdp *from,
			   unsigned int n, const bool known[128])
{
	const osip_list_t *list = &from->stream[n]->a_attributes;
	bool rtpmap[128] = { false }, fmtp[128] = { false };
	unsigned int count = 0;
	bool keep;
	int i;

	for (i = 0; !osip_list_eol(list, i) && count < SDP_ATTRS_MAX; i++) {
		const sdp_attribute_t *a = osip_list_get(list, i);
		const char *value = a->a_att_value;

		if (!value || !clean(value))
			continue;
		if (!strcmp(a->a_att_field, "rtpmap"))
			keep = of_format(value, known, rtpmap);
		else if (!strcmp(a->a_att_field, "fmtp"))
			keep = of_format(value, known, fmtp);
		else
			keep = (!strcmp(a->a_att_field, "ptime") ||
				!strcmp(a->a_att_field, "maxptime")) &&
			       is_time(value);
		if (!keep)
			continue;
		add(t, "a=%s:%s\r\n", a->a_att_field, value);
		count++;
	}
}

/* On hold by address; our own address is always a real one. */
static const char *held_direction(const char *dir)
{
	if (!strcmp(dir, "sendrecv"))
		return "sendonly";
	return strcmp(dir, "recvonly") ? dir : "inactive";
}

static void add_audio(struct text *t, const struct sdp *from, unsigned int n,
		      bool held, const struct sdp_ours *ours)
{
	const char *dir = sdp_direction(from, n);
	uint8_t formats[SDP_FORMATS_MAX];
	unsigned int i, count = sdp_formats(from, n, formats);
	bool known[128] = { false };

	add(t, "m=audio %u %s", ours->port, ours->proto);
	for (i = 0; i < count; i++) {
		add(t, " %u", formats[i]);
		known[formats[i]] = true;
	}
	add(t, "\r\n");
	add_attributes(t, from, n, known);
	add(t, "a=rtcp:%u\r\n", ours->port + 1);
	for (i = 0; i < ours->n_crypto; i++)
		add(t, "a=crypto:%s\r\n", ours->crypto[i]);
	add(t, "a=%s\r\n", held ? held_direction(dir) : dir);
}

int sdp_write(const struct sdp *from, unsigned int n, bool held,
	      const struct sdp_shape *shape, const struct sdp_ours *ours,
	      char **ret, struct media_refusal *why)
{
	struct text t = { .p = malloc(MEDIA_SDP_MAX + 1) };
	uint8_t formats[SDP_FORMATS_MAX];
	char addr[INET_ADDRSTRLEN];
	unsigned int i;
	int err = 0;

	if (!t.p)
		return sdp_refuse(why, -ENOMEM, 500, "no memory for SDP");
	inet_ntop(AF_INET, &ours->addr, addr, sizeof(addr));
	add(&t, "v=0\r\no=- %" PRIu64 " %" PRIu64 " IN IP4 %s\r\ns=-\r\n",
	    ours->session_id, ours->version, addr);
	add(&t, "c=IN IP4 %s\r\nt=0 0\r\n", addr);
	for (i = 0; i < shape->n; i++) {
		const struct sdp_stream *s = &shape->stream[i];

		if (i == shape->audio)
			add_audio(&t, from, n, held, ours);
		else
			add(&t, "m=%s 0 %s %s\r\n", s->type, s->proto,
			    s->format);
	}
	if (!sdp_formats(from, n, formats))
		err = sdp_refuse(why, -EINVAL, 400,
				 "the audio has a bad payload type");
	else if (t.full)
		err = sdp_refuse(why, -E2BIG, 488,
				 "our SDP would be longer than %d bytes",
				 MEDIA_SDP_MAX);
	else if (!(*ret = strdup(t.p)))
		err = sdp_refuse(why, -ENOMEM, 500, "no memory for SDP");
	/* When it is full there may be half a line behind its end. */
	secret_free(t.p, t.full ? MEDIA_SDP_MAX + 1 : t.len + 1);
	return err;
}
