// SPDX-License-Identifier: GPL-2.0-or-later
#include "cert/der.h"

#include <string.h>

#define SEQUENCE   0x30
#define INTEGER	   0x02
#define OCTETS	   0x04
#define OID	   0x06
#define EXTENSIONS 0xa3 /* [3] of TBSCertificate: RFC 5280, 4.1 */

bool der_next(struct der *in, uint8_t *tag, struct der *value)
{
	size_t len, head = 2;

	/* Tags of more than one byte aren't in certificates. */
	if (in->len < 2 || (in->p[0] & 0x1f) == 0x1f)
		return false;
	len = in->p[1];
	if (len & 0x80) {
		size_t n = len & 0x7f;

		if (n == 0 || n > 3 || in->len < 2 + n)
			return false;
		head += n;
		len = 0;
		for (size_t i = 0; i < n; i++)
			len = len << 8 | in->p[2 + i];
	}
	if (len > in->len - head)
		return false;
	*tag = in->p[0];
	value->p = in->p + head;
	value->len = len;
	in->p += head + len;
	in->len -= head + len;
	return true;
}

bool der_take(struct der *in, uint8_t wanted, struct der *value)
{
	struct der rest = *in;
	uint8_t tag;

	if (!der_next(&rest, &tag, value) || tag != wanted)
		return false;
	*in = rest;
	return true;
}

/* The list of extensions in a certificate. */
static bool find_list(struct der cert, struct der *list)
{
	struct der tbs, value;
	uint8_t tag;

	if (!der_take(&cert, SEQUENCE, &value) ||
	    !der_take(&value, SEQUENCE, &tbs))
		return false;
	while (der_next(&tbs, &tag, &value)) {
		if (tag == EXTENSIONS)
			return der_take(&value, SEQUENCE, list);
	}
	return false;
}

bool der_extension(struct der cert, struct der oid, struct der *ret)
{
	struct der list, one, id, value;
	uint8_t tag;

	if (!find_list(cert, &list))
		return false;
	while (der_take(&list, SEQUENCE, &one)) {
		if (!der_take(&one, OID, &id))
			return false;
		if (id.len != oid.len || memcmp(id.p, oid.p, id.len) != 0)
			continue;
		/* "critical" may be in front of it. */
		while (der_next(&one, &tag, &value)) {
			if (tag == OCTETS) {
				*ret = value;
				return true;
			}
		}
	}
	return false;
}

static bool too_many(struct der number)
{
	unsigned long n = 0;

	for (size_t i = 0; i < number.len; i++) {
		n = n << 8 | number.p[i];
		if (n > DER_ITERATIONS_MAX)
			return true;
	}
	return false;
}

static bool iterations_ok(struct der in, unsigned int depth)
{
	struct der value;
	uint8_t tag, last = 0;

	if (depth == DER_DEPTH_MAX)
		return true;
	while (der_next(&in, &tag, &value)) {
		if (tag == INTEGER && last == OCTETS && too_many(value))
			return false;
		/* 0x20: made of others */
		if ((tag == OCTETS || (tag & 0x20)) &&
		    !iterations_ok(value, depth + 1))
			return false;
		last = tag;
	}
	return true;
}

bool der_iterations_ok(struct der in)
{
	return iterations_ok(in, 0);
}
