// SPDX-License-Identifier: GPL-2.0-or-later
/* Bans, trust and limits. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/rules.h"
#include "ringfence/cli.h"
#include "ringfence/complete.h"
#include "ringfence/guard_print.h"
#include "ringfence/print.h"

#define TOP_DEFAULT 20 /* sources */
#define TOP_MAX	    1000

static int parse_prefix(const struct cli *cli, struct words *w,
			const char *command, struct rgf_prefix *ret)
{
	const char *word = word_next(w);
	char error[RGF_RULES_ERROR_MAX];

	if (!word)
		return cli_error(cli, CLI_USAGE, "%s needs ADDRESS[/BITS]",
				 command);
	if (rgf_prefix_parse(word, ret, error))
		return cli_error(cli, CLI_USAGE, "%s", error);
	return CLI_OK;
}

static int parse_comment(const struct cli *cli, const char *word, char *ret)
{
	if (strlen(word) > RINGFENCE_COMMENT_MAX)
		return cli_error(cli, CLI_USAGE, "a comment has up to %d bytes",
				 RINGFENCE_COMMENT_MAX);
	memcpy(ret, word, strlen(word) + 1);
	return CLI_OK;
}

/* [time SECONDS] [comment TEXT] */
static int parse_rest(const struct cli *cli, struct words *w, uint32_t *time,
		      char *comment)
{
	const char *word, *value;
	int r = CLI_OK;

	while (!r && (word = word_next(w))) {
		bool is_time = strcmp(word, "time") == 0;

		if (!is_time && strcmp(word, "comment") != 0)
			return cli_error(cli, CLI_USAGE,
					 "unexpected word %s; there are: time "
					 "SECONDS, comment TEXT",
					 word_show(word));
		r = word_need(cli, w, word, is_time ? "SECONDS" : "TEXT",
			      &value);
		if (!r && is_time)
			r = word_u32(cli, word, value, 1,
				     RINGFENCE_BAN_TIME_MAX, time);
		else if (!r)
			r = parse_comment(cli, value, comment);
	}
	return r;
}

int cmd_ban_add(struct cli *cli, struct words *w)
{
	struct rgf_ban ban = { 0 };
	int r = parse_prefix(cli, w, "ban add", &ban.prefix);

	if (!r)
		r = parse_rest(cli, w, &ban.time, ban.comment);
	if (!r)
		r = cli_rgf(cli);
	if (!r && rgf_ban_add(cli->rgf, &ban))
		r = cli_refused(cli, "ban add", -1, rgf_error(cli->rgf));
	return r;
}

int cmd_trust_add(struct cli *cli, struct words *w)
{
	struct rgf_trust trust = { 0 };
	int r = parse_prefix(cli, w, "trust add", &trust.prefix);

	if (!r)
		r = parse_rest(cli, w, &trust.time, trust.comment);
	if (!r)
		r = cli_rgf(cli);
	if (!r && rgf_trust_add(cli->rgf, &trust))
		r = cli_refused(cli, "trust add", -1, rgf_error(cli->rgf));
	return r;
}

static int delete (struct cli *cli, struct words *w, const char *command,
		   int (*del)(struct rgf *rgf, const struct rgf_prefix *prefix))
{
	struct rgf_prefix prefix;
	int r = parse_prefix(cli, w, command, &prefix);

	if (!r)
		r = word_end(cli, w);
	if (!r)
		r = cli_rgf(cli);
	if (!r && del(cli->rgf, &prefix))
		r = cli_refused(cli, command, -1, rgf_error(cli->rgf));
	return r;
}

int cmd_ban_del(struct cli *cli, struct words *w)
{
	return delete (cli, w, "ban del", rgf_ban_del);
}

int cmd_trust_del(struct cli *cli, struct words *w)
{
	return delete (cli, w, "trust del", rgf_trust_del);
}

int cmd_ban_flush(struct cli *cli, struct words *w)
{
	int r = word_end(cli, w);

	if (!r)
		r = cli_rgf(cli);
	if (!r && rgf_ban_del(cli->rgf, NULL))
		r = cli_refused(cli, "ban flush", -1, rgf_error(cli->rgf));
	return r;
}

/* @array: of JSON; NULL: text */
static int tell_ban(const struct rgf_ban *ban, void *array)
{
	if (array)
		json_array_append_new(array, json_ban(ban));
	else
		print_ban(ban);
	return 0;
}

static int tell_trust(const struct rgf_trust *trust, void *array)
{
	if (array)
		json_array_append_new(array, json_trust(trust));
	else
		print_trust(trust);
	return 0;
}

static int list_end(struct cli *cli, const char *command, int err,
		    json_t *array)
{
	if (err) {
		json_decref(array);
		return cli_refused(cli, command, err, rgf_error(cli->rgf));
	}
	if (array)
		print_json(array);
	return CLI_OK;
}

/* @ret: an array for JSON; NULL: text, whose head is printed */
static int list_begin(struct cli *cli, struct words *w,
		      void (*print_head)(void), json_t **ret)
{
	int r = word_end(cli, w);

	*ret = NULL;
	if (!r)
		r = cli_rgf(cli);
	if (r)
		return r;
	if (cli->json)
		*ret = json_array();
	else
		print_head();
	return 0;
}

int cmd_ban_list(struct cli *cli, struct words *w)
{
	json_t *array;
	int r = list_begin(cli, w, print_ban_head, &array);

	if (r)
		return r;
	return list_end(cli, "ban list",
			rgf_ban_dump(cli->rgf, tell_ban, array), array);
}

int cmd_trust_list(struct cli *cli, struct words *w)
{
	json_t *array;
	int r = list_begin(cli, w, print_trust_head, &array);

	if (r)
		return r;
	return list_end(cli, "trust list",
			rgf_trust_dump(cli->rgf, tell_trust, array), array);
}

int cmd_limit_list(struct cli *cli, struct words *w)
{
	struct rgf_limits limits;
	int r = word_end(cli, w);

	if (!r)
		r = cli_rgf(cli);
	if (r)
		return r;
	if (rgf_limits_get(cli->rgf, &limits))
		return cli_refused(cli, "limit list", -1, rgf_error(cli->rgf));
	if (cli->json)
		print_limits_json(&limits);
	else
		print_limits(&limits);
	return CLI_OK;
}

/* The worst offenders, the worst first. */
struct top {
	size_t n, max;
	struct rgf_source *source;
};

static int tell_source(const struct rgf_source *s, void *arg)
{
	struct top *top = arg;
	size_t i = top->n;

	if (i == top->max && s->limited <= top->source[i - 1].limited)
		return 0;
	if (i == top->max)
		i--;
	else
		top->n++;
	for (; i && top->source[i - 1].limited < s->limited; i--)
		top->source[i] = top->source[i - 1];
	top->source[i] = *s;
	return 0;
}

static void print_top(const struct cli *cli, const struct top *top)
{
	json_t *array = cli->json ? json_array() : NULL;

	if (!cli->json)
		print_source_head();
	for (size_t i = 0; i < top->n; i++) {
		if (cli->json)
			json_array_append_new(array,
					      json_source(&top->source[i]));
		else
			print_source(&top->source[i]);
	}
	if (cli->json)
		print_json(array);
}

int cmd_limit_sources(struct cli *cli, struct words *w)
{
	struct top top = { 0 };
	uint32_t max = TOP_DEFAULT;
	int r = CLI_OK;

	if (word_peek(w))
		r = word_u32(cli, "limit sources", word_next(w), 1, TOP_MAX,
			     &max);
	if (!r)
		r = word_end(cli, w);
	if (!r)
		r = cli_rgf(cli);
	if (r)
		return r;
	top.max = max;
	top.source = calloc(max, sizeof(*top.source));
	if (!top.source)
		return cli_error(cli, CLI_FAILED, "no memory");
	if (rgf_source_dump(cli->rgf, tell_source, &top))
		r = cli_refused(cli, "limit sources", -1, rgf_error(cli->rgf));
	else
		print_top(cli, &top);
	free(top.source);
	return r;
}

/* limit set */

static int by_name(const char *word, const char *(*name)(unsigned int n))
{
	for (unsigned int i = 0; name(i); i++)
		if (strcmp(name(i), word) == 0)
			return (int)i;
	return -1;
}

static int no_setting(const struct cli *cli, const char *word)
{
	char names[256] = "on, off";

	for (unsigned int i = RGF_LIMIT_RATE; i < RGF_LIMIT_NR; i++)
		names_add(names, sizeof(names), rgf_limit_setting_name(i));
	return cli_error(cli, CLI_USAGE, "unknown setting %s; there are: %s",
			 word_show(word), names);
}

/* [on|off] [SETTING NUMBER]... */
static int parse_class(const struct cli *cli, struct words *w,
		       struct rgf_limit *limit)
{
	const char *word, *value;
	int r = CLI_OK;

	while (!r && (word = word_next(w))) {
		bool on = strcmp(word, "on") == 0;
		int i = by_name(word, rgf_limit_setting_name);

		if (on || strcmp(word, "off") == 0) {
			limit->has |= 1u << RGF_LIMIT_ENABLED;
			limit->value[RGF_LIMIT_ENABLED] = on;
			continue;
		}
		if (i <= RGF_LIMIT_ENABLED)
			return no_setting(cli, word);
		r = word_need(cli, w, word, "NUMBER", &value);
		if (!r)
			r = word_u32(cli, word, value, 0, UINT32_MAX,
				     &limit->value[i]);
		limit->has |= 1u << i;
	}
	if (!r && !limit->has)
		r = cli_error(cli, CLI_USAGE,
			      "limit set needs: CLASS on, off or SETTING "
			      "NUMBER");
	return r;
}

/* "5060,5080" or "none" */
static int parse_port_list(const struct cli *cli, const char *after,
			   const char *word, struct rgf_ports *ret)
{
	char text[128], *next = text, *one;
	uint64_t port;

	ret->n = 0;
	if (strcmp(word, "none") == 0)
		return CLI_OK;
	snprintf(text, sizeof(text), "%s", word);
	while ((one = strsep(&next, ","))) {
		if (strlen(word) >= sizeof(text) ||
		    ret->n == RINGFENCE_MAX_SIGNALING_PORTS ||
		    !word_number(one, UINT16_MAX, &port) || !port)
			return cli_error(cli, CLI_USAGE,
					 "%s must be none or up to %d ports, "
					 "as 5060,5080, not %s",
					 after, RINGFENCE_MAX_SIGNALING_PORTS,
					 word_show(word));
		ret->port[ret->n++] = (uint16_t)port;
	}
	return CLI_OK;
}

static const char *const table_words[] = {
	"signaling-ports", "secure-ports", "ipv4-length",
	"ipv6-length",	   "sources",
};

static const char *table_word(unsigned int i)
{
	return i < 5 ? table_words[i] : NULL;
}

/* One of table_words, with its value. */
static int parse_table_word(const struct cli *cli, int i, const char *value,
			    struct rgf_limits *limits)
{
	uint32_t n = 0;
	int r = CLI_OK;

	limits->has |= 1u << i; /* RGF_LIMITS_*, in the same order */
	switch (1 << i) {
	case RGF_LIMITS_SIGNALING:
		return parse_port_list(cli, table_words[i], value,
				       &limits->signaling);
	case RGF_LIMITS_SECURE:
		return parse_port_list(cli, table_words[i], value,
				       &limits->secure);
	case RGF_LIMITS_IPV4_LENGTH:
		r = word_u32(cli, table_words[i], value, 8, 32, &n);
		limits->ipv4_length = (uint8_t)n;
		return r;
	case RGF_LIMITS_IPV6_LENGTH:
		r = word_u32(cli, table_words[i], value, 16, 128, &n);
		limits->ipv6_length = (uint8_t)n;
		return r;
	}
	return word_u32(cli, table_words[i], value, RINGFENCE_SOURCES_MIN,
			RINGFENCE_SOURCES_MAX, &limits->sources);
}

static int no_class(const struct cli *cli, const char *word)
{
	char names[512] = "";

	for (unsigned int i = 0; rgf_limit_class_name(i); i++)
		names_add(names, sizeof(names), rgf_limit_class_name(i));
	for (unsigned int i = 0; table_word(i); i++)
		names_add(names, sizeof(names), table_word(i));
	if (!word)
		return cli_error(cli, CLI_USAGE, "limit set needs one of: %s",
				 names);
	return cli_error(cli, CLI_USAGE, "unknown word %s; there are: %s",
			 word_show(word), names);
}

static int parse_limits(const struct cli *cli, struct words *w,
			struct rgf_limits *limits)
{
	const char *word = word_next(w), *value;
	int i = word ? by_name(word, rgf_limit_class_name) : -1;
	int r = CLI_OK;

	if (!word)
		return no_class(cli, word);
	if (i >= 0)
		return parse_class(cli, w, &limits->limit[i]);
	for (; word && !r; word = word_next(w)) {
		i = by_name(word, table_word);
		if (i < 0)
			return no_class(cli, word);
		r = word_need(cli, w, word, "VALUE", &value);
		if (!r)
			r = parse_table_word(cli, i, value, limits);
	}
	return r;
}

int cmd_limit_set(struct cli *cli, struct words *w)
{
	struct rgf_limits limits = { 0 };
	int r = parse_limits(cli, w, &limits);

	if (!r)
		r = cli_rgf(cli);
	if (!r && rgf_limits_set(cli->rgf, &limits))
		r = cli_refused(cli, "limit set", -1, rgf_error(cli->rgf));
	return r;
}

/* Completion */

void complete_ban_add(struct words *w)
{
	const char *word = word_next(w);

	while (word && word_next(w))
		word = word_next(w);
	if (word)
		puts("time\ncomment");
}

void complete_limit_set(struct words *w)
{
	const char *word = word_next(w);
	bool is_class = word && by_name(word, rgf_limit_class_name) >= 0;

	if (!word) {
		for (unsigned int i = 0; rgf_limit_class_name(i); i++)
			puts(rgf_limit_class_name(i));
	}
	if (!word || (!is_class && word_next(w) && !word_peek(w))) {
		for (unsigned int i = 0; table_word(i); i++)
			puts(table_word(i));
		return;
	}
	if (!is_class)
		return;
	/* on and off stand alone, a setting has a number. */
	while ((word = word_next(w)))
		if (strcmp(word, "on") != 0 && strcmp(word, "off") != 0 &&
		    !word_next(w))
			return;
	puts("on\noff");
	for (unsigned int i = RGF_LIMIT_RATE; i < RGF_LIMIT_NR; i++)
		puts(rgf_limit_setting_name(i));
}
