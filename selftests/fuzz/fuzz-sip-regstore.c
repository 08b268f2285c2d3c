// SPDX-License-Identifier: GPL-2.0-or-later
/* The file of bindings, which may be damaged; and what becomes of each then. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/loop.h"
#include "sip/binding.h"
#include "sip/message.h"
#include "sip/regstore.h"

static struct gateway gateway = { .name = "g", .extensions = true };
static struct extension extension = { .number = "1", .max_contacts = 2 };
static struct sip_config cfg = {
	.gateway = { &gateway },
	.n_gateways = 1,
	.registrar = { .extension = &extension,
		       .n_extensions = 1,
		       .expires_max = 100 },
};

static void init(void)
{
	static osip_t *osip; /* or it counts as a leak */

	log_open(LOG_TO_STDERR, LOG_LEVEL_ERROR);
	message_init();
	osip_init(&osip);
	if (loop_init() || bindings_init())
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct aor *aor;
	int n;

	if (!loop_base())
		init();
	n = regstore_read((const char *)data, size, &cfg, 1000);
	aor = aor_find("1");
	if ((aor ? aor->n : 0) > 2 || (n <= 0 && aor))
		abort();
	json_decref(regstore_list());
	bindings_exit();
	bindings_init();
	return 0;
}
