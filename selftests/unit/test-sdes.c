// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "media/sdes.h"

#define S80 "AES_CM_128_HMAC_SHA1_80"
#define S32 "AES_CM_128_HMAC_SHA1_32"
/* 30 bytes, 0x00 to 0x1d */
#define KEY "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwd"

static const struct {
	const char *value;
	int err;
	uint32_t tag;
	enum ringfence_suite suite;
} lines[] = {
	{ "1 " S80 " inline:" KEY, 0, 1,
	  RINGFENCE_SUITE_AES_CM_128_HMAC_SHA1_80 },
	{ "2 " S32 " inline:" KEY, 0, 2,
	  RINGFENCE_SUITE_AES_CM_128_HMAC_SHA1_32 },
	{ "0 " S80 " inline:" KEY, 0, 0,
	  RINGFENCE_SUITE_AES_CM_128_HMAC_SHA1_80 },
	{ "999999999 " S80 " inline:" KEY, 0, 999999999,
	  RINGFENCE_SUITE_AES_CM_128_HMAC_SHA1_80 },
	{ "1  " S80 "   INLINE:" KEY " ", 0, 1,
	  RINGFENCE_SUITE_AES_CM_128_HMAC_SHA1_80 },
	{ "1 " S80 " inline:" KEY "|2^20", 0, 1,
	  RINGFENCE_SUITE_AES_CM_128_HMAC_SHA1_80 },
	{ "1 " S80 " inline:" KEY "|2^48", 0, 1,
	  RINGFENCE_SUITE_AES_CM_128_HMAC_SHA1_80 },
	{ "1 " S80 " inline:" KEY "|1048576", 0, 1,
	  RINGFENCE_SUITE_AES_CM_128_HMAC_SHA1_80 },
	{ "1 " S80 " inline:" KEY " -SOMETHING=1", 0, 1,
	  RINGFENCE_SUITE_AES_CM_128_HMAC_SHA1_80 },

	{ "1 NULL_HMAC_SHA1_80 inline:" KEY, -ENOTSUP, 0, 0 },
	{ "1 none inline:" KEY, -ENOTSUP, 0, 0 },
	{ "1 " S80 "x inline:" KEY, -ENOTSUP, 0, 0 },
	{ "1 " S80 " inline:" KEY "|1:4", -ENOTSUP, 0, 0 },
	{ "1 " S80 " inline:" KEY "|2^20|1:4", -ENOTSUP, 0, 0 },
	{ "1 " S80 " inline:" KEY ";inline:" KEY, -ENOTSUP, 0, 0 },
	{ "1 " S80 " uri:" KEY, -ENOTSUP, 0, 0 },
	{ "1 " S80 " inline:" KEY " KDR=1", -ENOTSUP, 0, 0 },
	{ "1 " S80 " inline:" KEY " UNENCRYPTED_SRTP", -ENOTSUP, 0, 0 },
	{ "1 " S80 " inline:" KEY " UNAUTHENTICATED_SRTP", -ENOTSUP, 0, 0 },
	{ "1 " S80 " inline:" KEY " -X WSH=64", -ENOTSUP, 0, 0 },

	{ "", -EINVAL, 0, 0 },
	{ "1", -EINVAL, 0, 0 },
	{ "x " S80 " inline:" KEY, -EINVAL, 0, 0 },
	{ "-1 " S80 " inline:" KEY, -EINVAL, 0, 0 },
	{ "00 " S80 " inline:" KEY, -EINVAL, 0, 0 },
	{ "1000000000 " S80 " inline:" KEY, -EINVAL, 0, 0 },
	{ "1 " S80, -EINVAL, 0, 0 },
	{ "1 " S80 " inline:", -EINVAL, 0, 0 },
	/* one byte less, one more, three more in base64 */
	{ "1 " S80 " inline:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxw=", -EINVAL,
	  0, 0 },
	{ "1 " S80 " inline:" KEY "HQ==", -EINVAL, 0, 0 },
	{ "1 " S80 " inline:" KEY "HR4f", -EINVAL, 0, 0 },
	/* 31 bytes' worth of characters in 40, and alien bytes */
	{ "1 " S80 " inline:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGx==", -EINVAL,
	  0, 0 },
	{ "1 " S80 " inline:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxw-", -EINVAL,
	  0, 0 },
	{ "1 " S80 " inline:=AECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwd", -EINVAL,
	  0, 0 },
	{ "1 " S80 " inline:AAEC\nAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwd",
	  -EINVAL, 0, 0 },
	{ "1 " S80 " inline:AAEC\nAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxw", -EINVAL,
	  0, 0 },
	{ "1 " S80 " inline:" KEY "|", -EINVAL, 0, 0 },
	{ "1 " S80 " inline:" KEY "|0", -EINVAL, 0, 0 },
	{ "1 " S80 " inline:" KEY "|2^", -EINVAL, 0, 0 },
	{ "1 " S80 " inline:" KEY "|2^0", -EINVAL, 0, 0 },
	{ "1 " S80 " inline:" KEY "|2^49", -EINVAL, 0, 0 },
	{ "1 " S80 " inline:" KEY "|3^20", -EINVAL, 0, 0 },
	{ "1 " S80 " inline:" KEY "|281474976710657", -EINVAL, 0, 0 },
	{ "1 " S80 " inline:" KEY "|99999999999999999999", -EINVAL, 0, 0 },
	{ "1 " S80 " inline:" KEY "|2^20|2^20", -EINVAL, 0, 0 },
};

static void test_parse(void **state)
{
	size_t i, j;

	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		struct sdes line = { .tag = 77 };
		char why[128] = "";
		int err = sdes_parse(lines[i].value, &line, why, sizeof(why));

		if (err != lines[i].err)
			fail_msg("%d (%s) for %s", err, why, lines[i].value);
		if (err) {
			/* Untouched, and a reason that shows no key. */
			assert_int_equal(line.tag, 77);
			assert_int_equal(strncmp(why, "a=crypto: ", 10), 0);
			assert_null(strstr(why, "AAEC"));
			continue;
		}
		assert_int_equal(line.tag, lines[i].tag);
		assert_int_equal(line.suite, lines[i].suite);
		assert_int_equal(line.key.len, 30);
		for (j = 0; j < 30; j++)
			assert_int_equal(line.key.data[j], j);
	}
}

static void test_long(void **state)
{
	char value[SDES_VALUE_MAX + 1], why[128];
	struct sdes line;
	size_t n = snprintf(value, sizeof(value), "1 " S80 " inline:" KEY);

	memset(value + n, ' ', sizeof(value) - n);
	value[SDES_VALUE_MAX - 1] = '\0';
	assert_int_equal(sdes_parse(value, &line, why, sizeof(why)), 0);
	value[SDES_VALUE_MAX - 1] = ' ';
	value[SDES_VALUE_MAX] = '\0';
	assert_int_equal(sdes_parse(value, &line, why, sizeof(why)), -EINVAL);
}

static void test_format(void **state)
{
	struct sdes line, other, again;
	char text[SDES_VALUE_MAX], why[128];
	int suite;

	for (suite = 1; suite <= (int)RINGFENCE_SUITE_F8_128_HMAC_SHA1_80;
	     suite++) {
		line.tag = 3;
		line.suite = suite;
		other.suite = suite;
		assert_int_equal(sdes_new_key(&line), 0);
		assert_int_equal(sdes_new_key(&other), 0);
		assert_int_equal(line.key.len, rgf_suite_key_len(suite));
		assert_memory_not_equal(line.key.data, other.key.data,
					line.key.len);
		assert_int_equal(sdes_format(&line, text), 0);
		assert_int_equal(sdes_parse(text, &again, why, sizeof(why)), 0);
		assert_int_equal(again.tag, 3);
		assert_int_equal(again.suite, suite);
		assert_memory_equal(again.key.data, line.key.data,
				    line.key.len);
	}
	line.suite = RINGFENCE_SUITE_AES_CM_128_HMAC_SHA1_80;
	line.key.len = 30;
	for (int i = 0; i < 30; i++)
		line.key.data[i] = i;
	assert_int_equal(sdes_format(&line, text), 0);
	assert_string_equal(text, "3 " S80 " inline:" KEY);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_long),
		cmocka_unit_test(test_format),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
