// SPDX-License-Identifier: GPL-2.0-only
#include "classify.h"

#include <linux/ctype.h>
#include <linux/minmax.h>

/* RFC 3261, 25.1 */
static bool rgf_is_token(u8 c)
{
	return (isascii(c) && isalnum(c)) || (c && strchr("-.!%*_+`'~", c));
}

/* A request line, or what comes before one. */
static enum ringfence_limit_class rgf_classify_line(const u8 *p, u32 len)
{
	enum ringfence_limit_class class;
	u8 head[9] = {};
	u32 i = 0;

	/* RFC 3261, 7.5; alone they are keep-alives (RFC 5626, 3.5.1) */
	while (len && (*p == '\r' || *p == '\n' || !*p)) {
		p++;
		len--;
	}
	if (!len)
		return RINGFENCE_LIMIT_CLASS_REQUEST;
	memcpy(head, p, min_t(u32, len, sizeof(head)));
	class = rgf_classify_head(head);
	if (class != __RINGFENCE_LIMIT_CLASS_MAX)
		return class;
	while (i < len && rgf_is_token(p[i]))
		i++;
	return i && i < len && p[i] == ' ' ? RINGFENCE_LIMIT_CLASS_REQUEST
					   : RINGFENCE_LIMIT_CLASS_MALFORMED;
}

/* RFC 8489, 5 */
static bool rgf_is_stun(const u8 *p, u32 len)
{
	return len >= 20 && !(p[0] & 0xc0) &&
	       !memcmp(p + 4, "\x21\x12\xa4\x42", 4);
}

enum ringfence_limit_class rgf_limit_classify_rest(const u8 *p, u32 len,
						   bool signaling)
{
	if (rgf_is_stun(p, len))
		return RINGFENCE_LIMIT_CLASS_STUN;
	return signaling ? rgf_classify_line(p, len)
			 : RINGFENCE_LIMIT_CLASS_OTHER;
}
