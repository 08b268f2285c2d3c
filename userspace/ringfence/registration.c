// SPDX-License-Identifier: GPL-2.0-or-later
/* Registrations, of extensions here and of gateways at trunks. */
#include <stdio.h>
#include <string.h>

#include "ringfence/cli.h"
#include "ringfence/complete.h"
#include "ringfence/control.h"
#include "ringfence/print.h"

#define NUMBER_MAX 64 /* bytes; no extension's is longer */

static void print_line(const json_t *e)
{
	char from[64], left[24];

	snprintf(from, sizeof(from), "%.40s:%" JSON_INTEGER_FORMAT,
		 text_of(e, "address"), number_of(e, "port"));
	snprintf(left, sizeof(left), "%" JSON_INTEGER_FORMAT,
		 number_of(e, "expires"));
	printf("%-12s %-16s %-9s %-21s %-8s %s\n", text_of(e, "extension"),
	       text_of(e, "gateway"),
	       json_is_true(json_object_get(e, "connected"))
		       ? text_of(e, "transport")
		       : "lost",
	       from, left, text_of(e, "contact"));
}

static void print_account(const json_t *e)
{
	char left[24], next[24];

	snprintf(left, sizeof(left), "%" JSON_INTEGER_FORMAT,
		 number_of(e, "expires"));
	snprintf(next, sizeof(next), "%" JSON_INTEGER_FORMAT,
		 number_of(e, "next"));
	printf("%-12s %-16s %-10s %-9s %-21s %-7s %-5s %s\n",
	       text_of(e, "account"), text_of(e, "gateway"),
	       text_of(e, "state"), text_of(e, "transport"),
	       text_of(e, "registrar"), left, next, text_of(e, "reason"));
}

/* Only if there are any. */
static void print_accounts(const json_t *list)
{
	if (!json_array_size(list))
		return;
	printf("\n%-12s %-16s %-10s %-9s %-21s %-7s %-5s %s\n", "ACCOUNT",
	       "GATEWAY", "STATE", "TRANSPORT", "REGISTRAR", "EXPIRES", "NEXT",
	       "REASON");
	for (size_t i = 0; i < json_array_size(list); i++)
		print_account(json_array_get(list, i));
}

static int ask(const struct cli *cli, json_t **ret)
{
	return control_json(cli, "GET", "/registrations", NULL, ret);
}

int cmd_registration_list(struct cli *cli, struct words *w)
{
	json_t *answer, *list, *accounts;
	int r = word_end(cli, w);

	if (!r)
		r = ask(cli, &answer);
	if (r)
		return r;
	list = json_object_get(answer, "registrations");
	accounts = json_object_get(answer, "accounts");
	if (cli->json) {
		json_array_extend(list, accounts);
		print_json(json_incref(list));
	} else {
		printf("%-12s %-16s %-9s %-21s %-8s %s\n", "EXTENSION",
		       "GATEWAY", "TRANSPORT", "FROM", "EXPIRES", "CONTACT");
		for (size_t i = 0; i < json_array_size(list); i++)
			print_line(json_array_get(list, i));
		print_accounts(accounts);
	}
	json_decref(answer);
	return CLI_OK;
}

int cmd_registration_delete(struct cli *cli, struct words *w)
{
	static const char call[] = "/registrations?extension=";
	char uri[sizeof(call) + CONTROL_ENCODED_MAX(NUMBER_MAX)];
	const char *word;
	json_t *answer;
	int r = word_need(cli, w, "registration delete", "EXTENSION", &word);

	if (!r)
		r = word_end(cli, w);
	if (!r && strlen(word) > NUMBER_MAX)
		r = cli_error(cli, CLI_USAGE, "the extension is too long");
	if (r)
		return r;
	strcpy(uri, call);
	control_encode(word, uri + strlen(call));
	r = control_json(cli, "DELETE", uri, NULL, &answer);
	if (!r && cli->json)
		print_json(answer);
	else if (!r)
		json_decref(answer);
	return r;
}

void complete_registration(struct words *w)
{
	const struct control_request req = { .method = "GET",
					     .uri = "/registrations",
					     .quiet = true };
	const struct cli cli = { 0 };
	const char *last = "";
	json_t *answer, *e;
	char *text;
	size_t i;

	if (word_peek(w) || control_call(&cli, &req, &text))
		return;
	answer = json_loads(text, 0, NULL);
	control_free(text);
	json_array_foreach(json_object_get(answer, "registrations"), i, e)
	{
		if (strcmp(last, text_of(e, "extension")) != 0)
			puts(text_of(e, "extension"));
		last = text_of(e, "extension");
	}
	json_decref(answer);
}
