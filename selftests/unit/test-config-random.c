// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * 1,000 sequences of changes, good and bad, commits, confirmations, undoings,
 * rollbacks and crashes, against a model of what must come out, which knows
 * nothing of YANG. TEST_RANDOM_SEED repeats one sequence, and says what it does.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "config/datastore.h"
#include "config/edit.h"

#define SEQUENCES 1000
#define STEPS	  40
#define PAIRS	  2 /* that there can be */
#define THREES	  3
#define RULES	  4
#define COMMITS	  STORE_HISTORY_MAX
#define TEXT_MAX  1024

/* What a configuration says. */
struct model {
	int count, at; /* -1: not set */
	struct {
		int key; /* -1: no such entry */
		char left; /* 0: not set */
		unsigned int threes; /* a bit for each value */
	} pair[PAIRS];
	char password; /* 0: not set */
	char rule[RULES]; /* in order; 0: the end */
};

static const struct model empty = {
	-1, -1, { { -1, 0, 0 }, { -1, 0, 0 } }, 0, ""
};

/* What the datastore must have. */
static struct {
	struct model running, candidate, before;
	bool has_candidate, unconfirmed;
	struct model commits[COMMITS + 1]; /* the last is in the file */
	unsigned int n_commits;
} want;

static char dir[] = "/tmp/test-random-XXXXXX";
static char file[64];
static struct datastore *ds;
static uint32_t now; /* the seed of this sequence */
static uint32_t state;
static bool loud;
static unsigned int accepted, refused;

static const struct config_editor admin = { CONFIG_ROLE_ADMIN, "root", "1" };

/* The disk's own time is not what is tested. */
int __wrap_fsync(int fd);
int __wrap_fsync(int fd)
{
	return 0;
}

static int prepare(const struct lyd_node *old, const struct lyd_node *fresh,
		   struct config_error *err)
{
	return 0;
}

static void nothing(void)
{
}

static void no_timer(unsigned int seconds)
{
}

static const struct datastore_ops ops = { prepare, nothing, nothing, no_timer };

static unsigned int pick(unsigned int n)
{
	state ^= state << 13;
	state ^= state >> 17;
	state ^= state << 5;
	return state % n;
}

/* The lines of @m. Those of rules have an order; the others are sorted. */
static void to_lines(const struct model *m, char *lines)
{
	lines[0] = '\0';
#define ADD(...) snprintf(lines + strlen(lines), 64, __VA_ARGS__)
	if (m->at >= 0)
		ADD("first at %d\n", m->at);
	if (m->count >= 0)
		ADD("first count %d\n", m->count);
	for (int key = 0; key < 256; key++) {
		for (int i = 0; i < PAIRS; i++) {
			if (m->pair[i].key != key)
				continue;
			if (m->pair[i].left)
				ADD("pair %d left %c\n", key, m->pair[i].left);
			for (unsigned int v = 0; v < 10; v++)
				if (m->pair[i].threes & 1U << v)
					ADD("pair %d three %u\n", key, v);
		}
	}
	if (m->password)
		ADD("password %c\n", m->password);
	for (int i = 0; i < RULES && m->rule[i]; i++)
		ADD("rule %c\n", m->rule[i]);
#undef ADD
}

static int by_line(const void *a, const void *b)
{
	const char *x = *(char *const *)a, *y = *(char *const *)b;

	if (!strncmp(x, "rule", 4) && !strncmp(y, "rule", 4))
		return x < y ? -1 : 1; /* where they are in the text */
	return strcmp(x, y);
}

static void sort_lines(char *text, char *ret)
{
	char *line[64];
	size_t n = 0;

	for (char *l = strtok(text, "\n"); l; l = strtok(NULL, "\n"))
		line[n++] = l;
	qsort(line, n, sizeof(line[0]), by_line);
	ret[0] = '\0';
	for (size_t i = 0; i < n; i++) {
		strcat(ret, line[i]);
		strcat(ret, "\n");
	}
}

static void check_text(const char *what, char *text, const struct model *m)
{
	char lines[TEXT_MAX], sorted[TEXT_MAX];

	to_lines(m, lines);
	sort_lines(text, sorted);
	if (strcmp(lines, sorted) != 0)
		fail_msg("seed %u: %s is\n%sand should be\n%s", now, what,
			 sorted, lines);
}

static void check_tree(const char *what, const struct lyd_node *tree,
		       const struct model *m)
{
	struct config_error err;
	char *text;

	assert_int_equal(config_print(tree, NULL, 0, CONFIG_PRINT_SECRETS,
				      &text, &err),
			 0);
	check_text(what, text, m);
	free(text);
}

static void check_file(void)
{
	char *text, *body;
	size_t len;

	assert_int_equal(store_read(datastore_store(ds), 0, &text, &len), 0);
	body = text;
	if (!strncmp(text, "# ringfence", 11))
		body = strchr(text, '\n') + 1;
	check_text("the file", body, &want.commits[want.n_commits - 1]);
	free(text);
}

static void check_all(void)
{
	struct datastore_state s;

	datastore_state(ds, &s);
	check_tree("running", s.running, &want.running);
	assert_int_equal(s.has_candidate, want.has_candidate);
	assert_int_equal(s.unconfirmed, want.unconfirmed);
	if (s.has_candidate)
		check_tree("the candidate", s.candidate, &want.candidate);
	check_file();
}

static void push(const struct model *m)
{
	if (want.n_commits == COMMITS) {
		memmove(&want.commits[0], &want.commits[1],
			(COMMITS - 1) * sizeof(want.commits[0]));
		want.n_commits--;
	}
	want.commits[want.n_commits++] = *m;
}

static int find_pair(const struct model *m, int key)
{
	for (int i = 0; i < PAIRS; i++)
		if (m->pair[i].key == key)
			return i;
	return -1;
}

static void drop_empty(struct model *m, int i)
{
	if (!m->pair[i].left && !m->pair[i].threes)
		m->pair[i].key = -1;
}

/* Each makes a line, and changes the model if it is good; is it? */
static bool set_first(struct model *m, char *line)
{
	static const int values[] = { -1, 0, 1, 2, 7, 255, 256, 65535, 65536 };
	int v = values[pick(9)];

	if (pick(2)) {
		sprintf(line, "first count %d", v);
		if (v < 0 || v > 255)
			return false;
		m->count = v;
	} else {
		sprintf(line, "first at %d", v);
		if (v < 2 || v > 65535)
			return false;
		m->at = v;
	}
	return true;
}

static bool set_pair(struct model *m, char *line)
{
	static const int keys[] = { 1, 2, 3, 300 };
	int key = keys[pick(4)], i;
	unsigned int v = pick(6);
	bool left = pick(2);

	if (left)
		sprintf(line, "pair %d left %c", key, 'a' + (int)v % 2);
	else
		sprintf(line, "pair %d three %u", key, v);
	i = find_pair(m, key);
	if (key > 255 || (i < 0 && find_pair(m, -1) < 0))
		return false;
	if (i < 0)
		i = find_pair(m, -1);
	if (!left && m->pair[i].key == key &&
	    __builtin_popcount(m->pair[i].threes) == THREES &&
	    !(m->pair[i].threes & 1U << v))
		return false;
	m->pair[i].key = key;
	if (left)
		m->pair[i].left = (char)('a' + v % 2);
	else
		m->pair[i].threes |= 1U << v;
	return true;
}

static bool set_other(struct model *m, char *line)
{
	char c = (char)('a' + pick(RULES));
	char *end;

	switch (pick(3)) {
	case 0:
		sprintf(line, "password %c", c);
		m->password = c;
		return true;
	case 1:
		sprintf(line, "nonsense %c", c);
		return false;
	default:
		sprintf(line, "rule %c", c);
		end = memchr(m->rule, 0, RULES);
		if (!memchr(m->rule, c, RULES) && end)
			*end = c;
		return true;
	}
}

static bool del_pair(struct model *m, char *line)
{
	int key = 1 + (int)pick(3), i = find_pair(m, key);
	unsigned int v = pick(6);

	switch (pick(3)) {
	case 0:
		sprintf(line, "pair %d", key);
		if (i < 0)
			return false;
		memset(&m->pair[i], 0, sizeof(m->pair[i]));
		break;
	case 1:
		sprintf(line, "pair %d left", key);
		if (i < 0 || !m->pair[i].left)
			return false;
		m->pair[i].left = 0;
		break;
	default:
		sprintf(line, "pair %d three %u", key, v);
		if (i < 0 || !(m->pair[i].threes & 1U << v))
			return false;
		m->pair[i].threes &= ~(1U << v);
		break;
	}
	drop_empty(m, i);
	return true;
}

static bool del_other(struct model *m, char *line)
{
	char c = (char)('a' + pick(RULES)), *at;
	bool was;

	switch (pick(4)) {
	case 0:
		strcpy(line, "first at");
		was = m->at >= 0;
		m->at = -1;
		return was;
	case 1:
		strcpy(line, "first count");
		was = m->count >= 0;
		m->count = -1;
		return was;
	case 2:
		strcpy(line, "password");
		was = m->password;
		m->password = 0;
		return was;
	default:
		sprintf(line, "rule %c", c);
		at = memchr(m->rule, c, RULES);
		if (!at)
			return false;
		memmove(at, at + 1, (size_t)(m->rule + RULES - 1 - at));
		m->rule[RULES - 1] = 0;
		return true;
	}
}

struct command {
	bool del;
	char line[64];
};

static int change(struct lyd_node **tree, void *arg, struct config_error *errs,
		  size_t max_errs)
{
	struct command *c = arg;
	char line[CONFIG_LINE_MAX + 1], *words[CONFIG_WORDS_MAX];
	int n = config_split(c->line, line, words, errs);

	assert_true(n > 0);
	return c->del ? config_edit_del(tree, words, (size_t)n, errs)
		      : config_edit_set(tree, words, (size_t)n, errs);
}

static void begin(struct model *m)
{
	*m = want.has_candidate ? want.candidate : want.running;
}

static void edit(void)
{
	bool (*const makers[])(struct model *, char *) = { set_first, set_pair,
							   set_other, del_pair,
							   del_other };
	unsigned int which = pick(5);
	struct command c = { .del = which > 2 };
	struct config_error err;
	struct model m;
	bool good;
	int ret;

	begin(&m);
	good = makers[which](&m, c.line);
	ret = datastore_edit(ds, &admin, 0, change, &c, &err, 1);
	if (loud)
		print_message("# %s %s: %d\n", c.del ? "del" : "set", c.line,
			      ret);
	assert_int_equal(good, ret == 0);
	if (ret) {
		refused++;
		return;
	}
	accepted++;
	want.candidate = m;
	want.has_candidate = true;
}

static bool is_valid(const struct model *m)
{
	return m->at >= 0 &&
	       (m->pair[0].key < 0 || m->pair[1].key < 0 || !m->pair[0].left ||
		m->pair[0].left != m->pair[1].left);
}

static bool is_same(const struct model *a, const struct model *b)
{
	char x[TEXT_MAX], y[TEXT_MAX];

	to_lines(a, x);
	to_lines(b, y);
	return !strcmp(x, y);
}

static void commit(unsigned int seconds)
{
	const struct datastore_commit c = { seconds, NULL };
	struct config_error err;
	unsigned int number;
	int ret = datastore_commit(ds, &admin, 0, &c, &number, &err, 1);
	bool same = want.has_candidate && !want.unconfirmed &&
		    is_same(&want.candidate, &want.running);

	if (loud)
		print_message("# commit %u: %d\n", seconds, ret);
	assert_int_equal(ret == 0, want.has_candidate &&
					   (same || is_valid(&want.candidate)));
	if (ret) {
		refused++;
		return;
	}
	accepted++;
	want.has_candidate = false;
	if (same)
		return;
	if (seconds && !want.unconfirmed)
		want.before = want.running;
	want.unconfirmed = seconds;
	want.running = want.candidate;
	if (!seconds)
		push(&want.running);
}

static void confirm(void)
{
	struct config_error err;
	unsigned int number;
	int ret = datastore_confirm(ds, &admin, &number, &err);

	if (loud)
		print_message("# confirm: %d\n", ret);
	assert_int_equal(ret, want.unconfirmed ? 0 : -ENOENT);
	if (want.unconfirmed)
		push(&want.running);
	want.unconfirmed = false;
}

static void undo(void)
{
	struct config_error err;

	if (loud)
		print_message("# undo\n");
	assert_int_equal(datastore_undo(ds, &err), 0);
	if (want.unconfirmed)
		want.running = want.before;
	want.unconfirmed = false;
}

static void rollback(void)
{
	unsigned int back = pick(6);
	struct config_error err;
	int ret = datastore_rollback(ds, &admin, 0, back, &err, 1);

	if (loud)
		print_message("# rollback %u: %d\n", back, ret);
	assert_int_equal(ret, back < want.n_commits ? 0 : -ENOENT);
	if (ret)
		return;
	want.candidate = want.commits[want.n_commits - 1 - back];
	want.has_candidate = true;
}

static void discard(void)
{
	struct config_error err;

	if (loud)
		print_message("# discard\n");
	assert_int_equal(datastore_discard(ds, &admin, &err),
			 want.has_candidate ? 0 : -ENOENT);
	want.has_candidate = false;
}

static void start(void)
{
	struct config_error err;

	assert_int_equal(datastore_new(file, &ops, &ds), 0);
	assert_int_equal(datastore_start(ds, &err, 1), 0);
}

static void crash(void)
{
	if (loud)
		print_message("# crash\n");
	datastore_free(ds);
	start();
	want.has_candidate = false;
	want.unconfirmed = false;
	want.running = want.commits[want.n_commits - 1];
}

static void step(void)
{
	unsigned int what = pick(100);

	if (what < 68)
		edit();
	else if (what < 80)
		commit(0);
	else if (what < 86)
		commit(10);
	else if (what < 89)
		confirm();
	else if (what < 92)
		undo();
	else if (what < 96)
		rollback();
	else if (what < 98)
		discard();
	else
		crash();
	check_all();
}

static void sequence(uint32_t seed)
{
	FILE *f;

	now = seed;
	snprintf(file, sizeof(file), "%s/%u.conf", dir, seed);
	state = seed * 2654435761U + 1;
	f = fopen(file, "w");
	assert_non_null(f);
	fputs("first at 5\n", f);
	fclose(f);
	memset(&want, 0, sizeof(want));
	want.running = empty;
	want.running.at = 5;
	push(&want.running);
	start();
	for (int i = 0; i < STEPS; i++)
		step();
	datastore_free(ds);
}

static void test_random(void **arg)
{
	const char *one = getenv("TEST_RANDOM_SEED");

	loud = one;
	for (uint32_t seed = 1; !one && seed <= SEQUENCES; seed++)
		sequence(seed);
	if (one)
		sequence((uint32_t)strtoul(one, NULL, 10));
	print_message("# %u accepted, %u refused\n", accepted, refused);
	/* It was not all of one kind. */
	assert_true(one || (accepted > SEQUENCES && refused > SEQUENCES));
}

static int setup(void **arg)
{
	return config_init(NULL) || !mkdtemp(dir) ? -1 : 0;
}

static int teardown(void **arg)
{
	char command[128];

	config_exit();
	snprintf(command, sizeof(command), "rm -r %s", dir);
	return system(command);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
