// SPDX-License-Identifier: GPL-2.0-or-later
#include "media/sdp.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/secret.h"
#include "media/sdp-parse.h"

int sdp_refuse(struct media_refusal *why, int err, int status, const char *fmt,
	       ...)
{
	va_list args;

	why->status = status;
	va_start(args, fmt);
	vsnprintf(why->reason, sizeof(why->reason), fmt, args);
	va_end(args);
	return err;
}

/* "x=value", with no control bytes. */
static bool line_ok(const char *line, size_t n)
{
	size_t i;

	if (n < 2 || n > SDP_LINE_MAX || !islower((unsigned char)line[0]) ||
	    line[1] != '=')
		return false;
	for (i = 0; i < n; i++) {
		if ((unsigned char)line[i] < 0x20 || line[i] == 0x7f)
			return false;
	}
	return true;
}

/*
 * Check each line, and copy the body to @out with a clean CRLF after each.
 * @out has room for 2 bytes more than @len per line.
 */
static int copy_lines(const char *body, size_t len, char *out,
		      struct media_refusal *why)
{
	unsigned int lines = 0, streams = 0;
	const char *end = body + len, *nl;
	size_t n;

	while (body < end) {
		nl = memchr(body, '\n', end - body);
		if (!nl)
			nl = end; /* the last one may lack it */
		n = nl - body;
		if (n && body[n - 1] == '\r')
			n--;
		if (++lines > SDP_LINES_MAX)
			return sdp_refuse(why, -E2BIG, 488,
					  "SDP has more than %d lines",
					  SDP_LINES_MAX);
		if (!line_ok(body, n))
			return sdp_refuse(why, -EINVAL, 400,
					  "SDP line %u is malformed", lines);
		if (*body == 'm' && ++streams > SDP_STREAMS_MAX)
			return sdp_refuse(why, -E2BIG, 488,
					  "SDP has more than %d streams",
					  SDP_STREAMS_MAX);
		memcpy(out, body, n);
		out += n;
		*out++ = '\r';
		*out++ = '\n';
		body = nl + 1;
	}
	*out = '\0';
	return 0;
}

/* libosip2 tells each error to standard output unless told not to. */
static void silence_osip(void)
{
	static bool done;

	if (!done)
		osip_trace_initialize(TRACE_LEVEL0, NULL);
	done = true;
}

/* tokens of RFC 4566, and the slash of protocols */
static bool token_ok(const char *text, size_t size)
{
	size_t i;

	for (i = 0; text[i]; i++) {
		if (!isalnum((unsigned char)text[i]) &&
		    !strchr("!#$%&'*+-.^_`{|}~/", text[i]))
			return false;
	}
	return i && i < size;
}

static bool stream_ok(const struct sdp_media *m)
{
	const char *format = osip_list_get(&m->m_payloads, 0);
	struct sdp_stream s;
	uint32_t port;

	return m->m_media && m->m_port && m->m_proto && format &&
	       token_ok(m->m_media, sizeof(s.type)) &&
	       token_ok(m->m_proto, sizeof(s.proto)) &&
	       token_ok(format, sizeof(s.format)) &&
	       sdp_number(m->m_port, 65535, &port);
}

static int parse(struct sdp *sdp, const char *text, struct media_refusal *why)
{
	silence_osip();
	if (sdp_message_init(&sdp->msg))
		return sdp_refuse(why, -ENOMEM, 500, "no memory for SDP");
	if (sdp_message_parse(sdp->msg, text) || !sdp->msg->v_version ||
	    strcmp(sdp->msg->v_version, "0") != 0)
		return sdp_refuse(why, -EINVAL, 400, "SDP is malformed");
	while (sdp->n < SDP_STREAMS_MAX &&
	       !osip_list_eol(&sdp->msg->m_medias, sdp->n)) {
		sdp->stream[sdp->n] =
			osip_list_get(&sdp->msg->m_medias, sdp->n);
		sdp->n++;
		if (!stream_ok(sdp->stream[sdp->n - 1]))
			return sdp_refuse(why, -EINVAL, 400,
					  "SDP m= line %u is malformed",
					  sdp->n);
	}
	return 0;
}

int sdp_parse(const char *body, size_t len, struct sdp **ret,
	      struct media_refusal *why)
{
	const size_t size = len + 2 * SDP_LINES_MAX + 1;
	struct sdp *sdp;
	char *text;
	int err;

	if (!len)
		return sdp_refuse(why, -EINVAL, 400, "SDP is empty");
	if (len > MEDIA_SDP_MAX)
		return sdp_refuse(why, -E2BIG, 488,
				  "SDP is longer than %d bytes", MEDIA_SDP_MAX);
	sdp = calloc(1, sizeof(*sdp));
	text = malloc(size);
	if (!sdp || !text) {
		free(sdp);
		free(text);
		return sdp_refuse(why, -ENOMEM, 500, "no memory for SDP");
	}
	err = copy_lines(body, len, text, why);
	if (!err)
		err = parse(sdp, text, why);
	secret_free(text, size);
	if (err)
		sdp_free(sdp);
	else
		*ret = sdp;
	return err;
}

static void wipe_attributes(osip_list_t *list)
{
	sdp_attribute_t *a;
	int i;

	for (i = 0; !osip_list_eol(list, i); i++) {
		a = osip_list_get(list, i);
		if (a->a_att_value)
			secret_wipe(a->a_att_value, strlen(a->a_att_value));
	}
}

void sdp_free(struct sdp *sdp)
{
	struct sdp_media *m;
	int i;

	if (!sdp)
		return;
	if (sdp->msg) {
		wipe_attributes(&sdp->msg->a_attributes);
		/* Not sdp->stream: parsing may have failed half-way. */
		for (i = 0; !osip_list_eol(&sdp->msg->m_medias, i); i++) {
			m = osip_list_get(&sdp->msg->m_medias, i);
			wipe_attributes(&m->a_attributes);
		}
		sdp_message_free(sdp->msg);
	}
	free(sdp);
}

bool sdp_number(const char *text, uint32_t max, uint32_t *ret)
{
	uint64_t v = 0;

	if (!*text)
		return false;
	for (; *text; text++) {
		if (!isdigit((unsigned char)*text))
			return false;
		v = v * 10 + (*text - '0');
		if (v > max)
			return false;
	}
	*ret = v;
	return true;
}

void sdp_get_shape(const struct sdp *sdp, struct sdp_shape *ret)
{
	unsigned int i;

	memset(ret, 0, sizeof(*ret));
	ret->n = sdp->n;
	for (i = 0; i < sdp->n; i++) {
		const struct sdp_media *m = sdp->stream[i];
		struct sdp_stream *s = &ret->stream[i];

		/* stream_ok() has seen that they fit. */
		snprintf(s->type, sizeof(s->type), "%s", m->m_media);
		snprintf(s->proto, sizeof(s->proto), "%s", m->m_proto);
		snprintf(s->format, sizeof(s->format), "%s",
			 (const char *)osip_list_get(&m->m_payloads, 0));
	}
}

static bool rejected(const struct sdp_media *m)
{
	uint32_t port = 0;

	return !sdp_number(m->m_port, 65535, &port) || !port;
}

bool sdp_is_savp(const char *proto)
{
	return !strcmp(proto, "RTP/SAVP") || !strcmp(proto, "RTP/SAVPF");
}

static bool can_do(enum media_security security, const char *proto)
{
	if (sdp_is_savp(proto))
		return security != MEDIA_UNSECURE;
	return security != MEDIA_SECURE &&
	       (!strcmp(proto, "RTP/AVP") || !strcmp(proto, "RTP/AVPF"));
}

int sdp_find_audio(const struct sdp *sdp, enum media_security security,
		   struct media_refusal *why)
{
	const char *other = NULL;
	unsigned int i;

	for (i = 0; i < sdp->n; i++) {
		const struct sdp_media *m = sdp->stream[i];

		if (strcmp(m->m_media, "audio") != 0 || rejected(m))
			continue;
		if (can_do(security, m->m_proto))
			return i;
		other = m->m_proto;
	}
	if (other)
		return sdp_refuse(
			why, -ENOENT, 488,
			"audio is offered as %s, %s is required here", other,
			security == MEDIA_SECURE ? "RTP/SAVP" : "RTP/AVP");
	return sdp_refuse(why, -ENOENT, 488, "no audio is offered");
}

int sdp_check_answer(const struct sdp *sdp, unsigned int n, const char *proto,
		     struct media_refusal *why)
{
	const struct sdp_media *m = n < sdp->n ? sdp->stream[n] : NULL;

	if (!m || strcmp(m->m_media, "audio") != 0)
		return sdp_refuse(why, -EINVAL, 488,
				  "m= line %u of the answer is not the audio "
				  "that was offered",
				  n + 1);
	if (rejected(m))
		return sdp_refuse(why, -EINVAL, 488, "audio was rejected");
	if (strcmp(m->m_proto, proto) != 0)
		return sdp_refuse(why, -EINVAL, 488,
				  "%s was offered, %s was answered", proto,
				  m->m_proto);
	return 0;
}

const char *sdp_attribute(const struct sdp *sdp, unsigned int n,
			  const char *name, unsigned int i)
{
	const osip_list_t *list = &sdp->stream[n]->a_attributes;
	const sdp_attribute_t *a;
	int j;

	for (j = 0; !osip_list_eol(list, j); j++) {
		a = osip_list_get(list, j);
		if (!strcmp(a->a_att_field, name) && !i--)
			return a->a_att_value ? a->a_att_value : "";
	}
	return NULL;
}

bool sdp_session_attribute(const struct sdp *sdp, const char *name)
{
	const osip_list_t *list = &sdp->msg->a_attributes;
	const sdp_attribute_t *a;
	int j;

	for (j = 0; !osip_list_eol(list, j); j++) {
		a = osip_list_get(list, j);
		if (!strcmp(a->a_att_field, name))
			return true;
	}
	return false;
}

unsigned int sdp_formats(const struct sdp *sdp, unsigned int n,
			 uint8_t ret[SDP_FORMATS_MAX])
{
	const osip_list_t *list = &sdp->stream[n]->m_payloads;
	bool seen[128] = { false };
	unsigned int count = 0;
	uint32_t pt;
	int i;

	for (i = 0; !osip_list_eol(list, i) && count < SDP_FORMATS_MAX; i++) {
		if (!sdp_number(osip_list_get(list, i), 127, &pt))
			return 0;
		if (!seen[pt])
			ret[count++] = pt;
		seen[pt] = true;
	}
	return count;
}
