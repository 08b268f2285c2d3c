// SPDX-License-Identifier: GPL-2.0-or-later
/* Our own SDP: what isn't on the lists here doesn't get to the other side. */
#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/secret.h"
#include "base/text.h"
#include "media/sdp-parse.h"

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
		text_join(t, "a=", a->a_att_field, ":", value, "\r\n");
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

	text_put(t, "m=audio ");
	text_put_number(t, ours->port);
	text_join(t, " ", ours->proto);
	for (i = 0; i < count; i++) {
		text_put_char(t, ' ');
		text_put_number(t, formats[i]);
		known[formats[i]] = true;
	}
	text_put(t, "\r\n");
	add_attributes(t, from, n, known);
	text_put(t, "a=rtcp:");
	text_put_number(t, ours->port + 1);
	text_put(t, "\r\n");
	for (i = 0; i < ours->n_crypto; i++)
		text_join(t, "a=crypto:", ours->crypto[i], "\r\n");
	text_join(t, "a=", held ? held_direction(dir) : dir, "\r\n");
}

static void add_session(struct text *t, const struct sdp_ours *ours)
{
	char addr[INET_ADDRSTRLEN];

	text_addr(ours->addr, addr);
	text_put(t, "v=0\r\no=- ");
	text_put_number(t, ours->session_id);
	text_put_char(t, ' ');
	text_put_number(t, ours->version);
	text_join(t, " IN IP4 ", addr, "\r\ns=-\r\nc=IN IP4 ", addr,
		  "\r\nt=0 0\r\n");
}

int sdp_write(const struct sdp *from, unsigned int n, bool held,
	      const struct sdp_shape *shape, const struct sdp_ours *ours,
	      char **ret, struct media_refusal *why)
{
	char *room = malloc(MEDIA_SDP_MAX + 1);
	uint8_t formats[SDP_FORMATS_MAX];
	unsigned int i;
	struct text t;
	int err = 0;

	if (!room)
		return sdp_refuse(why, -ENOMEM, 500, "no memory for SDP");
	text_begin(&t, room, MEDIA_SDP_MAX + 1);
	add_session(&t, ours);
	for (i = 0; i < shape->n; i++) {
		const struct sdp_stream *s = &shape->stream[i];

		if (i == shape->audio)
			add_audio(&t, from, n, held, ours);
		else
			text_join(&t, "m=", s->type, " 0 ", s->proto, " ",
				  s->format, "\r\n");
	}
	if (!sdp_formats(from, n, formats))
		err = sdp_refuse(why, -EINVAL, 400,
				 "the audio has a bad payload type");
	else if (!text_end(&t))
		err = sdp_refuse(why, -E2BIG, 488,
				 "our SDP would be longer than %d bytes",
				 MEDIA_SDP_MAX);
	else if (!(*ret = strdup(room)))
		err = sdp_refuse(why, -ENOMEM, 500, "no memory for SDP");
	secret_free(room, (size_t)(t.at - room));
	return err;
}
