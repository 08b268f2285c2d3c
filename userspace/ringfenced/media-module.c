// SPDX-License-Identifier: GPL-2.0-or-later
/* The media package as a module: its parameters belong to calls, so to sip. */
#include <errno.h>
#include <string.h>

#include "base/log.h"
#include "base/notify.h"
#include "media/media.h"
#include "ringfenced/module.h"

static int init(void)
{
	int ret = media_init();

	if (ret == -ENOENT)
		notify(MAIN_NO_MODULE);
	else if (ret < 0)
		log_error("media", "the kernel module can't be used: %s",
			  strerror(-ret));
	return ret;
}

const struct module media_module = {
	.name = "media",
	.init = init,
	.exit = media_exit,
};
