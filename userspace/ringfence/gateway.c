// SPDX-License-Identifier: GPL-2.0-or-later
/* The daemon's SIP gateways, by its control socket. */
#include <stdio.h>

#include "ringfence/cli.h"
#include "ringfence/control.h"
#include "ringfence/print.h"

static void print_line(const json_t *gw)
{
	printf("%-16s %-9s %-3s %-21s %-21s %5" JSON_INTEGER_FORMAT
	       " %10" JSON_INTEGER_FORMAT " %s\n",
	       text_of(gw, "name"), text_of(gw, "state"),
	       text_of(gw, "transport"), text_of(gw, "local"),
	       text_of(gw, "proxy"), number_of(gw, "calls"),
	       number_of(gw, "unanswered"), text_of(gw, "link"));
}

int cmd_gateway_list(struct cli *cli, struct words *w)
{
	json_t *answer, *list;
	int r = word_end(cli, w);

	if (!r)
		r = control_json(cli, "GET", "/gateways", NULL, &answer);
	if (r)
		return r;
	list = json_object_get(answer, "gateways");
	if (cli->json)
		print_json(json_incref(list));
	else
		printf("%-16s %-9s %-3s %-21s %-21s CALLS UNANSWERED LINK\n",
		       "GATEWAY", "STATE", "BY", "LOCAL", "PROXY");
	for (size_t i = 0; !cli->json && i < json_array_size(list); i++)
		print_line(json_array_get(list, i));
	json_decref(answer);
	return CLI_OK;
}
