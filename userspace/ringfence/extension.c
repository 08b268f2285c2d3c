// SPDX-License-Identifier: GPL-2.0-or-later
/* The daemon's extensions and its security policy, by its control socket. */
#include <stdio.h>

#include "ringfence/cli.h"
#include "ringfence/control.h"
#include "ringfence/print.h"
#include "ringfence/registration.h"

static int ask(struct cli *cli, struct words *w, json_t **ret)
{
	int r = word_end(cli, w);

	return r ? r : control_json(cli, "GET", "/extensions", NULL, ret);
}

static void print_line(const json_t *e)
{
	printf("%-12s %-9s %-8s %-8s %-8s %8" JSON_INTEGER_FORMAT
	       " %7" JSON_INTEGER_FORMAT "\n",
	       text_of(e, "extension"),
	       json_is_true(json_object_get(e, "security-exception")) ? "yes"
								      : "no",
	       text_of(e, "terminal-type"), text_of(e, "plain"),
	       text_of(e, "tls"), number_of(e, "contacts"),
	       number_of(e, "against-policy"));
}

static void print_head(void)
{
	printf("%-12s %-9s %-8s %-8s %-8s %8s %7s\n", "EXTENSION", "EXCEPTION",
	       "TERMINAL", "PLAIN", "TLS", "CONTACTS", "AGAINST");
}

static void print_list(const json_t *list, bool against)
{
	print_head();
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *e = json_array_get(list, i);

		if (!against || number_of(e, "against-policy"))
			print_line(e);
	}
}

int cmd_extension_list(struct cli *cli, struct words *w)
{
	json_t *answer, *list;
	int r = ask(cli, w, &answer);

	if (r)
		return r;
	list = json_object_get(answer, "extensions");
	if (cli->json)
		print_json(json_incref(list));
	else
		print_list(list, false);
	json_decref(answer);
	return CLI_OK;
}

int cmd_extension_show(struct cli *cli, struct words *w)
{
	char uri[EXTENSION_URI_MAX];
	json_t *e;
	int r = extension_uri(cli, w, "extension show", "/extensions", uri);

	if (!r)
		r = control_json(cli, "GET", uri, NULL, &e);
	if (r)
		return r;
	if (cli->json) {
		print_json(e);
		return CLI_OK;
	}
	print_head();
	print_line(e);
	if (number_of(e, "contacts")) {
		putchar('\n');
		print_contacts(json_object_get(e, "registrations"));
	}
	json_decref(e);
	return CLI_OK;
}

int cmd_policy_show(struct cli *cli, struct words *w)
{
	json_int_t against = 0;
	json_t *answer, *list;
	int r = ask(cli, w, &answer);

	if (r)
		return r;
	list = json_object_get(answer, "extensions");
	for (size_t i = 0; i < json_array_size(list); i++)
		against += number_of(json_array_get(list, i), "against-policy");
	if (cli->json) {
		print_json(json_incref(answer));
	} else {
		printf("policy %s, contacts against it %" JSON_INTEGER_FORMAT
		       "\n",
		       text_of(answer, "policy"), against);
		if (against)
			print_list(list, true);
	}
	json_decref(answer);
	return CLI_OK;
}
