// SPDX-License-Identifier: GPL-2.0-or-later
/* Any a=crypto: refused in words, or something that we write the same way. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "media/sdes.h"

static void require(int condition)
{
	if (!condition)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct sdes line = { .tag = 77 }, again;
	char *value = malloc(len + 1), text[SDES_VALUE_MAX], why[96] = "";

	memcpy(value, data, len);
	value[len] = '\0';
	if (sdes_parse(value, &line, why, sizeof(why))) {
		require(line.tag == 77 && why[0]);
	} else {
		require(line.tag <= SDES_TAG_MAX &&
			line.suite > RINGFENCE_SUITE_NONE &&
			sdes_has_suite(line.suite) &&
			line.key.len == rgf_suite_key_len(line.suite));
		require(!sdes_format(&line, text));
		require(!sdes_parse(text, &again, why, sizeof(why)));
		require(again.tag == line.tag && again.suite == line.suite &&
			!memcmp(again.key.data, line.key.data, line.key.len));
	}
	free(value);
	return 0;
}
