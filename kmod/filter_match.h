/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The compiled classifier, and how a packet is matched against it. Everything
 * here is immutable; packets read it under RCU. Documentation/filter says how
 * it works.
 */
#ifndef _RGF_FILTER_MATCH_H
#define _RGF_FILTER_MATCH_H

#include <linux/bitops.h>

#include "ruleset.h"

/* What a rule can ask for. Narrow fields have 32 bits at most. */
enum rgf_field_id {
	RGF_FIELD_PROTOCOL,
	RGF_FIELD_SPORT,
	RGF_FIELD_DPORT,
	RGF_FIELD_ICMP, /* type and code */
	RGF_FIELD_DSCP,
	RGF_FIELD_STATE, /* which bit of enum ringfence_connection_state */
	RGF_FIELD_TIME, /* minute of the week */
	RGF_FIELD_FROM4,
	RGF_FIELD_TO4,
	RGF_NR_NARROW,
	RGF_FIELD_FROM6 = RGF_NR_NARROW,
	RGF_FIELD_TO6,
	RGF_FIELD_IN, /* name of the interface */
	RGF_FIELD_OUT,
	RGF_NR_FIELDS,
};

#define RGF_NR_WIDE (RGF_NR_FIELDS - RGF_NR_NARROW)

/* In place of what a packet doesn't have; no rule can ask for it. */
#define RGF_FIELD_NONE 0x10000

struct rgf_pkt_key {
	u32 narrow[RGF_NR_NARROW];
	struct rgf_key wide[RGF_NR_WIDE];
};

/* Values from starts[i] to starts[i + 1] - 1 have the row rows[i]. */
struct rgf_field {
	u8 id; /* enum rgf_field_id */
	u32 n; /* of both arrays: a power of two; the last one is repeated */
	union {
		const u32 *narrow;
		const struct rgf_key *wide;
	} starts;
	const u64 *const *rows;
};

/* A rule, once for each way to it by jumps. */
struct rgf_flat {
	u32 rule; /* index */
	u32 end; /* behind it and the rules that it jumps to, in the table */
	u8 action; /* enum ringfence_rule_action */
	bool rated; /* it has a rate for each source */
};

/*
 * A row has first n_front words, with a bit for each of the words that follow
 * and are not zero, then n_words with a bit for each flat rule.
 */
struct rgf_table {
	u32 n_front;
	u32 n_words;
	u32 n_flat;
	u32 n_fields; /* at least 1 if there are rules */
	u32 asks; /* for these fields: BIT() of enum rgf_field_id */
	struct rgf_field fields[RGF_NR_FIELDS];
	const struct rgf_flat *flat;
};

/* Where a packet is in a table. */
struct rgf_match {
	const struct rgf_table *table;
	u32 front; /* which of the front words */
	u32 word; /* which of the words */
	u64 words; /* those of the front word that are left to look at */
	u64 bits; /* those of the word */
	const u64 *rows[RGF_NR_FIELDS];
};

static inline u32 rgf_field_find(const struct rgf_field *field, u32 value)
{
	const u32 *starts = field->starts.narrow;
	u32 half, i = 0;

	for (half = field->n / 2; half; half /= 2)
		if (starts[i + half] <= value)
			i += half;
	return i;
}

static inline u32 rgf_field_find_wide(const struct rgf_field *field,
				      const struct rgf_key *value)
{
	const struct rgf_key *start;
	u32 half, i = 0;

	for (half = field->n / 2; half; half /= 2) {
		start = &field->starts.wide[i + half];
		if (start->hi < value->hi ||
		    (start->hi == value->hi && start->lo <= value->lo))
			i += half;
	}
	return i;
}

/* The conjunction of all rows' word at @index. */
static inline u64 rgf_match_and(const struct rgf_match *m, u32 index)
{
	u64 bits = m->rows[0][index];
	u32 i;

	for (i = 1; i < m->table->n_fields; i++)
		bits &= m->rows[i][index];
	return bits;
}

/* @key is looked at during the call only. */
static inline void rgf_match_start(struct rgf_match *m,
				   const struct rgf_table *table,
				   const struct rgf_pkt_key *key)
{
	const struct rgf_field *field;
	u32 i, at;
	int wide;

	m->table = table;
	m->front = 0;
	m->bits = 0;
	m->words = 0;
	for (i = 0; i < table->n_fields; i++) {
		field = &table->fields[i];
		wide = field->id - RGF_NR_NARROW;
		if (wide < 0)
			at = rgf_field_find(field, key->narrow[field->id]);
		else
			at = rgf_field_find_wide(field, &key->wide[wide]);
		m->rows[i] = field->rows[at];
	}
	/* Of a single word there is no use in looking whether it is zero. */
	m->word = 0;
	if (table->n_words == 1)
		m->bits = rgf_match_and(m, 1);
	else if (table->n_words)
		m->words = rgf_match_and(m, 0);
}

/* The next flat rule that matches, in order; NULL: none is left. */
static inline const struct rgf_flat *rgf_match_next(struct rgf_match *m)
{
	const struct rgf_table *t = m->table;
	u32 bit;

	while (!m->bits) {
		while (!m->words) {
			if (m->front + 1 >= t->n_front)
				return NULL;
			m->words = rgf_match_and(m, ++m->front);
		}
		m->word = m->front * 64 + __ffs(m->words);
		m->words &= m->words - 1;
		m->bits = rgf_match_and(m, t->n_front + m->word);
	}
	bit = __ffs(m->bits);
	m->bits &= m->bits - 1;
	return &t->flat[m->word * 64 + bit];
}

#endif
