// SPDX-License-Identifier: GPL-2.0-or-later
/* Settings of the network namespace. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ringfence/cli.h"
#include "ringfence/complete.h"
#include "ringfence/print.h"

static json_t *json_netns(const struct rgf_config *c)
{
	if (!c->media_port_max)
		return json_pack("{s:n}", "media_ports");
	return json_pack("{s:{s:i, s:i}}", "media_ports", "min",
			 c->media_port_min, "max", c->media_port_max);
}

static void print_netns(const struct rgf_config *c)
{
	if (c->media_port_max)
		printf("media-ports %u-%u\n", c->media_port_min,
		       c->media_port_max);
	else
		printf("media-ports none\n");
}

int cmd_netns_show(struct cli *cli, struct words *w)
{
	struct rgf_config c;
	int r = word_end(cli, w);

	if (!r)
		r = cli_rgf(cli);
	if (r)
		return r;
	r = rgf_config_get(cli->rgf, &c);
	if (r)
		return cli_refused(cli, "netns show", r, rgf_error(cli->rgf));
	if (cli->json)
		print_json(json_netns(&c));
	else
		print_netns(&c);
	return CLI_OK;
}

/* "MIN-MAX" or "none" */
static bool parse_ports(const char *word, struct rgf_config *ret)
{
	char text[sizeof("65535-65535")], *max = text;
	const char *min;
	uint64_t from, to;

	ret->has |= RGF_HAS_MEDIA_PORTS;
	if (strcmp(word, "none") == 0)
		return true;
	if (strlen(word) >= sizeof(text))
		return false;
	memcpy(text, word, strlen(word) + 1);
	min = strsep(&max, "-");
	if (!max || !word_number(min, UINT16_MAX, &from) ||
	    !word_number(max, UINT16_MAX, &to) || !from || from > to)
		return false;
	ret->media_port_min = (uint16_t)from;
	ret->media_port_max = (uint16_t)to;
	return true;
}

int cmd_netns_set(struct cli *cli, struct words *w)
{
	struct rgf_config c = { 0 };
	const char *word = word_next(w);
	int r;

	if (!word || strcmp(word, "media-ports") != 0)
		return cli_error(cli, CLI_USAGE,
				 "netns set needs: media-ports MIN-MAX, or: "
				 "media-ports none%s",
				 word ? "; no other word" : "");
	r = word_need(cli, w, "media-ports", "MIN-MAX", &word);
	if (r)
		return r;
	if (!parse_ports(word, &c))
		return cli_error(cli, CLI_USAGE,
				 "media-ports must be none or two ports from 1 "
				 "to 65535, as 20000-29999, not %s",
				 word_show(word));
	r = word_end(cli, w);
	if (!r)
		r = cli_rgf(cli);
	if (r)
		return r;
	r = rgf_config_set(cli->rgf, &c);
	if (r)
		return cli_refused(cli, "netns set", r, rgf_error(cli->rgf));
	return CLI_OK;
}

void complete_netns_set(struct words *w)
{
	const char *word = word_next(w);

	if (!word)
		puts("media-ports");
	else if (strcmp(word, "media-ports") == 0 && !word_peek(w))
		puts("none");
}
