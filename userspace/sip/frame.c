// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/secret.h"
#include "sip/frame.h"
#include "sip/limits.h"

void frame_init(struct frame *f)
{
	memset(f, 0, sizeof(*f));
}

void frame_reset(struct frame *f)
{
	secret_free(f->buf, SIP_MESSAGE_MAX); /* SDES keys were in it */
	frame_init(f);
}

bool frame_partial(const struct frame *f)
{
	size_t n = f->end - f->start;

	/* CRLF, and one byte more of the next, are of keep-alives. */
	return n > 3 || (n && f->buf[f->start] != '\r');
}

static void skip(struct frame *f, size_t n)
{
	f->start += n;
	f->scanned = 0;
	f->head = 0;
	f->total = 0;
}

long frame_feed(struct frame *f, const uint8_t *p, size_t n)
{
	if (!f->buf) {
		f->buf = malloc(SIP_MESSAGE_MAX);
		if (!f->buf)
			return -ENOMEM;
	}
	if (f->start) {
		memmove(f->buf, f->buf + f->start, f->end - f->start);
		f->end -= f->start;
		f->start = 0;
	}
	if (n > SIP_MESSAGE_MAX - f->end)
		n = SIP_MESSAGE_MAX - f->end;
	memcpy(f->buf + f->end, p, n);
	f->end += n;
	return (long)n;
}

/* Find the length of the header with its empty line. */
static void find_head(struct frame *f)
{
	size_t from = f->scanned > 3 ? f->scanned - 3 : 0;
	const char *p = f->buf + f->start, *end;

	if (f->head)
		return;
	f->scanned = f->end - f->start;
	end = memmem(p + from, f->scanned - from, "\r\n\r\n", 4);
	if (end)
		f->head = (size_t)(end - p) + 4;
}

/* The value after the name and colon, or NULL for another header field. */
static const char *is_content_length(const char *line, const char *end)
{
	static const char name[] = "Content-Length";
	const char *colon = memchr(line, ':', (size_t)(end - line));
	size_t n;

	if (!colon)
		return NULL;
	n = (size_t)(colon - line);
	/* As validate.c: both must see the same lengths. */
	while (n > 0 && (line[n - 1] == ' ' || line[n - 1] == '\t'))
		n--;
	if (n == 1 && (line[0] == 'l' || line[0] == 'L'))
		return colon + 1;
	if (n == sizeof(name) - 1 && !strncasecmp(line, name, n))
		return colon + 1;
	return NULL;
}

/* Digits in optional white space, at most SIP_MESSAGE_MAX. */
static bool parse_length(const char *p, const char *end, size_t *ret)
{
	size_t n = 0, digits = 0;

	while (p < end && (*p == ' ' || *p == '\t'))
		p++;
	for (; p < end && *p >= '0' && *p <= '9'; p++, digits++) {
		n = n * 10 + (size_t)(*p - '0');
		if (n > SIP_MESSAGE_MAX)
			return false;
	}
	while (p < end && (*p == ' ' || *p == '\t'))
		p++;
	*ret = n;
	return digits && p == end;
}

/* The one good Content-Length in the header. */
static bool content_length(const char *buf, size_t head, size_t *ret)
{
	const char *line = buf, *stop = buf + head;
	bool found = false;

	while (line < stop) {
		const char *end, *value;

		end = memmem(line, (size_t)(stop - line), "\r\n", 2);
		if (!end)
			break;
		value = is_content_length(line, end);
		if (value && (found || !parse_length(value, end, ret)))
			return false;
		found = found || value;
		line = end + 2;
	}
	return found;
}

/* CRLF before a start line is allowed (RFC 3261, 7.5); two are a ping. */
static bool skip_crlf(struct frame *f)
{
	while (f->end - f->start >= 3 &&
	       !memcmp(f->buf + f->start, "\r\n", 2)) {
		if (f->buf[f->start + 2] != '\r')
			skip(f, 2);
		else if (f->end - f->start == 3)
			return false; /* a ping's first three bytes? */
		else
			break;
	}
	if (f->end - f->start < 4 ||
	    memcmp(f->buf + f->start, "\r\n\r\n", 4) != 0)
		return false;
	skip(f, 4);
	return true;
}

enum frame_result frame_next(struct frame *f, const char **msg, size_t *len)
{
	size_t have, body;

	if (!f->buf)
		return FRAME_MORE;
	if (skip_crlf(f))
		return FRAME_PING;
	find_head(f);
	have = f->end - f->start;
	if (!f->head && have < SIP_MESSAGE_MAX)
		return FRAME_MORE;
	*msg = f->buf + f->start;
	if (!f->total && f->head && content_length(*msg, f->head, &body))
		f->total = f->head + body;
	if (!f->total || f->total > SIP_MESSAGE_MAX) {
		*len = f->head;
		f->start = f->end;
		return FRAME_LAST;
	}
	if (have < f->total)
		return FRAME_MORE;
	*len = f->total;
	skip(f, *len);
	return FRAME_MESSAGE;
}
