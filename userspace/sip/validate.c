// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "sip/validate.h"

/* Header fields that may be there once, and those we look into. */
enum field {
	FIELD_VIA,
	FIELD_FROM,
	FIELD_TO,
	FIELD_CALL_ID,
	FIELD_CSEQ,
	FIELD_MAX_FORWARDS,
	FIELD_CONTENT_LENGTH,
	FIELD_CONTENT_TYPE,
	FIELD_EXPIRES,
	FIELD_SUBJECT,
	FIELD_PRIORITY,
	FIELD_USER_AGENT,
	FIELD_SERVER,
	FIELD_DATE,
	FIELD_TIMESTAMP,
	FIELD_RETRY_AFTER,
	FIELDS,
	FIELD_OTHER = FIELDS,
};

static const struct {
	const char *name;
	char compact; /* RFC 3261, 7.3.3; 0: none */
} fields[FIELDS] = {
	[FIELD_VIA] = { "Via", 'v' },
	[FIELD_FROM] = { "From", 'f' },
	[FIELD_TO] = { "To", 't' },
	[FIELD_CALL_ID] = { "Call-ID", 'i' },
	[FIELD_CSEQ] = { "CSeq", 0 },
	[FIELD_MAX_FORWARDS] = { "Max-Forwards", 0 },
	[FIELD_CONTENT_LENGTH] = { "Content-Length", 'l' },
	[FIELD_CONTENT_TYPE] = { "Content-Type", 'c' },
	[FIELD_EXPIRES] = { "Expires", 0 },
	[FIELD_SUBJECT] = { "Subject", 's' },
	[FIELD_PRIORITY] = { "Priority", 0 },
	[FIELD_USER_AGENT] = { "User-Agent", 0 },
	[FIELD_SERVER] = { "Server", 0 },
	[FIELD_DATE] = { "Date", 0 },
	[FIELD_TIMESTAMP] = { "Timestamp", 0 },
	[FIELD_RETRY_AFTER] = { "Retry-After", 0 },
};

struct scan {
	struct sip_head *head;
	unsigned int seen[FIELDS];
	struct sip_slice value[FIELDS]; /* the first of each */
	unsigned int n_headers, n_commas, n_vias;
};

/* The first complaint counts; the rest of the head is still read. */
static void complain(struct sip_head *head, int status, const char *reason)
{
	if (head->status)
		return;
	head->status = status;
	head->reason = reason;
}

/* What a byte may be part of: each is looked at, in each message. */
enum class {
	TEXT = 1, /* a header field */
	TOKEN = 2, /* a token (RFC 3261, 25.1) */
	WORD = 4, /* half a Call-ID: a word */
	DIGIT = 8,
	MARK = 16, /* what delimits parameters */
};

#define A_WORD	(TEXT | WORD)
#define A_TOKEN (A_WORD | TOKEN)

static const uint8_t classes[256] = {
	['\t'] = TEXT,
	[' '] = TEXT,
	['!'] = A_TOKEN,
	['"'] = A_WORD | MARK,
	['#' ... '$'] = TEXT,
	['%'] = A_TOKEN,
	['&'] = TEXT,
	['\''] = A_TOKEN,
	['(' ... ')'] = A_WORD,
	['*' ... '+'] = A_TOKEN,
	[','] = TEXT,
	['-' ... '.'] = A_TOKEN,
	['/'] = A_WORD,
	['0' ... '9'] = A_TOKEN | DIGIT,
	[':'] = A_WORD,
	[';'] = TEXT | MARK,
	['<'] = A_WORD | MARK,
	['='] = TEXT,
	['>'] = A_WORD | MARK,
	['?'] = A_WORD,
	['@'] = A_WORD,
	['A' ... 'Z'] = A_TOKEN,
	['['] = A_WORD,
	['\\'] = A_WORD | MARK,
	[']'] = A_WORD,
	['^'] = TEXT,
	['_' ... '`'] = A_TOKEN,
	['a' ... 'z'] = A_TOKEN,
	['{'] = A_WORD,
	['|'] = TEXT,
	['}'] = A_WORD,
	['~'] = A_TOKEN,
	[0x80 ... 0xff] = TEXT,
};

static bool is(char c, enum class class)
{
	return classes[(unsigned char)c] & class;
}

static bool all(struct sip_slice s, enum class class)
{
	for (size_t i = 0; i < s.len; i++)
		if (!is(s.p[i], class))
			return false;
	return s.len > 0;
}

static bool equal(struct sip_slice s, const char *text)
{
	return s.len == strlen(text) && !memcmp(s.p, text, s.len);
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static struct sip_slice trim(struct sip_slice s)
{
	while (s.len && is_space(s.p[0])) {
		s.p++;
		s.len--;
	}
	while (s.len && is_space(s.p[s.len - 1]))
		s.len--;
	return s;
}

/* A number of up to 10 digits and at most @max. */
static bool number(struct sip_slice s, uint64_t max, uint64_t *ret)
{
	uint64_t n = 0;

	if (s.len > 10 || !all(s, DIGIT))
		return false;
	for (size_t i = 0; i < s.len; i++)
		n = n * 10 + (uint64_t)(s.p[i] - '0');
	if (n > max)
		return false;
	*ret = n;
	return true;
}

/* The line at @off without its CRLF; false: no CRLF in the rest. */
static bool line_at(const char *buf, size_t len, size_t off,
		    struct sip_slice *ret)
{
	const char *end = buf + len, *p = buf + off;

	while ((p = memchr(p, '\r', (size_t)(end - p)))) {
		if (++p < end && *p == '\n') {
			ret->p = buf + off;
			ret->len = (size_t)(p - 1 - ret->p);
			return true;
		}
	}
	return false;
}

static void check_status_line(struct sip_slice line, struct sip_head *head)
{
	struct sip_slice code = { line.p + 8, 3 };
	uint64_t n;

	head->request = false;
	if (line.len < 12 || line.p[11] != ' ' || !number(code, 699, &n) ||
	    n < 100) {
		complain(head, 400, "Bad Status-Line");
		return;
	}
	head->code = (int)n;
}

static bool is_sip(struct sip_slice uri)
{
	return (uri.len > 4 && !strncasecmp(uri.p, "sip:", 4)) ||
	       (uri.len > 5 && !strncasecmp(uri.p, "sips:", 5));
}

/* Method SP Request-URI SP SIP-Version, one space each (RFC 3261, 7.1). */
static void check_request_line(struct sip_slice line, struct sip_head *head)
{
	const char *sp1 = memchr(line.p, ' ', line.len);
	const char *sp2 = memrchr(line.p, ' ', line.len);
	struct sip_slice uri, version;

	head->request = true;
	if (!sp1 || sp1 == sp2) {
		complain(head, 400, "Bad Request-Line");
		return;
	}
	head->method = (struct sip_slice){ line.p, (size_t)(sp1 - line.p) };
	uri = (struct sip_slice){ sp1 + 1, (size_t)(sp2 - sp1 - 1) };
	version.p = sp2 + 1;
	version.len = (size_t)(line.p + line.len - version.p);
	if (!all(head->method, TOKEN) || head->method.len > SIP_METHOD_MAX)
		complain(head, 400, "Bad method");
	if (uri.len > SIP_URI_MAX)
		complain(head, 414, "Request-URI Too Long");
	if (!uri.len || memchr(uri.p, ' ', uri.len) ||
	    memchr(uri.p, '\t', uri.len) || memchr(uri.p, '<', uri.len) ||
	    memchr(uri.p, '>', uri.len) || memchr(uri.p, '"', uri.len))
		complain(head, 400, "Bad Request-URI");
	head->other_scheme = !is_sip(uri);
	if (version.len > 4 && !memcmp(version.p, "SIP/", 4) &&
	    !equal(version, "SIP/2.0"))
		complain(head, 505, "Version Not Supported");
	else if (!equal(version, "SIP/2.0"))
		complain(head, 400, "Bad Request-Line");
}

static enum field field_by_name(struct sip_slice name)
{
	for (unsigned int i = 0; i < FIELDS; i++) {
		if (name.len == 1 && fields[i].compact &&
		    (name.p[0] | 0x20) == fields[i].compact)
			return (enum field)i;
		if (name.len == strlen(fields[i].name) &&
		    !strncasecmp(name.p, fields[i].name, name.len))
			return (enum field)i;
	}
	return FIELD_OTHER;
}

static unsigned int commas(struct sip_slice s)
{
	const char *p = s.p, *end = s.p + s.len;
	unsigned int n = 0;

	while ((p = memchr(p, ',', (size_t)(end - p)))) {
		n++;
		p++;
	}
	return n;
}

/*
 * Length of the value of parameter @name after the semicolons of @s, outside
 * of quotes and <>; the longest if there are several, 0 if none.
 */
static size_t param_len(struct sip_slice s, const char *name)
{
	bool quoted = false, bracket = false;
	size_t longest = 0, n = strlen(name);

	for (size_t i = 0; i < s.len; i++) {
		size_t start, end;

		if (!is(s.p[i], MARK))
			continue;
		if (quoted && s.p[i] == '\\') {
			i++;
			continue;
		}
		if (s.p[i] == '"')
			quoted = !quoted;
		else if (!quoted && (s.p[i] == '<' || s.p[i] == '>'))
			bracket = s.p[i] == '<';
		if (quoted || bracket || s.p[i] != ';')
			continue;
		start = i + 1;
		while (start < s.len && is_space(s.p[start]))
			start++;
		if (s.len - start < n || strncasecmp(s.p + start, name, n) != 0)
			continue;
		end = start + n;
		while (end < s.len && s.p[end] != ';' && s.p[end] != ',')
			end++;
		if (end - start - n > longest)
			longest = end - start - n;
	}
	return longest;
}

static void add_via(struct scan *sc, struct sip_slice value)
{
	struct sip_head *head = sc->head;

	sc->n_vias += 1 + commas(value);
	if (sc->n_vias > SIP_VIAS_MAX) {
		complain(head, 400, "Too many Via header fields");
		return;
	}
	if (head->n_via < SIP_VIAS_MAX)
		head->via[head->n_via++] = value;
	if (param_len(value, "branch") > SIP_BRANCH_MAX + 1)
		complain(head, 400, "Via branch too long");
	if (value.len < 8 || strncasecmp(value.p, "SIP", 3) != 0)
		complain(head, 400, "Bad Via");
}

/* One header field, its folded lines included. */
static void check_field(struct scan *sc, struct sip_slice s)
{
	struct sip_head *head = sc->head;
	const char *colon = memchr(s.p, ':', s.len);
	struct sip_slice name, value;
	enum field f;

	if (++sc->n_headers > SIP_HEADERS_MAX)
		complain(head, 400, "Too many header fields");
	if (s.len > SIP_HEADER_MAX)
		complain(head, 400, "Header field too long");
	name = (struct sip_slice){ s.p, colon ? (size_t)(colon - s.p) : 0 };
	/* HCOLON: blanks may stand before it, but not a line's end. */
	while (name.len &&
	       (name.p[name.len - 1] == ' ' || name.p[name.len - 1] == '\t'))
		name.len--;
	if (!colon || !all(name, TOKEN)) {
		complain(head, 400, "Bad header field name");
		return;
	}
	value.p = colon + 1;
	value.len = s.len - (size_t)(value.p - s.p);
	value = trim(value);
	sc->n_commas += commas(value);
	if (sc->n_commas > SIP_COMMAS_MAX)
		complain(head, 400, "Too many header field values");
	f = field_by_name(name);
	if (f == FIELD_OTHER)
		return;
	if (f == FIELD_VIA)
		add_via(sc, value);
	else if (sc->seen[f])
		complain(head, 400, "Header field repeated");
	if (!sc->seen[f]++)
		sc->value[f] = value;
}

/*
 * Walk the header fields from @off to the empty line. Bytes are checked here:
 * what is not text may only be the CRLF that ends a line.
 */
static bool scan_fields(const char *buf, size_t len, size_t off,
			struct scan *sc)
{
	struct sip_slice line, field = { NULL, 0 };

	while (line_at(buf, len, off, &line)) {
		bool folded = line.len && is_space(line.p[0]) && field.p;

		off += line.len + 2;
		if (line.len && !all(line, TEXT))
			complain(sc->head, 400, "Control byte in the header");
		if (folded) {
			field.len = (size_t)(line.p + line.len - field.p);
			continue;
		}
		if (field.p)
			check_field(sc, field);
		if (!line.len) {
			sc->head->head_len = off;
			return true;
		}
		field = line;
	}
	return false;
}

static void check_cseq(struct sip_slice s, struct sip_head *head)
{
	struct sip_slice num = { s.p, 0 }, method;
	uint64_t n;

	while (num.len < s.len && is(s.p[num.len], DIGIT))
		num.len++;
	method = (struct sip_slice){ s.p + num.len, s.len - num.len };
	if (!number(num, INT32_MAX, &n)) {
		complain(head, 400, "Bad CSeq number");
		return;
	}
	if (!method.len || !is_space(method.p[0])) {
		complain(head, 400, "Bad CSeq");
		return;
	}
	method = trim(method);
	if (!all(method, TOKEN) || method.len > SIP_METHOD_MAX)
		complain(head, 400, "Bad CSeq method");
	else if (head->request &&
		 (method.len != head->method.len ||
		  memcmp(method.p, head->method.p, method.len) != 0))
		complain(head, 400, "CSeq method is not the request's");
}

static void check_mandatory(const struct scan *sc)
{
	struct sip_head *head = sc->head;
	uint64_t n;

	if (!head->from.len || !head->to.len)
		complain(head, 400, "From or To is missing");
	if (param_len(head->from, "tag") > SIP_TAG_MAX + 1 ||
	    param_len(head->to, "tag") > SIP_TAG_MAX + 1)
		complain(head, 400, "Tag too long");
	if (!all(head->call_id, WORD) || head->call_id.len > SIP_CALL_ID_MAX)
		complain(head, 400, "Bad or no Call-ID");
	if (!head->cseq.len)
		complain(head, 400, "CSeq is missing");
	else
		check_cseq(head->cseq, head);
	if (!head->request)
		return;
	if (sc->seen[FIELD_MAX_FORWARDS]) {
		if (!number(sc->value[FIELD_MAX_FORWARDS], 255, &n))
			complain(head, 400, "Bad Max-Forwards");
	} else if (!equal(head->method, "ACK") &&
		   !equal(head->method, "CANCEL")) {
		complain(head, 400, "Max-Forwards is missing");
	}
}

static void check_body(const struct scan *sc, const char *buf, size_t len,
		       bool stream)
{
	struct sip_head *head = sc->head;
	size_t have = len - head->head_len;
	uint64_t n = have;

	head->body.p = buf + head->head_len;
	if (!sc->seen[FIELD_CONTENT_LENGTH]) {
		if (stream)
			complain(head, 400, "Content-Length is missing");
	} else if (!number(sc->value[FIELD_CONTENT_LENGTH], UINT32_MAX, &n)) {
		complain(head, 400, "Bad Content-Length");
		n = 0;
	} else if (n + head->head_len > SIP_MESSAGE_MAX) {
		complain(head, 513, "Message Too Large");
		n = 0;
	} else if (n > have) {
		complain(head, 400, "Body shorter than Content-Length");
		n = have;
	}
	head->body.len = (size_t)n;
}

static enum sip_verdict verdict(const struct sip_head *head)
{
	if (!head->status)
		return SIP_ACCEPT;
	if (!head->request || !head->n_via || !head->method.len ||
	    equal(head->method, "ACK"))
		return SIP_DROP;
	return SIP_REJECT;
}

enum sip_verdict sip_validate(const char *buf, size_t len, bool stream,
			      struct sip_head *head)
{
	struct scan sc = { .head = head };

	memset(head, 0, sizeof(*head));
	if (len > SIP_MESSAGE_MAX)
		complain(head, 513, "Message Too Large");
	if (!line_at(buf, len, 0, &head->first_line)) {
		complain(head, 400, "No start line");
		return SIP_DROP;
	}
	if (!all(head->first_line, TEXT)) {
		complain(head, 400, "Control byte in the start line");
		return SIP_DROP;
	}
	if (head->first_line.len > 8 &&
	    !memcmp(head->first_line.p, "SIP/2.0 ", 8))
		check_status_line(head->first_line, head);
	else
		check_request_line(head->first_line, head);
	if (!scan_fields(buf, len, head->first_line.len + 2, &sc)) {
		complain(head, 400, "No end of the header");
		return SIP_DROP;
	}
	head->from = sc.value[FIELD_FROM];
	head->to = sc.value[FIELD_TO];
	head->call_id = sc.value[FIELD_CALL_ID];
	head->cseq = sc.value[FIELD_CSEQ];
	head->content_length = sc.value[FIELD_CONTENT_LENGTH];
	if (!head->n_via)
		complain(head, 400, "Via is missing");
	check_mandatory(&sc);
	check_body(&sc, buf, len, stream);
	return verdict(head);
}
