// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tables by a sweep over each field: where a condition begins or ends to hold is
 * an event; between two events the same rules match.
 */
#include "filter_compile.h"

#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/random.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/sort.h>

#include "filter_cond.h"

#define RGF_ARENA_BLOCK (256 * 1024)
/* Bounds what sets that many rules use cost while they are compiled. */
#define RGF_EVENTS_MAX (512 * 1024)

struct rgf_arena_block {
	struct list_head node;
	char data[];
};

void rgf_arena_init(struct rgf_arena *arena)
{
	*arena = (struct rgf_arena){};
	INIT_LIST_HEAD(&arena->blocks);
}

void rgf_arena_free(struct rgf_arena *arena)
{
	struct rgf_arena_block *block, *next;

	list_for_each_entry_safe(block, next, &arena->blocks, node)
		kvfree(block);
	rgf_arena_init(arena);
}

static void *rgf_arena_block(struct rgf_arena *arena, size_t size)
{
	struct rgf_arena_block *block;

	if (size > RINGFENCE_RULES_MEMORY_MAX - arena->used)
		return ERR_PTR(-E2BIG);
	block = kvzalloc(struct_size(block, data, size), GFP_KERNEL_ACCOUNT);
	if (!block)
		return ERR_PTR(-ENOMEM);
	list_add(&block->node, &arena->blocks);
	arena->used += size;
	return block->data;
}

void *rgf_arena_alloc(struct rgf_arena *arena, size_t size)
{
	char *p;

	size = ALIGN(size, sizeof(u64));
	if (size > RGF_ARENA_BLOCK / 4)
		return rgf_arena_block(arena, size);
	if (size > arena->left) {
		/* The first one may be all that there is. */
		size_t block = arena->used ? RGF_ARENA_BLOCK
					   : RGF_ARENA_BLOCK / 4;

		p = rgf_arena_block(arena, block);
		if (IS_ERR(p))
			return p;
		arena->next = p;
		arena->left = block;
	}
	p = arena->next;
	arena->next += size;
	arena->left -= size;
	return p;
}

/* From @at on the condition holds (or not) for one more flat rule's rule. */
struct rgf_event {
	struct rgf_key at;
	u32 flat;
	s32 change;
};

struct rgf_row {
	u64 hash;
	const u64 *words;
};

/* One field of one table. */
struct rgf_sweep {
	const struct rgf_ruleset *rs;
	struct rgf_addrset *const *sets;
	const struct rgf_flat_path *paths;
	struct rgf_arena *arena;
	struct rgf_table *table;
	enum rgf_field_id id;
	bool v6;

	struct rgf_event *events;
	u32 n_events;
	u8 *need; /* conditions that must hold, by flat rule */
	u8 *hold; /* those that do */
	u64 *row; /* front and words, as of now */
	u64 hash; /* of the row: the sum of its bits' marks */
	u64 *marks; /* a random number for each flat rule */
	struct rgf_row *rows; /* hash table of the rows there are */
	u32 rows_mask;
	struct rgf_key *starts;
	const u64 **start_rows;
	u32 n_starts;
};

static int rgf_sweep_event(struct rgf_sweep *s, struct rgf_key at, u32 flat,
			   s32 change)
{
	if (s->n_events == RGF_EVENTS_MAX)
		return -E2BIG;
	/* At first they are only counted. */
	if (s->events)
		s->events[s->n_events] = (struct rgf_event){ at, flat, change };
	s->n_events++;
	return 0;
}

/* The largest value of the field has none behind it. */
static bool rgf_key_next(struct rgf_key *key, bool wide)
{
	key->lo++;
	if (!wide)
		return key->lo <= U32_MAX;
	if (!key->lo)
		key->hi++;
	return key->lo || key->hi;
}

static int rgf_sweep_cond(struct rgf_sweep *s, u32 flat,
			  const struct rgf_cond *cond)
{
	struct rgf_key end;
	int err;
	u32 i;

	s->need[flat]++;
	for (i = 0; i < cond->n; i++) {
		end = cond->ranges[i].hi;
		err = rgf_sweep_event(s, cond->ranges[i].lo, flat, 1);
		if (!err && rgf_key_next(&end, s->id >= RGF_NR_NARROW))
			err = rgf_sweep_event(s, end, flat, -1);
		if (err)
			return err;
	}
	return 0;
}

/* A flat rule has the conditions of all rules on its path. */
static int rgf_sweep_collect(struct rgf_sweep *s)
{
	struct rgf_cond cond;
	u32 flat, at;
	int err;

	s->n_events = 0;
	memset(s->need, 0, s->table->n_flat);
	for (flat = 0; flat < s->table->n_flat; flat++) {
		for (at = flat; at != RGF_NO_PARENT; at = s->paths[at].parent) {
			rgf_cond_get(&cond, s->id,
				     &s->rs->rules[s->paths[at].rule], s->sets,
				     s->v6);
			if (cond.any)
				continue;
			err = rgf_sweep_cond(s, flat, &cond);
			if (err)
				return err;
		}
		cond_resched();
	}
	return 0;
}

static int rgf_event_cmp(const void *a, const void *b)
{
	const struct rgf_event *x = a, *y = b;

	return rgf_key_cmp(&x->at, &y->at);
}

static void rgf_sweep_flip(struct rgf_sweep *s, u32 flat)
{
	u32 word = flat / 64;
	u64 *words = s->row + s->table->n_front;

	words[word] ^= BIT_ULL(flat % 64);
	if (words[word])
		s->row[word / 64] |= BIT_ULL(word % 64);
	else
		s->row[word / 64] &= ~BIT_ULL(word % 64);
	s->hash ^= s->marks[flat];
}

static bool rgf_sweep_is_set(const struct rgf_sweep *s, u32 flat)
{
	return s->row[s->table->n_front + flat / 64] & BIT_ULL(flat % 64);
}

static void rgf_sweep_apply(struct rgf_sweep *s, const struct rgf_event *event)
{
	u32 flat = event->flat;

	bool holds;

	s->hold[flat] += event->change;
	holds = s->hold[flat] == s->need[flat];
	if (holds != rgf_sweep_is_set(s, flat))
		rgf_sweep_flip(s, flat);
}

/* The row as it is now, from those that are kept. */
static const u64 *rgf_sweep_keep(struct rgf_sweep *s)
{
	size_t size = (s->table->n_front + s->table->n_words) * sizeof(*s->row);
	u32 i = s->hash & s->rows_mask;
	u64 *words;

	for (; s->rows[i].words; i = (i + 1) & s->rows_mask)
		if (s->rows[i].hash == s->hash &&
		    !memcmp(s->rows[i].words, s->row, size))
			return s->rows[i].words;
	words = rgf_arena_alloc(s->arena, size);
	if (IS_ERR(words))
		return words;
	memcpy(words, s->row, size);
	s->rows[i] = (struct rgf_row){ s->hash, words };
	return words;
}

/* From @at on, the row holds. */
static int rgf_sweep_start(struct rgf_sweep *s, struct rgf_key at)
{
	const u64 *words = rgf_sweep_keep(s);

	if (IS_ERR(words))
		return PTR_ERR(words);
	if (s->n_starts && s->start_rows[s->n_starts - 1] == words)
		return 0;
	s->starts[s->n_starts] = at;
	s->start_rows[s->n_starts++] = words;
	return 0;
}

static int rgf_sweep_run(struct rgf_sweep *s)
{
	struct rgf_key at = {};
	u32 flat, i = 0;
	int err;

	memset(s->hold, 0, s->table->n_flat);
	for (flat = 0; flat < s->table->n_flat; flat++)
		if (!s->need[flat])
			rgf_sweep_flip(s, flat);
	for (;;) {
		while (i < s->n_events && !rgf_key_cmp(&s->events[i].at, &at))
			rgf_sweep_apply(s, &s->events[i++]);
		err = rgf_sweep_start(s, at);
		if (err || i == s->n_events)
			return err;
		at = s->events[i].at;
		cond_resched();
	}
}

/* As many starts as a power of two: the last one again and again. */
static int rgf_sweep_publish(struct rgf_sweep *s)
{
	bool wide = s->id >= RGF_NR_NARROW;
	u32 n = roundup_pow_of_two(s->n_starts), i, from;
	size_t size = wide ? sizeof(struct rgf_key) : sizeof(u32);
	struct rgf_key *wide_starts;
	const u64 **rows;
	u32 *starts;

	starts = rgf_arena_alloc(s->arena, n * size);
	if (IS_ERR(starts))
		return PTR_ERR(starts);
	rows = rgf_arena_alloc(s->arena, n * sizeof(*rows));
	if (IS_ERR(rows))
		return PTR_ERR(rows);
	wide_starts = (struct rgf_key *)starts;
	for (i = 0; i < n; i++) {
		from = min(i, s->n_starts - 1);
		if (wide)
			wide_starts[i] = s->starts[from];
		else
			starts[i] = s->starts[from].lo;
		rows[i] = s->start_rows[from];
	}
	s->table->asks |= BIT(s->id);
	s->table->fields[s->table->n_fields++] = (struct rgf_field){
		.id = s->id, .n = n, .starts.narrow = starts, .rows = rows
	};
	return 0;
}

/* What a sweep needs besides the events. */
static int rgf_sweep_prepare(struct rgf_sweep *s)
{
	u32 n = s->n_events + 1; /* of starts and of rows, at most */
	u32 slots = roundup_pow_of_two(2 * n);

	memset(s->row, 0,
	       (s->table->n_front + s->table->n_words) * sizeof(*s->row));
	s->hash = 0;
	s->n_starts = 0;
	s->rows_mask = slots - 1;
	s->events = kvcalloc(n, sizeof(*s->events), GFP_KERNEL_ACCOUNT);
	s->rows = kvcalloc(slots, sizeof(*s->rows), GFP_KERNEL_ACCOUNT);
	s->starts = kvcalloc(n, sizeof(*s->starts), GFP_KERNEL_ACCOUNT);
	s->start_rows = kvcalloc(n, sizeof(*s->start_rows), GFP_KERNEL_ACCOUNT);
	if (!s->events || !s->rows || !s->starts || !s->start_rows)
		return -ENOMEM;
	return 0;
}

static void rgf_sweep_clear(struct rgf_sweep *s)
{
	kvfree(s->events);
	kvfree(s->rows);
	kvfree(s->starts);
	kvfree(s->start_rows);
	s->events = NULL;
	s->rows = NULL;
	s->starts = NULL;
	s->start_rows = NULL;
}

static bool rgf_sweep_is_used(const struct rgf_sweep *s)
{
	u32 flat;

	for (flat = 0; flat < s->table->n_flat; flat++)
		if (s->need[flat])
			return true;
	return false;
}

/* @always: even if all rows are the same. */
static int rgf_sweep_field(struct rgf_sweep *s, enum rgf_field_id id,
			   bool always)
{
	int err;

	s->id = id;
	err = rgf_sweep_collect(s);
	if (err || (!always && !rgf_sweep_is_used(s)))
		return err;
	err = rgf_sweep_prepare(s);
	if (!err)
		err = rgf_sweep_collect(s);
	if (!err) {
		sort(s->events, s->n_events, sizeof(*s->events), rgf_event_cmp,
		     NULL);
		err = rgf_sweep_run(s) ?: rgf_sweep_publish(s);
	}
	rgf_sweep_clear(s);
	return err;
}

static int rgf_sweep_fields(struct rgf_sweep *s)
{
	enum rgf_field_id id;
	int err = 0;

	for (id = 0; id < RGF_NR_FIELDS && !err; id++) {
		if (s->v6 ? id == RGF_FIELD_FROM4 || id == RGF_FIELD_TO4
			  : id == RGF_FIELD_FROM6 || id == RGF_FIELD_TO6)
			continue;
		err = rgf_sweep_field(s, id, false);
	}
	/* Rules without any condition still need a row. */
	if (!err && !s->table->n_fields)
		err = rgf_sweep_field(s, RGF_FIELD_PROTOCOL, true);
	return err;
}

static int rgf_table_rules(struct rgf_table *table,
			   const struct rgf_ruleset *rs,
			   const struct rgf_flat_path *paths,
			   struct rgf_arena *arena)
{
	const struct rgf_rule *rule;
	struct rgf_flat *flat;
	u32 *end;
	u32 i;

	flat = rgf_arena_alloc(arena, table->n_flat * sizeof(*flat));
	if (IS_ERR(flat))
		return PTR_ERR(flat);
	/* Backwards: what a rule jumps to comes behind it. */
	for (i = table->n_flat; i-- > 0;) {
		rule = &rs->rules[paths[i].rule];
		flat[i].rule = paths[i].rule;
		flat[i].action = rule->action;
		flat[i].rated = rule->has & RGF_RULE_RATE;
		flat[i].end = max(flat[i].end, i + 1);
		if (paths[i].parent == RGF_NO_PARENT)
			continue;
		end = &flat[paths[i].parent].end;
		*end = max(*end, flat[i].end);
	}
	table->flat = flat;
	return 0;
}

int rgf_filter_compile(struct rgf_table *table, const struct rgf_ruleset *rs,
		       struct rgf_addrset *const *sets, bool v6,
		       const struct rgf_flat_path *paths, u32 n,
		       struct rgf_arena *arena)
{
	struct rgf_sweep s = { .rs = rs,
			       .sets = sets,
			       .v6 = v6,
			       .paths = paths,
			       .arena = arena,
			       .table = table };
	int err;

	*table = (struct rgf_table){ .n_flat = n,
				     .n_words = DIV_ROUND_UP(n, 64) };
	if (!n)
		return 0;
	table->n_front = DIV_ROUND_UP(table->n_words, 64);
	s.need = kvcalloc(n, 2, GFP_KERNEL_ACCOUNT);
	s.marks = kvmalloc_array(n, sizeof(*s.marks), GFP_KERNEL_ACCOUNT);
	s.row = kvcalloc(table->n_front + table->n_words, sizeof(*s.row),
			 GFP_KERNEL_ACCOUNT);
	if (s.need && s.marks && s.row) {
		s.hold = s.need + n;
		get_random_bytes(s.marks, n * sizeof(*s.marks));
		err = rgf_table_rules(table, rs, paths, arena)
			      ?: rgf_sweep_fields(&s);
	} else {
		err = -ENOMEM;
	}
	kvfree(s.need);
	kvfree(s.marks);
	kvfree(s.row);
	return err;
}
