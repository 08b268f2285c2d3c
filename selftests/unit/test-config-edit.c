// SPDX-License-Identifier: GPL-2.0-or-later
/* Changes of a candidate, what is printed of a tree, differences, marks. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "config/edit.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define NAMES	      "first, password, rule, step, pair"

/* The words of @line, cut at blanks. */
static size_t cut(char *line, char *words[CONFIG_WORDS_MAX])
{
	size_t n = 0;

	for (char *w = strtok(line, " "); w; w = strtok(NULL, " "))
		words[n++] = w;
	return n;
}

/* "set …" or "del …"; what was said if it was refused, else "". */
static const char *edit(struct lyd_node **tree, const char *command)
{
	static struct config_error err;
	static char said[sizeof(err)];
	char line[256], *words[CONFIG_WORDS_MAX];
	size_t n;
	int ret;

	snprintf(line, sizeof(line), "%s", command);
	n = cut(line, words);
	memset(&err, 0, sizeof(err));
	if (!strcmp(words[0], "set"))
		ret = config_edit_set(tree, words + 1, n - 1, &err);
	else
		ret = config_edit_del(tree, words + 1, n - 1, &err);
	if (!ret)
		return "";
	assert_true(ret == -EINVAL || ret == -ENOENT);
	assert_int_equal(err.line, 0);
	snprintf(said, sizeof(said), "%s: %s", err.path, err.text);
	return said;
}

static void make(struct lyd_node **tree, const char *lines)
{
	struct config_error err;

	*tree = NULL;
	assert_int_equal(config_edit_text(tree, lines, strlen(lines), false,
					  &err, 1),
			 0);
}

static void prints(const struct lyd_node *tree, const char *path,
		   unsigned int flags, const char *want)
{
	char line[256], *words[CONFIG_WORDS_MAX], *text;
	struct config_error err;
	size_t n;

	snprintf(line, sizeof(line), "%s", path);
	n = cut(line, words);
	assert_int_equal(config_print(tree, words, n, flags, &text, &err), 0);
	assert_string_equal(text, want);
	free(text);
}

/* Command by command: what is refused, and what there is afterwards. */
static void test_edit(void **state)
{
	static const struct {
		const char *command, *said, *lines;
	} steps[] = {
		{ "set first at 5", "", "first at 5\n" },
		{ "set first at 7", "", "first at 7\n" },
		{ "set first at 7", "", "first at 7\n" },
		{ "set first at 1",
		  "first at: \"1\" won't do: give a number: 2 to 65535",
		  "first at 7\n" },
		{ "set first at",
		  "first at: the value is missing: give a "
		  "number: 2 to 65535",
		  "first at 7\n" },
		{ "set pair 9 rigth x",
		  "pair 9: unknown word \"rigth\"; allowed: left, three",
		  "first at 7\n" },
		{ "set pair 9 three 300",
		  "pair 9 three: \"300\" won't do: give a whole number",
		  "first at 7\n" },
		{ "set pair 9 three 3", "", "first at 7\npair 9 three 3\n" },
		{ "set pair 9 three 03", "", "first at 7\npair 9 three 3\n" },
		{ "set pair 9 three 4", "",
		  "first at 7\npair 9 three 3\npair 9 three 4\n" },
		{ "del pair 9 three 5", "pair 9 three 5: it is not set",
		  "first at 7\npair 9 three 3\npair 9 three 4\n" },
		{ "del pair 9 three 03", "", "first at 7\npair 9 three 4\n" },
		{ "del pair 8", "pair 8: it is not set",
		  "first at 7\npair 9 three 4\n" },
		{ "del pair 9 left", "pair 9 left: it is not set",
		  "first at 7\npair 9 three 4\n" },
		{ "del pair 8 left", "pair 8 left: it is not set",
		  "first at 7\npair 9 three 4\n" },
		{ "del pair 9 rigth",
		  "pair 9: unknown word \"rigth\"; allowed: left, three",
		  "first at 7\npair 9 three 4\n" },
		{ "del first at 7", "first at: nothing follows, but \"7\" does",
		  "first at 7\npair 9 three 4\n" },
		{ "del",
		  ": say what to remove; there is \"config load\" for "
		  "all of it",
		  "first at 7\npair 9 three 4\n" },
		{ "set", ": say what to set", "first at 7\npair 9 three 4\n" },
		/* The entry goes with the last that it had. */
		{ "del pair 9 three", "", "first at 7\n" },
		{ "set pair 1 left a", "", "first at 7\npair 1 left a\n" },
		{ "set pair 2 left b", "",
		  "first at 7\npair 1 left a\npair 2 left b\n" },
		{ "set pair 3 left c",
		  "pair: \"3\" is one too many: there can be 2; remove one",
		  "first at 7\npair 1 left a\npair 2 left b\n" },
		{ "del pair", "", "first at 7\n" },
		{ "set step a text x", "", "first at 7\nstep a text x\n" },
		{ "set step b text y", "",
		  "first at 7\nstep a text x\nstep b text y\n" },
		{ "del step", "", "first at 7\n" },
		{ "del first", "", "" },
		{ "del first", "first: it is not set", "" },
		{ "set nonsense",
		  ": unknown word \"nonsense\"; allowed: " NAMES, "" },
		{ "del nonsense",
		  ": unknown word \"nonsense\"; allowed: " NAMES, "" },
	};
	struct lyd_node *tree = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(steps); i++) {
		assert_string_equal(edit(&tree, steps[i].command),
				    steps[i].said);
		prints(tree, "", 0, steps[i].lines);
	}
	config_free(tree);
}

static void test_select(void **state)
{
	struct lyd_node *tree;
	struct config_error err;
	char line[] = "pair 1 oops", *words[CONFIG_WORDS_MAX], *text;

	make(&tree, "first at 5\npair 1 left x\npair 2 left y\npair 2 three 3");
	prints(tree, "pair", 0,
	       "pair 1 left x\npair 2 left y\npair 2 three 3\n");
	prints(tree, "pair 2", 0, "pair 2 left y\npair 2 three 3\n");
	prints(tree, "pair 02 three", 0, "pair 2 three 3\n");
	prints(tree, "pair 3", 0, "");
	prints(tree, "pair 3 left", 0, "");
	prints(tree, "first count", 0, "");
	assert_int_equal(config_print(tree, words, cut(line, words), 0, &text,
				      &err),
			 -EINVAL);
	assert_string_equal(err.path, "pair 1");
	config_free(tree);
	prints(NULL, "", 0, "");
	prints(NULL, "pair 2", 0, "");
}

/* Each value survives being printed and read. */
static void test_quotes(void **state)
{
	static const char *const lines[] = {
		"password \"\"\n",	 "password \"a b\"\n",
		"password \"a\tb\"\n",	 "password \"#x\"\n",
		"password \"a\\\"b\"\n", "password \"a\\\\b\"\n",
		"password a'b\n",	 "password \xc3\xa4\n",
		"step \"a b\" text x\n", "step \"\" text \"\\\\\"\n",
	};

	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		struct lyd_node *tree;

		make(&tree, lines[i]);
		prints(tree, "", CONFIG_PRINT_SECRETS, lines[i]);
		config_free(tree);
	}
}

static void test_defaults(void **state)
{
	static const char text[] = "first at 5\nstep b pin 1\nstep a text x";
	struct lyd_node *tree, *copy;
	struct config_error err;

	assert_int_equal(config_load_text(text, strlen(text), &tree, &err, 1),
			 0);
	prints(tree, "", CONFIG_PRINT_SECRETS,
	       "first at 5\nstep b pin 1\nstep a text x\n");
	prints(tree, "step b", CONFIG_PRINT_SECRETS | CONFIG_PRINT_DEFAULTS,
	       "step b text none\nstep b pin 1\n");
	prints(tree, "step b", CONFIG_PRINT_DEFAULTS,
	       "step b text none\n# step b pin (secret, not shown)\n");
	assert_int_equal(config_copy_set(tree, &copy), 0);
	prints(copy, "step b", CONFIG_PRINT_DEFAULTS,
	       "# step b pin (secret, not shown)\n");
	config_free(copy);
	config_free(tree);
}

static void test_json(void **state)
{
	static const struct {
		const char *json, *said;
	} bad[] = {
		{ "", "no JSON: '[' or '{' expected near end of file in line "
		      "1, column 0" },
		{ "[1]", NULL },
		{ "{\"ringfence:first\":{\"oops\":1}}", NULL },
		{ "{\"oops:first\":{\"at\":5}}", NULL },
		{ "{\"ringfence:first\":{\"at\":1}}", NULL },
		{ "{\"ringfence:first\":{\"at\":5,\"at\":6}}",
		  "no JSON: duplicate object key near '\"at\"' in line 1, "
		  "column 31" },
		{ "{\"ringfence:password\":\"a\\nfirst at 9\"}",
		  "a value has the control character 0x0a; remove it" },
		{ "{\"ringfence:pair\":[{\"left\":\"x\"}]}", NULL },
		{ "{\"ringfence:pair\":[{\"name\":1,\"state\":\"x\"}]}", NULL },
	};
	struct lyd_node *tree;
	struct config_error err;
	char *text, deep[200];

	make(&tree, "first at 5\npassword x");
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		memset(&err, 0, sizeof(err));
		assert_int_equal(config_edit_json(&tree, bad[i].json,
						  strlen(bad[i].json), true,
						  &err),
				 -EINVAL);
		assert_true(err.text[0] != '\0');
		if (bad[i].said)
			assert_string_equal(err.text, bad[i].said);
	}
	memset(deep, '[', sizeof(deep));
	assert_int_equal(config_edit_json(&tree, deep, sizeof(deep), false,
					  &err),
			 -EINVAL);
	assert_non_null(strstr(err.text, "32 levels"));
	prints(tree, "", CONFIG_PRINT_SECRETS, "first at 5\npassword x\n");

#define MERGED                                                   \
	"{\"ringfence:first\":{\"count\":3},\"ringfence:pair\":" \
	"[{\"name\":1,\"left\":\"l\"}]}"
	assert_int_equal(
		config_edit_json(&tree, MERGED, strlen(MERGED), true, &err), 0);
	prints(tree, "", CONFIG_PRINT_SECRETS,
	       "first count 3\nfirst at 5\npassword x\npair 1 left l\n");
	assert_int_equal(config_print_json(tree, NULL, 0, 0, &text, &err), 0);
	assert_null(strstr(text, "password"));
	assert_int_equal(
		config_edit_json(&tree, text, strlen(text), false, &err), 0);
	free(text);
	prints(tree, "", CONFIG_PRINT_SECRETS,
	       "first count 3\nfirst at 5\npair 1 left l\n");
	config_free(tree);
	assert_int_equal(config_print_json(NULL, NULL, 0, 0, &text, &err), 0);
	assert_string_equal(text, "{}");
	free(text);
}

static void test_diff(void **state)
{
	static const struct {
		const char *a, *b, *diff, *touched;
	} cases[] = {
		{ "", "", "", NULL },
		{ "first at 5", "first at 5", "", NULL },
		{ "", "first at 5", "+ first at 5\n", NULL },
		{ "first at 5", "", "- first at 5\n", NULL },
		{ "first at 5", "first at 6", "- first at 5\n+ first at 6\n",
		  NULL },
		{ "pair 1 left a\npair 2 left b",
		  "pair 2 left b\npair 1 left a", "", NULL },
		{ "pair 1 left a\npair 1 three 2", "pair 1 three 4",
		  "- pair 1 left a\n- pair 1 three 2\n+ pair 1 three 4\n",
		  NULL },
		{ "pair 1 left a", "pair 2 left a",
		  "- pair 1 left a\n+ pair 2 left a\n", NULL },
		{ "password a", "password b",
		  "- password (secret, not shown)\n"
		  "+ password (secret, not shown)\n",
		  "password" },
		{ "rule a\nrule b", "rule b\nrule a", "> rule b\n", "rule" },
		{ "rule a", "rule a\nrule b", "+ rule b\n", "rule" },
		{ "step a text x", "step a text y",
		  "- step a text x\n+ step a text y\n", NULL },
		{ "step a text x\nstep b text y",
		  "step b text y\nstep a text x", "> step b\n", NULL },
		{ "step a text x\nstep a pin 1", "step a text x",
		  "- step a pin (secret, not shown)\n", "step a pin" },
		{ "step a pin 1\nfirst at 5", "first at 5",
		  "- step a pin (secret, not shown)\n", "step a pin" },
		/* The default, said or not, is a difference in what is set. */
		{ "step a pin 1", "step a pin 1\nstep a text none",
		  "+ step a text none\n", NULL },
	};
	char path[64];

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct lyd_node *a, *b;
		bool touched;
		char *text;

		make(&a, cases[i].a);
		make(&b, cases[i].b);
		assert_int_equal(config_diff(a, b, 0, &text), 0);
		assert_string_equal(text, cases[i].diff);
		free(text);
		touched = config_touches(a, b, path, sizeof(path));
		assert_int_equal(touched, cases[i].touched != NULL);
		assert_string_equal(path, touched ? cases[i].touched : "");
		assert_int_equal(config_differs(a, b, NULL),
				 *cases[i].diff != 0);
		assert_false(config_differs(a, b, "nonsense"));
		config_free(a);
		config_free(b);
	}
}

static void test_differs(void **state)
{
	struct lyd_node *a, *b;

	make(&a, "first at 5\npair 1 left a");
	make(&b, "first at 6\npair 1 left a");
	assert_true(config_differs(a, b, "first"));
	assert_false(config_differs(a, b, "pair"));
	config_free(b);
	make(&b, "first at 5\npair 1 left b");
	assert_false(config_differs(a, b, "first"));
	assert_true(config_differs(a, b, "pair"));
	assert_true(config_differs(NULL, b, "pair"));
	assert_false(config_differs(NULL, b, "step"));
	config_free(a);
	config_free(b);
}

static void test_text(void **state)
{
	static const char more[] = "first at 9\nfirst at 10\npair 1 left b";
	static const char bad[] = "first at 9\nfirst nonsense 1\nrule";
	struct config_error errs[4];
	struct lyd_node *tree;

	make(&tree, "first at 5\npassword x");
	assert_int_equal(
		config_edit_text(&tree, more, strlen(more), true, errs, 4), 0);
	prints(tree, "", CONFIG_PRINT_SECRETS,
	       "first at 10\npassword x\npair 1 left b\n");
	assert_int_equal(
		config_edit_text(&tree, more, strlen(more), false, errs, 4), 1);
	assert_int_equal(errs[0].line, 2);
	assert_int_equal(
		config_edit_text(&tree, bad, strlen(bad), true, errs, 4), 2);
	assert_int_equal(errs[0].line, 2);
	assert_int_equal(errs[1].line, 3);
	prints(tree, "", CONFIG_PRINT_SECRETS,
	       "first at 10\npassword x\npair 1 left b\n");
	config_free(tree);
}

static int setup(void **state)
{
	return config_init(NULL);
}

static int teardown(void **state)
{
	config_exit();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_edit),	cmocka_unit_test(test_select),
		cmocka_unit_test(test_quotes),	cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_json),	cmocka_unit_test(test_diff),
		cmocka_unit_test(test_differs), cmocka_unit_test(test_text),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
