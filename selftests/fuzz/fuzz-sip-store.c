// SPDX-License-Identifier: GPL-2.0-or-later
/* Call records, which may be damaged; what is read must be written the same. */
#include <stdint.h>
#include <stdlib.h>

#include "media/media.h"
#include "sip/store.h"

/* For store_save(), which is not tested here. */
uint32_t media_call_session(const struct media_call *mc)
{
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char text[SIP_RECORD_MAX];
	struct store_record r;
	size_t len;

	if (store_parse((const char *)data, size, &r) < 0)
		return 0;
	len = store_format(&r, text, sizeof(text));
	store_record_clear(&r);
	if (!len || store_parse(text, len, &r) < 0)
		abort();
	store_record_clear(&r);
	return 0;
}
