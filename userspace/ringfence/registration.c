// SPDX-License-Identifier: GPL-2.0-or-later
/* Registrations, of extensions here and of gateways at trunks. */
#include <stdio.h>
#include <string.h>

#include "ringfence/cli.h"
#include "ringfence/complete.h"
#include "ringfence/print.h"
#include "ringfence/registration.h"

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

void print_contacts(const json_t *list)
{
	printf("%-12s %-16s %-9s %-21s %-8s %s\n", "EXTENSION", "GATEWAY",
	       "TRANSPORT", "FROM", "EXPIRES", "CONTACT");
	for (size_t i = 0; i < json_array_size(list); i++)
		print_line(json_array_get(list, i));
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
		print_contacts(list);
		print_accounts(accounts);
	}
	json_decref(answer);
	return CLI_OK;
}

int extension_uri(const struct cli *cli, struct words *w, const char *command,
		  const char *path, char ret[EXTENSION_URI_MAX])
{
	const char *word;
	int n, r = word_need(cli, w, command, "EXTENSION", &word);

	if (!r)
		r = word_end(cli, w);
	if (!r && strlen(word) > NUMBER_MAX)
		r = cli_error(cli, CLI_USAGE, "the extension is too long");
	if (r)
		return r;
	n = snprintf(ret, EXTENSION_URI_MAX, "%s?extension=", path);
	control_encode(word, ret + n);
	return CLI_OK;
}

int cmd_registration_delete(struct cli *cli, struct words *w)
{
	char uri[EXTENSION_URI_MAX] = "/registrations?all=1";
	bool all = word_peek(w) && strcmp(word_peek(w), "all") == 0;
	json_t *answer;
	int r;

	if (all) {
		word_next(w);
		r = word_end(cli, w);
	} else {
		r = extension_uri(cli, w, "registration delete",
				  "/registrations", uri);
	}
	if (r)
		return r;
	r = control_json(cli, "DELETE", uri, NULL, &answer);
	if (!r && cli->json)
		print_json(answer);
	else if (!r)
		json_decref(answer);
	return r;
}

/* Each number of @uri's array @name once. */
static void complete_numbers(const char *uri, const char *name)
{
	const struct control_request req = { .method = "GET",
					     .uri = uri,
					     .quiet = true };
	const struct cli cli = { 0 };
	const char *last = "";
	json_t *answer, *e;
	char *text;
	size_t i;

	if (control_call(&cli, &req, &text))
		return;
	answer = json_loads(text, 0, NULL);
	control_free(text);
	json_array_foreach(json_object_get(answer, name), i, e)
	{
		if (strcmp(last, text_of(e, "extension")) != 0)
			puts(text_of(e, "extension"));
		last = text_of(e, "extension");
	}
	json_decref(answer);
}

void complete_registration(struct words *w)
{
	if (word_peek(w))
		return;
	puts("all");
	complete_numbers("/registrations", "registrations");
}

void complete_extension(struct words *w)
{
	if (!word_peek(w))
		complete_numbers("/extensions", "extensions");
}
