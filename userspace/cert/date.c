// SPDX-License-Identifier: GPL-2.0-or-later
#include "cert/date.h"

#include <wolfssl/options.h>
#include <wolfssl/ssl.h>
#include <wolfssl/wolfcrypt/asn.h>

bool date_read(const uint8_t *date, int len, time_t *ret)
{
	struct tm tm = { 0 };
	const byte *p;
	byte format;
	int n;

	if (len < 3 || wc_GetDateInfo(date, len, &p, &format, &n) ||
	    wc_GetDateAsCalendarTime(p, n, format, &tm))
		return false;
	*ret = timegm(&tm);
	return true;
}
