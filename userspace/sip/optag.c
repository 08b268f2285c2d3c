// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "sip/optag.h"

static const char *const understood[] = { "100rel", "replaces", "timer" };

#define BLANKS " \t\r\n"

/* The next element of a list with commas, without blanks; NULL at the end. */
static const char *next_tag(const char **list, size_t *ret_len)
{
	const char *tag = *list + strspn(*list, BLANKS ",");
	size_t n = strcspn(tag, ",");

	*list = tag + n;
	while (n && strchr(BLANKS, tag[n - 1]))
		n--;
	*ret_len = n;
	return n ? tag : NULL;
}

static bool is(const char *tag, size_t len, const char *name)
{
	return strlen(name) == len && !strncasecmp(tag, name, len);
}

static bool lists(const osip_message_t *msg, const char *header,
		  const char *name)
{
	osip_header_t *h = NULL;
	const char *list, *tag;
	size_t len;
	int pos = 0;

	while ((pos = osip_message_header_get_byname(msg, header, pos, &h)) >=
	       0) {
		pos++;
		list = h->hvalue ? h->hvalue : "";
		while ((tag = next_tag(&list, &len)))
			if (is(tag, len, name))
				return true;
	}
	return false;
}

bool optag_supported(const osip_message_t *msg, const char *tag)
{
	return lists(msg, "supported", tag) || lists(msg, "k", tag);
}

bool optag_required(const osip_message_t *msg, const char *tag)
{
	return lists(msg, "require", tag);
}

static bool is_understood(const char *tag, size_t len)
{
	for (size_t i = 0; i < sizeof(understood) / sizeof(understood[0]); i++)
		if (is(tag, len, understood[i]))
			return true;
	return false;
}

bool optag_unknown(const osip_message_t *req, char *buf, size_t size)
{
	osip_header_t *h = NULL;
	const char *list, *tag;
	bool found = false;
	size_t len, used = 0;
	int pos = 0;

	buf[0] = '\0';
	while ((pos = osip_message_header_get_byname(req, "require", pos,
						     &h)) >= 0) {
		pos++;
		list = h->hvalue ? h->hvalue : "";
		while ((tag = next_tag(&list, &len))) {
			if (is_understood(tag, len))
				continue;
			found = true;
			if (len + 3 > size - used)
				continue;
			used += (size_t)snprintf(buf + used, size - used,
						 "%s%.*s", used ? ", " : "",
						 (int)len, tag);
		}
	}
	return found;
}

/* Decimal digits at the start; NULL: none, or too large a number. */
static const char *read_number(const char *text, uint32_t *ret)
{
	unsigned long long n;
	char *end;

	if (*text < '0' || *text > '9')
		return NULL;
	errno = 0;
	n = strtoull(text, &end, 10);
	if (errno || n > UINT32_MAX)
		return NULL;
	*ret = (uint32_t)n;
	return end + strspn(end, BLANKS);
}

static enum refresher read_refresher(const char *params)
{
	static const char name[] = "refresher=";

	for (; params; params = strchr(params, ';')) {
		params += strspn(params, ";" BLANKS);
		if (strncasecmp(params, name, strlen(name)) != 0)
			continue;
		params += strlen(name);
		if (!strncasecmp(params, "uac", 3))
			return REFRESHER_UAC;
		return strncasecmp(params, "uas", 3) ? REFRESHER_NONE
						     : REFRESHER_UAS;
	}
	return REFRESHER_NONE;
}

int optag_session_expires(const osip_message_t *msg,
			  struct session_expires *ret)
{
	const char *value = message_header(msg, "session-expires"), *rest;
	uint32_t seconds;

	if (!value)
		value = message_header(msg, "x");
	if (!value)
		return -ENOENT;
	rest = read_number(value, &seconds);
	if (!rest || (*rest && *rest != ';'))
		return -EBADMSG;
	ret->seconds = seconds;
	ret->refresher = read_refresher(rest);
	return 0;
}

uint32_t optag_min_se(const osip_message_t *msg)
{
	const char *value = message_header(msg, "min-se");
	uint32_t n;

	return value && read_number(value, &n) && n > OPTAG_MIN_SE
		       ? n
		       : OPTAG_MIN_SE;
}

int optag_rseq(const osip_message_t *msg, uint32_t *ret)
{
	const char *value = message_header(msg, "rseq"), *rest;
	uint32_t n;

	rest = value ? read_number(value, &n) : NULL;
	if (!rest || *rest || !n)
		return -EBADMSG;
	*ret = n;
	return 0;
}

int optag_rack(const osip_message_t *msg, uint32_t *ret_rseq,
	       uint32_t *ret_cseq)
{
	const char *value = message_header(msg, "rack"), *rest;
	uint32_t rseq, cseq;

	rest = value ? read_number(value, &rseq) : NULL;
	rest = rest ? read_number(rest, &cseq) : NULL;
	if (!rest || strcmp(rest, "INVITE") != 0)
		return -EBADMSG;
	*ret_rseq = rseq;
	*ret_cseq = cseq;
	return 0;
}
