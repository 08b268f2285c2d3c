// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>

#include "sip/call.h"
#include "sip/record.h"
#include "sip/report.h"

static void add(const struct call *c, void *arg)
{
	json_array_append_new(arg, record_call(c, false));
}

json_t *report_calls(void)
{
	json_t *list = json_array();

	calls_each(add, list);
	return list;
}

json_t *report_call(uint32_t number)
{
	const struct call *c = call_by_number(number);

	return c ? record_call(c, true) : NULL;
}

int report_hang_up(uint32_t number, const char *who)
{
	struct call *c = call_by_number(number);
	char why[96];

	if (!c)
		return -ENOENT;
	snprintf(why, sizeof(why), "%.64s hung up by command", who);
	call_hang_up(c, why);
	return 0;
}
