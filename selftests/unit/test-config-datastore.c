// SPDX-License-Identifier: GPL-2.0-or-later
/* Editors, roles, commits that must be confirmed, modules and disks that fail. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "conf-file.h"
#include "config/datastore.h"
#include "config/edit.h"

#define START "first at 5\npassword old\n"

static struct datastore *ds;

static const struct config_editor admin = { CONFIG_ROLE_ADMIN, "root", "1" };
static const struct config_editor other = { CONFIG_ROLE_ADMIN, "root", "2" };
static const struct config_editor oper = { CONFIG_ROLE_OPERATOR, "olga", "3" };
static const struct config_editor reader = { CONFIG_ROLE_READ_ONLY, "rita",
					     "4" };

/* What the modules were asked, and whether they agree. */
static char asked[64];
static bool refuse;
static int timer = -1;

static int prepare(const struct lyd_node *old, const struct lyd_node *fresh,
		   struct config_error *err)
{
	strcat(asked, old ? "p" : "P");
	if (!refuse)
		return 0;
	return config_fail(err, fresh, "first/at", "not today");
}

static void commit(void)
{
	strcat(asked, "c");
}

static void rollback(void)
{
	strcat(asked, "r");
}

static void set_timer(unsigned int seconds)
{
	timer = (int)seconds;
}

static const struct datastore_ops ops = { prepare, commit, rollback,
					  set_timer };

static void start(void)
{
	struct config_error err;

	asked[0] = '\0';
	assert_int_equal(datastore_new(conf_file, &ops, &ds), 0);
	assert_int_equal(datastore_start(ds, &err, 1), 0);
	assert_string_equal(asked, "Pc");
	asked[0] = '\0';
	timer = -1;
}

/* As a crash and a restart would. */
static void restart(void)
{
	datastore_free(ds);
	start();
}

static void prints(const struct lyd_node *tree, const char *want)
{
	struct config_error err;
	char *text;

	assert_int_equal(config_print(tree, NULL, 0, CONFIG_PRINT_SECRETS,
				      &text, &err),
			 0);
	assert_string_equal(text, want);
	free(text);
}

static void runs(const char *want)
{
	struct datastore_state s;

	datastore_state(ds, &s);
	prints(s.running, want);
}

static void candidate(const char *want)
{
	struct datastore_state s;

	datastore_state(ds, &s);
	assert_int_equal(s.has_candidate, want != NULL);
	if (want)
		prints(s.candidate, want);
}

/* The conf_file, without the line that a commit puts before it. */
static void on_disk(const char *want)
{
	char text[256], *body = text;
	FILE *f = fopen(conf_file, "r");

	assert_non_null(f);
	text[fread(text, 1, sizeof(text) - 1, f)] = '\0';
	fclose(f);
	if (!strncmp(text, "# ringfence", 11))
		body = strchr(text, '\n') + 1;
	assert_string_equal(body, want);
}

static int change(struct lyd_node **tree, void *arg, struct config_error *errs,
		  size_t max_errs)
{
	return config_edit_text(tree, arg, strlen(arg), true, errs, max_errs);
}

static struct config_error err;

static int edit(const struct config_editor *ed, uint64_t generation,
		const char *lines)
{
	return datastore_edit(ds, ed, generation, change,
			      (void *)(uintptr_t)lines, &err, 1);
}

static int commit_as(const struct config_editor *ed, unsigned int seconds)
{
	const struct datastore_commit c = { seconds, "test" };
	unsigned int number;

	return datastore_commit(ds, ed, 0, &c, &number, &err, 1);
}

static int confirm_as(const struct config_editor *ed)
{
	unsigned int number;

	return datastore_confirm(ds, ed, &number, &err);
}

static int setup(void **state)
{
	conf_write("# by hand\n" START);
	refuse = false;
	start();
	return 0;
}

static int teardown(void **state)
{
	datastore_free(ds);
	return 0;
}

static void test_commit(void **state)
{
	assert_int_equal(commit_as(&admin, 0), -ENOENT);
	assert_int_equal(edit(&admin, 0, "first at 6"), 0);
	runs(START);
	candidate("first at 6\npassword old\n");
	assert_string_equal(asked, "");
	assert_int_equal(commit_as(&admin, 0), 0);
	assert_string_equal(asked, "pc");
	runs("first at 6\npassword old\n");
	candidate(NULL);
	on_disk("first at 6\npassword old\n");
	restart();
	runs("first at 6\npassword old\n");
	/* Nothing new: no commit. */
	assert_int_equal(edit(&admin, 0, "first at 6"), 0);
	assert_int_equal(commit_as(&admin, 0), 0);
	assert_string_equal(asked, "");
	assert_int_equal(datastore_rollback(ds, &admin, 0, 2, &err, 1),
			 -ENOENT);
	candidate(NULL);
	assert_int_equal(datastore_rollback(ds, &admin, 0, 1, &err, 1), 0);
	candidate(START);
	assert_int_equal(commit_as(&admin, 0), 0);
	runs(START);
}

static void test_invalid(void **state)
{
	assert_int_equal(edit(&admin, 0, "first at 1"), 1);
	candidate(NULL);
	assert_int_equal(edit(&admin, 0, "pair 1 left x\npair 2 left x"), 0);
	assert_int_equal(commit_as(&admin, 0), 1);
	assert_int_equal(err.line, 0);
	assert_string_equal(err.path, "pair 2");
	runs(START);
	on_disk("# by hand\n" START);
	candidate(START "pair 1 left x\npair 2 left x\n");
	assert_string_equal(asked, "");
	assert_int_equal(datastore_discard(ds, &admin, &err), 0);
	candidate(NULL);
	assert_int_equal(datastore_discard(ds, &admin, &err), -ENOENT);
}

static void test_module_refuses(void **state)
{
	assert_int_equal(edit(&admin, 0, "first at 6"), 0);
	refuse = true;
	assert_int_equal(commit_as(&admin, 0), -EINVAL);
	assert_string_equal(err.path, "first at");
	assert_string_equal(err.text, "not today");
	assert_string_equal(asked, "p");
	runs(START);
	candidate("first at 6\npassword old\n");
	on_disk("# by hand\n" START);
	refuse = false;
	assert_int_equal(commit_as(&admin, 0), 0);
}

static void test_disk_refuses(void **state)
{
	char history[80];

	/* A file where the folder should be. */
	snprintf(history, sizeof(history), "%s.history", conf_file);
	fclose(fopen(history, "w"));
	assert_int_equal(edit(&admin, 0, "first at 6"), 0);
	assert_int_equal(commit_as(&admin, 0), -ENOTDIR);
	assert_non_null(strstr(err.text, "can't write"));
	assert_string_equal(asked, "pr");
	runs(START);
	on_disk("# by hand\n" START);
	candidate("first at 6\npassword old\n");
	/* In memory it can still be tried. */
	assert_int_equal(commit_as(&admin, 60), 0);
	runs("first at 6\npassword old\n");
	assert_int_equal(confirm_as(&admin), -ENOTDIR);
	assert_int_equal(timer, 60);
	unlink(history);
	assert_int_equal(confirm_as(&admin), 0);
	assert_int_equal(timer, 0);
	on_disk("first at 6\npassword old\n");
}

static void test_confirmed(void **state)
{
	assert_int_equal(confirm_as(&admin), -ENOENT);
	assert_int_equal(edit(&admin, 0, "first at 6"), 0);
	assert_int_equal(commit_as(&admin, DATASTORE_CONFIRM_MAX + 1), -EINVAL);
	assert_int_equal(commit_as(&admin, 10), 0);
	assert_int_equal(timer, 10);
	runs("first at 6\npassword old\n");
	on_disk("# by hand\n" START);
	/* Another one of the kind: still back to the beginning. */
	assert_int_equal(edit(&other, 0, "first at 7"), 0);
	assert_int_equal(commit_as(&other, 20), 0);
	assert_int_equal(timer, 20);
	runs("first at 7\npassword old\n");
	asked[0] = '\0';
	assert_int_equal(datastore_undo(ds, &err), 0);
	assert_string_equal(asked, "pc");
	runs(START);
	assert_int_equal(timer, 0);
	assert_int_equal(datastore_undo(ds, &err), 0);
	assert_int_equal(confirm_as(&admin), -ENOENT);

	assert_int_equal(edit(&admin, 0, "first at 8"), 0);
	assert_int_equal(commit_as(&admin, 10), 0);
	assert_int_equal(confirm_as(&other), 0);
	on_disk("first at 8\npassword old\n");
	assert_int_equal(timer, 0);
	assert_int_equal(datastore_undo(ds, &err), 0);
	runs("first at 8\npassword old\n");

	/* A commit for good confirms. */
	assert_int_equal(edit(&admin, 0, "first at 9"), 0);
	assert_int_equal(commit_as(&admin, 10), 0);
	assert_int_equal(edit(&admin, 0, "first count 1"), 0);
	assert_int_equal(commit_as(&admin, 0), 0);
	assert_int_equal(timer, 0);
	on_disk("first count 1\nfirst at 9\npassword old\n");
}

static void test_crash_undoes(void **state)
{
	assert_int_equal(edit(&admin, 0, "first at 6"), 0);
	assert_int_equal(commit_as(&admin, 10), 0);
	runs("first at 6\npassword old\n");
	restart();
	runs(START);
	candidate(NULL);
	assert_int_equal(confirm_as(&admin), -ENOENT);
}

static void test_undo_refused(void **state)
{
	assert_int_equal(edit(&admin, 0, "first at 6"), 0);
	assert_int_equal(commit_as(&admin, 10), 0);
	refuse = true;
	for (int i = 1; i < DATASTORE_UNDO_TRIES; i++) {
		assert_int_equal(datastore_undo(ds, &err), -EAGAIN);
		assert_int_equal(timer, DATASTORE_UNDO_SECONDS);
		timer = -1;
	}
	assert_int_equal(datastore_undo(ds, &err), -ECANCELED);
	assert_int_equal(timer, -1);
	runs("first at 6\npassword old\n");
	refuse = false;
	restart();
	runs(START);
}

static void test_editors(void **state)
{
	struct datastore_state s;
	uint64_t seen;

	datastore_state(ds, &s);
	seen = s.generation;
	assert_int_equal(edit(&admin, seen, "first at 6"), 0);
	/* Another session of the same user is another editor. */
	assert_int_equal(edit(&other, 0, "first at 7"), -EBUSY);
	assert_non_null(strstr(err.text, "root (session 1) is changing"));
	assert_int_equal(commit_as(&other, 0), -EBUSY);
	assert_int_equal(datastore_discard(ds, &other, &err), -EBUSY);
	assert_int_equal(datastore_rollback(ds, &other, 0, 0, &err, 1), -EBUSY);
	candidate("first at 6\npassword old\n");
	assert_int_equal(edit(&admin, seen, "first at 8"), -ESTALE);
	candidate("first at 6\npassword old\n");
	datastore_state(ds, &s);
	assert_true(s.generation != seen);
	assert_string_equal(s.owner.session, "1");
	assert_int_equal(edit(&admin, s.generation, "first at 8"), 0);

	assert_int_equal(datastore_take(ds, &reader, &err), -EACCES);
	assert_int_equal(datastore_take(ds, &other, &err), 0);
	candidate("first at 8\npassword old\n");
	assert_int_equal(edit(&admin, 0, "first at 9"), -EBUSY);
	assert_int_equal(commit_as(&other, 0), 0);
	assert_int_equal(datastore_take(ds, &admin, &err), -ENOENT);
	assert_int_equal(edit(&admin, 0, "first at 9"), 0);
}

static void test_roles(void **state)
{
	assert_int_equal(edit(&reader, 0, "first at 6"), -EACCES);
	assert_int_equal(commit_as(&reader, 0), -EACCES);
	assert_int_equal(datastore_rollback(ds, &reader, 0, 0, &err, 1),
			 -EACCES);
	assert_int_equal(datastore_discard(ds, &reader, &err), -EACCES);
	assert_int_equal(confirm_as(&reader), -EACCES);

	assert_int_equal(edit(&oper, 0, "password new"), -EACCES);
	assert_string_equal(err.path, "password");
	assert_int_equal(edit(&oper, 0, "rule x"), -EACCES);
	assert_int_equal(edit(&oper, 0, "step a text x\nstep a pin 1"),
			 -EACCES);
	candidate(NULL);
	assert_int_equal(edit(&oper, 0, "step a text x"), 0);
	assert_int_equal(commit_as(&oper, 0), 0);

	/* What an administrator has changed, an operator can't make his own. */
	assert_int_equal(edit(&admin, 0, "rule x"), 0);
	assert_int_equal(datastore_take(ds, &oper, &err), -EACCES);
	assert_int_equal(commit_as(&admin, 60), 0);
	assert_int_equal(confirm_as(&oper), -EACCES);
	assert_string_equal(err.path, "rule");
	assert_int_equal(edit(&oper, 0, "first at 9"), 0);
	assert_int_equal(commit_as(&oper, 0), -EACCES);
	assert_int_equal(datastore_undo(ds, &err), 0);
	/* The candidate began with what is undone now. */
	assert_int_equal(commit_as(&oper, 0), -EACCES);
	assert_int_equal(datastore_discard(ds, &oper, &err), 0);
	assert_int_equal(edit(&oper, 0, "first at 9"), 0);
	assert_int_equal(commit_as(&oper, 0), 0);
	/* Nor may he go back to before an administrator's commit. */
	assert_int_equal(edit(&admin, 0, "password new"), 0);
	assert_int_equal(commit_as(&admin, 0), 0);
	assert_int_equal(datastore_rollback(ds, &oper, 0, 1, &err, 1), -EACCES);
	candidate(NULL);
}

/* Nothing in a comment makes a line. */
static void test_comment(void **state)
{
	const struct datastore_commit c = { 0, "a\nfirst at 9\r\x7f" };
	struct config_editor odd = { CONFIG_ROLE_ADMIN, "a b\nc", "1" };
	struct store_entry e[STORE_HISTORY_MAX];
	unsigned int number;

	assert_int_equal(edit(&odd, 0, "first at 6"), 0);
	assert_int_equal(datastore_commit(ds, &odd, 0, &c, &number, &err, 1),
			 0);
	on_disk("first at 6\npassword old\n");
	assert_int_equal(edit(&odd, 0, "first at 7"), 0);
	assert_int_equal(commit_as(&odd, 0), 0);
	assert_int_equal(store_history(datastore_store(ds), e), 2);
	assert_string_equal(e[0].who, "a?b?c");
	assert_string_equal(e[0].comment, "a?first at 9??");
	assert_int_equal(e[0].number, number);
}

static int growing(struct lyd_node **tree, void *arg, struct config_error *errs,
		   size_t max_errs)
{
	const char *json = arg;

	return config_edit_json(tree, json, strlen(json), true, errs);
}

/* JSON may not say what lines could not. */
static void test_json_limits(void **state)
{
	static const char three[] =
		"{\"ringfence:pair\":[{\"name\":1,\"left\":\"a\"},"
		"{\"name\":2,\"left\":\"b\"},{\"name\":3,\"left\":\"c\"}]}";
	static char big[1100] =
		"{\"ringfence:step\":[{\"name\":\"a\",\"text\":\"";

	assert_int_equal(datastore_edit(ds, &admin, 0, growing,
					(void *)(uintptr_t)three, &err, 1),
			 1);
	assert_string_equal(err.path, "pair");
	assert_int_equal(err.line, 0);
	while (strlen(big) < 1080)
		strcat(big, "x");
	strcat(big, "\"}]}");
	assert_int_equal(datastore_edit(ds, &admin, 0, growing, big, &err, 1),
			 1);
	candidate(NULL);
}

static void test_bad_file(void **state)
{
	struct datastore *bad;
	FILE *f = fopen(conf_file, "w");

	fputs("first at 5\nnonsense\n", f);
	fclose(f);
	asked[0] = '\0';
	assert_int_equal(datastore_new(conf_file, &ops, &bad), 0);
	assert_int_equal(datastore_start(bad, &err, 1), 1);
	assert_int_equal(err.line, 2);
	datastore_free(bad);
	unlink(conf_file);
	assert_int_equal(datastore_new(conf_file, &ops, &bad), 0);
	assert_int_equal(datastore_start(bad, &err, 1), -ENOENT);
	assert_non_null(strstr(err.text, "can't read"));
	datastore_free(bad);
	assert_string_equal(asked, "");
	assert_int_equal(datastore_new("/nonexistent/x", &ops, &bad), -ENOENT);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_commit),	   TEST(test_invalid),
		TEST(test_module_refuses), TEST(test_disk_refuses),
		TEST(test_confirmed),	   TEST(test_crash_undoes),
		TEST(test_undo_refused),   TEST(test_editors),
		TEST(test_roles),	   TEST(test_comment),
		TEST(test_json_limits),	   TEST(test_bad_file),
	};

	return cmocka_run_group_tests(tests, conf_group_setup,
				      conf_group_teardown);
}
