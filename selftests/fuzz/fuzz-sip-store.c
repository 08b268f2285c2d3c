// SPDX-License-Identifier: GPL-2.0-or-later
/* Call records, which may be damaged; what is read must be written the same. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

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
	struct store_record r;
	char *text;

	if (store_parse((const char *)data, size, &r) < 0)
		return 0;
	text = store_format(&r);
	store_record_clear(&r);
	if (!text || store_parse(text, strlen(text), &r) < 0)
		abort();
	store_record_clear(&r);
	free(text);
	return 0;
}
