// SPDX-License-Identifier: GPL-2.0-or-later
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "sip/limits.h"
#include "sip/notify-body.h"

static const struct event_package packages[] = {
	{ "message-summary", "application/simple-message-summary", false },
	{ "dialog", "application/dialog-info+xml", true },
	{ "presence", "application/pidf+xml", true },
};

/* Of a message-summary (RFC 3842, 5.2): not the account, which is an address, nor
 * the headers of single messages. */
static const char *const lines[] = {
	"Messages-Waiting",   "Voice-Message", "Fax-Message", "Pager-Message",
	"Multimedia-Message", "Text-Message",  "None"
};

static const char *event_of(const osip_message_t *msg)
{
	const char *value = message_header(msg, "event");

	return value ? value : message_header(msg, "o");
}

const struct event_package *event_package_find(const osip_message_t *msg)
{
	const char *value = event_of(msg);
	size_t len;

	if (!value)
		return NULL;
	len = strcspn(value, " \t;");
	for (size_t i = 0; i < sizeof(packages) / sizeof(packages[0]); i++) {
		if (len == strlen(packages[i].name) &&
		    !strncmp(value, packages[i].name, len))
			return &packages[i];
	}
	return NULL;
}

bool event_package_value(const osip_message_t *msg, char *buf, size_t size)
{
	const struct event_package *p = event_package_find(msg);
	const char *id;
	size_t n = 0;

	if (!p)
		return false;
	id = strstr(event_of(msg), "id=");
	while (id && (isalnum((unsigned char)id[3 + n]) || id[3 + n] == '-'))
		n++;
	if (n && n <= 32)
		snprintf(buf, size, "%s;id=%.*s", p->name, (int)n, id + 3);
	else
		snprintf(buf, size, "%s", p->name);
	return true;
}

bool event_package_passes(const struct event_package *p,
			  const struct gateway *from, const struct gateway *to)
{
	return !p->local || from == to;
}

static bool is_allowed(const char *line, size_t len)
{
	const char *colon = memchr(line, ':', len);
	size_t n = colon ? (size_t)(colon - line) : 0;

	while (n && (line[n - 1] == ' ' || line[n - 1] == '\t'))
		n--;
	for (size_t i = 0; n && i < sizeof(lines) / sizeof(lines[0]); i++) {
		if (n == strlen(lines[i]) && !strncasecmp(line, lines[i], n))
			return strspn(colon + 1,
				      " \t0123456789/()yesnoYESNO") >=
			       (size_t)(line + len - colon - 1);
	}
	return false;
}

/* Line by line; @text is written over. */
static void filter(char *text)
{
	char *to = text;

	while (*text) {
		size_t n = strcspn(text, "\r\n"), all;

		all = n + strspn(text + n, "\r\n");
		if (is_allowed(text, n)) {
			memmove(to, text, all);
			to += all;
		}
		text += all;
	}
	*to = '\0';
}

int notify_body(const struct event_package *p, const osip_message_t *notify,
		char **ret)
{
	size_t len = 0;
	const char *body = message_body(notify, p->type, &len);

	*ret = NULL;
	if (!message_has_body(notify))
		return 0;
	if (!body || memchr(body, '\0', len))
		return -EINVAL;
	if (len > SIP_NOTIFY_BODY_MAX)
		return -EMSGSIZE;
	*ret = strndup(body, len);
	if (!*ret)
		return -ENOMEM;
	if (!p->local)
		filter(*ret);
	return 0;
}
