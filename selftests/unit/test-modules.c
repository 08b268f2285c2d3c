// SPDX-License-Identifier: GPL-2.0-or-later
/* The order in which the daemon's modules start, take a configuration, stop. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/log.h"
#include "config/config.h"
#include "ringfenced/modules.h"

/* What was called: a letter for the module, one for the call. */
static char calls[128];
static const char *refuses; /* the call that fails */
static bool silent; /* a refusal without a text */

static int call(const char *what)
{
	strcat(calls, what);
	strcat(calls, " ");
	return refuses && !strcmp(refuses, what) ? -EPERM : 0;
}

static int prepare(const char *what, struct config_error *err)
{
	int ret = call(what);

	if (ret < 0 && !silent)
		strcpy(err->text, "no");
	return ret;
}

#define MODULE(x)                                                 \
	static int x##_init(void)                                 \
	{                                                         \
		return call(#x "i");                              \
	}                                                         \
	static int x##_prepare(const struct lyd_node *old,        \
			       const struct lyd_node *fresh,      \
			       struct config_error *err)          \
	{                                                         \
		return prepare(#x "p", err);                      \
	}                                                         \
	static void x##_commit(void)                              \
	{                                                         \
		call(#x "c");                                     \
	}                                                         \
	static void x##_rollback(void)                            \
	{                                                         \
		call(#x "r");                                     \
	}                                                         \
	static void x##_renew(const struct lyd_node *running)     \
	{                                                         \
		call(#x "n");                                     \
	}                                                         \
	static void x##_exit(void)                                \
	{                                                         \
		call(#x "e");                                     \
	}                                                         \
	static const struct module x##_module = {                 \
		#x,	    x##_init,	  x##_reads, x##_prepare, \
		x##_commit, x##_rollback, x##_renew, x##_exit,    \
	}

static const char *const a_reads[] = { "log", NULL };
static const char *const b_reads[] = { "media", "network", NULL };
static const char *const c_reads[] = { "sip", "network", NULL };

MODULE(a);
MODULE(b);
MODULE(c);

static const struct module empty_module = { .name = "empty" };
static const struct module *const table[] = { &a_module, &b_module,
					      &empty_module, &c_module };

static int setup(void **state)
{
	calls[0] = '\0';
	refuses = NULL;
	silent = false;
	return 0;
}

static int configure(struct modules *m, struct config_error *err)
{
	int ret = modules_prepare(m, NULL, NULL, err);

	if (!ret)
		modules_commit(m);
	return ret;
}

static void test_ladder(void **state)
{
	struct modules m = { .table = table, .n = 4 };
	struct config_error err;

	assert_int_equal(modules_init(&m), 0);
	assert_int_equal(configure(&m, &err), 0);
	modules_exit(&m);
	assert_string_equal(calls, "ai bi ci ap bp cp ac bc cc ce be ae ");
	modules_exit(&m);
	assert_string_equal(calls, "ai bi ci ap bp cp ac bc cc ce be ae ");
}

/* Only those that are up, and have files to read again. */
static void test_renew(void **state)
{
	struct modules m = { .table = table, .n = 4, .n_up = 3 };

	modules_renew(&m, NULL);
	assert_string_equal(calls, "an bn ");
}

static void test_init_fails(void **state)
{
	struct modules m = { .table = table, .n = 4 };

	refuses = "ci";
	assert_int_equal(modules_init(&m), -EPERM);
	assert_string_equal(calls, "ai bi ci be ae ");
	setup(state);
	refuses = "ai";
	assert_int_equal(modules_init(&m), -EPERM);
	assert_string_equal(calls, "ai ");
	assert_int_equal(m.n_up, 0);
}

static void test_prepare_refused(void **state)
{
	struct modules m = { .table = table, .n = 4, .n_up = 4 };
	struct config_error err;

	refuses = "cp";
	assert_int_equal(configure(&m, &err), -EPERM);
	assert_string_equal(calls, "ap bp cp br ar ");
	assert_string_equal(err.text, "no");
	setup(state);
	refuses = "ap";
	silent = true;
	assert_int_equal(configure(&m, &err), -EPERM);
	assert_string_equal(calls, "ap ");
	assert_string_equal(err.text, "a refuses the configuration: "
				      "Operation not permitted");
	assert_int_equal(err.line, 0);
	assert_string_equal(err.path, "");
}

/* From @old to @fresh: the modules that are asked, and what they are told. */
static const char *change(const char *old, const char *fresh, bool commit)
{
	struct modules m = { .table = table, .n = 4, .n_up = 4 };
	struct lyd_node *a, *b;
	struct config_error err;

	calls[0] = '\0';
	assert_int_equal(config_load_text(old, strlen(old), &a, &err, 1), 0);
	assert_int_equal(config_load_text(fresh, strlen(fresh), &b, &err, 1),
			 0);
	if (!modules_prepare(&m, a, b, &err)) {
		if (commit)
			modules_commit(&m);
		else
			modules_rollback(&m);
	}
	config_free(a);
	config_free(b);
	return calls;
}

static void test_unchanged(void **state)
{
	static const char lan[] = "network lan address 10.0.0.1";

	assert_int_equal(config_init(NULL), 0);
	assert_string_equal(change(lan, lan, true), "");
	assert_string_equal(change("", "log level info", true), "");
	assert_string_equal(change("", "log level debug", true), "ap ac ");
	assert_string_equal(change("media idle-timeout 60",
				   "media idle-timeout 61", true),
			    "bp bc ");
	assert_string_equal(change("", lan, true), "bp cp bc cc ");
	assert_string_equal(change("log level debug", lan, true),
			    "ap bp cp ac bc cc ");
	assert_string_equal(change("", lan, false), "bp cp cr br ");
	refuses = "cp";
	assert_string_equal(change("", lan, true), "bp cp br ");
	assert_string_equal(change("", "log level debug", true), "ap ac ");
	config_exit();
}

/* Linked with --wrap. */
void __wrap_log_open(enum log_target target, enum log_level level);
void __wrap_log_open(enum log_target target, enum log_level level)
{
	sprintf(calls, "%d %d", target, level);
}

static void test_log_module(void **state)
{
	static const struct {
		const char *text;
		enum log_target target;
		enum log_level level;
	} cases[] = {
		{ "", LOG_TO_STDERR, LOG_LEVEL_INFO },
		{ "log level error\nlog target syslog", LOG_TO_SYSLOG,
		  LOG_LEVEL_ERROR },
		{ "log level warning\nlog target journal", LOG_TO_JOURNAL,
		  LOG_LEVEL_WARN },
		{ "log level notice", LOG_TO_STDERR, LOG_LEVEL_NOTE },
		{ "log level debug", LOG_TO_STDERR, LOG_LEVEL_DBG },
	};

	assert_int_equal(config_init(NULL), 0);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct config_error err;
		struct lyd_node *tree;
		char want[32];

		assert_int_equal(config_load_text(cases[i].text,
						  strlen(cases[i].text), &tree,
						  &err, 1),
				 0);
		calls[0] = '\0';
		assert_int_equal(log_module.prepare(NULL, tree, &err), 0);
		assert_string_equal(calls, "");
		log_module.commit();
		sprintf(want, "%d %d", cases[i].target, cases[i].level);
		assert_string_equal(calls, want);
		config_free(tree);
	}
	config_exit();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_ladder, setup),
		cmocka_unit_test_setup(test_renew, setup),
		cmocka_unit_test_setup(test_init_fails, setup),
		cmocka_unit_test_setup(test_prepare_refused, setup),
		cmocka_unit_test_setup(test_unchanged, setup),
		cmocka_unit_test_setup(test_log_module, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
