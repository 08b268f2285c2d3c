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

#define MODULE(x)                                                              \
	static int x##_init(void)                                              \
	{                                                                      \
		return call(#x "i");                                           \
	}                                                                      \
	static int x##_prepare(const struct lyd_node *tree,                    \
			       struct config_error *err)                       \
	{                                                                      \
		return prepare(#x "p", err);                                   \
	}                                                                      \
	static void x##_commit(void)                                           \
	{                                                                      \
		call(#x "c");                                                  \
	}                                                                      \
	static void x##_rollback(void)                                         \
	{                                                                      \
		call(#x "r");                                                  \
	}                                                                      \
	static void x##_exit(void)                                             \
	{                                                                      \
		call(#x "e");                                                  \
	}                                                                      \
	static const struct module x##_module = {                              \
		#x, x##_init, x##_prepare, x##_commit, x##_rollback, x##_exit, \
	}

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

static void test_ladder(void **state)
{
	struct modules m = { table, 4, 0 };
	struct config_error err;

	assert_int_equal(modules_init(&m), 0);
	assert_int_equal(modules_configure(&m, NULL, &err), 0);
	modules_exit(&m);
	assert_string_equal(calls, "ai bi ci ap bp cp ac bc cc ce be ae ");
	modules_exit(&m);
	assert_string_equal(calls, "ai bi ci ap bp cp ac bc cc ce be ae ");
}

static void test_init_fails(void **state)
{
	struct modules m = { table, 4, 0 };

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
	struct modules m = { table, 4, 4 };
	struct config_error err;

	refuses = "cp";
	assert_int_equal(modules_configure(&m, NULL, &err), -EPERM);
	assert_string_equal(calls, "ap bp cp br ar ");
	assert_string_equal(err.text, "no");
	setup(state);
	refuses = "ap";
	silent = true;
	assert_int_equal(modules_configure(&m, NULL, &err), -EPERM);
	assert_string_equal(calls, "ap ");
	assert_string_equal(err.text, "a refuses the configuration: "
				      "Operation not permitted");
	assert_int_equal(err.line, 0);
	assert_string_equal(err.path, "");
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
		assert_int_equal(log_module.prepare(tree, &err), 0);
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
		cmocka_unit_test_setup(test_init_fails, setup),
		cmocka_unit_test_setup(test_prepare_refused, setup),
		cmocka_unit_test_setup(test_log_module, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
