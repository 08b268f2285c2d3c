// SPDX-License-Identifier: GPL-2.0-or-later
#include <inttypes.h>
#include <jansson.h>
#include <string.h>

#include "ringfence/print.h"
#include "ringfence/rules.h"

#define LIST_FORMAT "%5s %12s %14s  %s\n"

static const char *verdict_text(enum ringfence_verdict verdict)
{
	return verdict == RINGFENCE_VERDICT_DROP ? "drop" : "accept";
}

static void print_line(const char *number, uint64_t packets, uint64_t bytes,
		       const char *text)
{
	char p[24], b[24];

	snprintf(p, sizeof(p), "%" PRIu64, packets);
	snprintf(b, sizeof(b), "%" PRIu64, bytes);
	printf(LIST_FORMAT, number, p, b, text);
}

static void print_count(const struct rgf_rules *r,
			enum ringfence_rules_counter what, const char *text)
{
	print_line("-", r->count[what].packets, r->count[what].bytes, text);
}

/* What local's default of drop lets in all the same. */
static const char *const implicit[] = {
	"implicit local in lo accept",
	"implicit local accept: TCP and UDP of connections of this host",
	"implicit local icmp type echo-reply, destination-unreachable, "
	"time-exceeded, parameter-problem accept",
	"implicit local icmpv6 type echo-reply and errors, neighbour "
	"discovery, multicast listeners accept",
};

static void print_defaults(const struct rgf_rules *r)
{
	char text[64];

	if (r->default_local == RINGFENCE_VERDICT_DROP) {
		for (size_t i = 0; i < 3; i++)
			printf(LIST_FORMAT, "-", "", "", implicit[i]);
		print_count(r, RINGFENCE_RULES_COUNTER_LOCAL_IMPLICIT,
			    implicit[3]);
	}
	snprintf(text, sizeof(text), "default local %s",
		 verdict_text(r->default_local));
	print_count(r, RINGFENCE_RULES_COUNTER_LOCAL_DEFAULT, text);
	snprintf(text, sizeof(text), "default network %s",
		 verdict_text(r->default_network));
	print_count(r, RINGFENCE_RULES_COUNTER_NETWORK_DEFAULT, text);
}

void print_rules(const struct rgf_rules *r)
{
	char text[RGF_RULE_TEXT_MAX], number[24];

	if (!r->in_force) {
		puts("no rules: everything passes");
		return;
	}
	if (r->confirm_left)
		printf("on trial: the rules before come back in %u seconds\n",
		       r->confirm_left);
	for (size_t i = 0; i < r->n_sets; i++)
		printf("set %s: %zu entries\n", r->sets[i].name, r->sets[i].n);
	printf(LIST_FORMAT, "RULE", "PACKETS", "BYTES", "TEXT");
	for (size_t i = 0; i < r->n_rules; i++) {
		snprintf(number, sizeof(number), "%zu", i + 1);
		print_line(number, r->rules[i].packets, r->rules[i].bytes,
			   rgf_rule_text(&r->rules[i], text));
	}
	print_defaults(r);
}

static json_t *json_set(const struct rgf_address_set *set)
{
	json_t *entries = json_array();
	char text[RGF_PREFIX_TEXT_MAX];

	for (size_t i = 0; i < set->n; i++)
		json_array_append_new(
			entries,
			json_string(rgf_prefix_text(&set->entries[i], text)));
	return json_pack("{s:s, s:o}", "name", set->name, "entries", entries);
}

/* A comment may be no UTF-8. */
static json_t *json_text(const char *text)
{
	json_t *j = json_string(text);
	char plain[RGF_RULE_TEXT_MAX];
	size_t i;

	if (j)
		return j;
	for (i = 0; i < sizeof(plain) - 1 && text[i]; i++)
		plain[i] = (char)(text[i] & 0x80 ? '?' : text[i]);
	plain[i] = 0;
	return json_string(plain);
}

static json_t *json_rule(const struct rgf_rule *rule, size_t number)
{
	char text[RGF_RULE_TEXT_MAX];
	const char *action = rgf_rule_action_name(rule->action);

	rgf_rule_text(rule, text);
	return json_pack("{s:I, s:s, s:s, s:o, s:o, s:I, s:I}", "number",
			 (json_int_t)number, "chain", rule->chain, "action",
			 action ? action : "unknown", "text", json_text(text),
			 "comment", json_text(rule->comment), "packets",
			 (json_int_t)rule->packets, "bytes",
			 (json_int_t)rule->bytes);
}

static json_t *json_count(const struct rgf_rules *r,
			  enum ringfence_rules_counter what)
{
	return json_pack("{s:I, s:I}", "packets",
			 (json_int_t)r->count[what].packets, "bytes",
			 (json_int_t)r->count[what].bytes);
}

void print_rules_json(const struct rgf_rules *r)
{
	json_t *sets = json_array(), *rules = json_array();

	for (size_t i = 0; i < r->n_sets; i++)
		json_array_append_new(sets, json_set(&r->sets[i]));
	for (size_t i = 0; i < r->n_rules; i++)
		json_array_append_new(rules, json_rule(&r->rules[i], i + 1));
	print_json(json_pack(
		"{s:b, s:i, s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:I, s:I, s:I}",
		"in_force", r->in_force, "confirm_left", (int)r->confirm_left,
		"default_local", verdict_text(r->default_local),
		"default_network", verdict_text(r->default_network),
		"local_implicit",
		json_count(r, RINGFENCE_RULES_COUNTER_LOCAL_IMPLICIT),
		"local_default",
		json_count(r, RINGFENCE_RULES_COUNTER_LOCAL_DEFAULT),
		"network_default",
		json_count(r, RINGFENCE_RULES_COUNTER_NETWORK_DEFAULT), "sets",
		sets, "rules", rules, "flat_rules", (json_int_t)r->flat_rules,
		"memory", (json_int_t)r->memory, "compile_time",
		(json_int_t)r->compile_time));
}
