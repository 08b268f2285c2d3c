// SPDX-License-Identifier: GPL-2.0-or-later
/* The text form of the configuration: what it means, and its limits. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <libyang/libyang.h>

#include "config-load.h"
#include "config/config.h"

static char *model_dir; /* of the test's own model */

static void test_words(void **state)
{
	struct lyd_node *tree;

	assert_string_equal(
		load("# \x7e comment \"\r\n"
		     " \t \n"
		     "\tlog  level \t\"debug\"\t# more\r\n"
		     "network a#b address 10.0.0.1\n"
		     "sip gateway g tls ca-certs \"a \\\"b\\\\#c\"\n"
		     "sip gateway g tls peer-name pbx#1\n"
		     "log target stderr#",
		     &tree),
		"4: network: \"a#b\" can't be a name: give " NAME_WORDS "\n"
		"5: sip gateway g network: missing, but mandatory: "
		"give the name of a configured network\n"
		"6: sip gateway g tls peer-name: \"pbx#1\" won't "
		"do: give a host name or an IP address\n"
		"7: log target: \"stderr#\" won't do: give one of "
		"stderr, syslog, journal\n");

	assert_string_equal(load(NET INNER "sip gateway in tls ca-certs "
					   "\"a \\\"b\\\\ #c\" # d",
				 &tree),
			    "");
	assert_string_equal(config_str(tree, "log/level"), "info");
	assert_string_equal(lyd_get_value(lyd_child(tree)), "info");
	config_free(tree);
}

static void test_limits(void **state)
{
	static char text[CONFIG_LINES_MAX + 100];
	struct lyd_node *tree;
	char line[2000], *p;

	/* Lengths of a line: with and without a line feed at the end. */
	memset(line, ' ', sizeof(line));
	line[CONFIG_LINE_MAX] = '\n';
	assert_string_equal(load_len(line, CONFIG_LINE_MAX + 1, &tree), "");
	config_free(tree);
	line[CONFIG_LINE_MAX] = ' ';
	assert_string_equal(load_len(line, CONFIG_LINE_MAX, &tree), "");
	config_free(tree);
	assert_string_equal(load_len(line, CONFIG_LINE_MAX + 1, &tree),
			    "1: : the line has 1025 bytes; at most 1024 are "
			    "allowed\n");

	/* Bytes behind the end are not read; a NUL is a byte as any. */
	assert_string_equal(load_len("log level infoX", 14, &tree), "");
	config_free(tree);
	assert_string_equal(load_len("log\0level info", 14, &tree),
			    "1: : remove the control character 0x00 in column "
			    "4\n");
	assert_string_equal(load("", &tree), "");
	assert_int_equal(config_u32(tree, "media/idle-timeout", 0), 120);
	config_free(tree);

	memset(text, '\n', sizeof(text));
	assert_string_equal(load_len(text, CONFIG_LINES_MAX, &tree), "");
	config_free(tree);
	text[CONFIG_LINES_MAX] = 'x';
	assert_string_equal(load_len(text, CONFIG_LINES_MAX + 1, &tree),
			    "16385: : a file has at most 16384 lines; the rest "
			    "was not read\n");

	p = text;
	for (int i = 0; i <= 64; i++)
		p += sprintf(p, "network n%d address 10.0.0.%d\n", i, i + 1);
	assert_string_equal(load(text, &tree),
			    "65: network: \"n64\" is one too many: there can "
			    "be 64; remove one\n");
}

/* With less room than errors, those of the first lines are kept. */
static void test_few_errors(void **state)
{
	static const char text[] = NET "sip gateway in proxy-host 10.0.0.2\n"
				       "a\nb\nc\n";
	struct config_error errs[3];
	struct lyd_node *tree;

	assert_int_equal(config_load_text(text, strlen(text), &tree, errs, 3),
			 4);
	assert_int_equal(errs[0].line, 2);
	assert_string_equal(errs[0].path, "sip gateway in network");
	assert_int_equal(errs[1].line, 3);
	assert_int_equal(errs[2].line, 4);
	assert_int_equal(config_load_text(text, strlen(text), &tree, errs, 1),
			 4);
	assert_int_equal(errs[0].line, 2);
	assert_int_equal(config_load_text(text, strlen(text), &tree, NULL, 0),
			 4);
}

/* A path or a value may be longer than an error has room for. */
static void test_long_words(void **state)
{
	struct config_error err;
	char text[CONFIG_LINE_MAX];
	struct lyd_node *tree;

	snprintf(text, sizeof(text), "%0*d", 1000, 7);
	assert_int_equal(config_load_text(text, strlen(text), &tree, &err, 1),
			 1);
	assert_non_null(strstr(err.text, "00\"; allowed: log, network"));
	snprintf(text, sizeof(text), "sip gateway %0*d port 1", 900, 7);
	assert_int_equal(config_load_text(text, strlen(text), &tree, &err, 1),
			 1);
	assert_non_null(strstr(err.text, "can't be a name: give a name"));
	snprintf(text, sizeof(text), "media idle-timeout %0*d", 900, 0);
	assert_int_equal(config_load_text(text, strlen(text), &tree, &err, 1),
			 0);
	config_free(tree);
}

static const char *const good_lines[] = {
	"network lan address 10.0.0.1\n",
	"network wan address 192.0.2.1\n",
	"network wan media-port-min 30000\n",
	"network wan media-port-max 30001\n",
	"sip gateway in network lan\n",
	"sip gateway in proxy-host 10.0.0.2\n",
	"sip gateway out network wan\n",
	"sip gateway out transport tls\n",
	"sip gateway out media-security secure\n",
	"sip gateway out suite AES_CM_128_HMAC_SHA1_32\n",
	"sip gateway out proxy-host 192.0.2.2\n",
	"sip gateway out tls ca-certs ca\n",
	"sip gateway out tls certificate own\n",
	"sip gateway out tls client-authentication false\n",
	"sip route r from in\n",
	"sip route r to out\n",
	"media idle-timeout 60\n",
};

static void test_any_order(void **state)
{
	const char *lines[ARRAY_SIZE(good_lines)];
	struct lyd_node *want, *got, *diff;
	unsigned short seed[3] = { 1, 2, 3 };
	char text[4096];

	memcpy(lines, good_lines, sizeof(lines));
	for (int round = 0; round < 200; round++) {
		text[0] = '\0';
		for (size_t i = 0; i < ARRAY_SIZE(lines); i++)
			strcat(text, lines[i]);
		assert_string_equal(load(text, &got), "");
		if (round == 0)
			want = got;
		assert_int_equal(lyd_diff_siblings(want, got, LYD_DIFF_DEFAULTS,
						   &diff),
				 LY_SUCCESS);
		assert_null(diff);
		if (got != want)
			config_free(got);
		for (size_t i = ARRAY_SIZE(lines) - 1; i > 0; i--) {
			size_t j = (size_t)nrand48(seed) % (i + 1);
			const char *l = lines[i];

			lines[i] = lines[j];
			lines[j] = l;
		}
	}
	config_free(want);
}

static int collect(const struct lyd_node *entry, void *arg)
{
	const char *name = config_str(entry, "name");

	strcat(arg, name ? name : config_str(entry, "."));
	strcat(arg, " ");
	return 0;
}

static int first_only(const struct lyd_node *entry, void *arg)
{
	*(const struct lyd_node **)arg = entry;
	return 7;
}

static void test_read(void **state)
{
	const struct lyd_node *out, *gw;
	struct lyd_node *tree;
	char names[256] = "";

	/* Lists that the user orders: by first mention. */
	assert_string_equal(
		load(NET TLS "sip route b to out\n"
			     "sip route a from in\n"
			     "sip route b from in\n"
			     "sip route a to out\n" INNER
			     "sip gateway out suite AES_CM_128_HMAC_SHA1_32\n"
			     "sip gateway out suite AES_CM_128_HMAC_SHA1_80\n"
			     "sip gateway out port 06000\n",
		     &tree),
		"");
	assert_int_equal(config_each(tree, "sip/route", collect, names), 0);
	assert_string_equal(names, "b a ");
	assert_int_equal(config_each(tree, "sip/gateway", first_only, &out), 7);
	names[0] = '\0';
	assert_int_equal(config_each(out, "suite", collect, names), 0);
	assert_string_equal(names, "AES_CM_128_HMAC_SHA1_32 "
				   "AES_CM_128_HMAC_SHA1_80 ");
	names[0] = '\0';
	assert_int_equal(config_each(tree, "network", collect, names), 0);
	assert_string_equal(names, "lan ");
	assert_int_equal(config_each(tree, "sip/nothing", collect, names), 0);
	assert_int_equal(config_each(tree, "no/thing", collect, names), 0);

	assert_string_equal(config_str(out, "name"), "out");
	assert_string_equal(config_str(out, "tls/ca-certs"), "ca");
	assert_null(config_str(out, "tls/asymmetric-key"));
	assert_null(config_str(out, "no/thing"));
	assert_true(config_bool(out, "tls/client-authentication"));
	assert_false(config_bool(out, "tls/none"));
	assert_int_equal(config_u32(out, "port", 1), 6000);
	assert_int_equal(config_u32(out, "secure-port", 1), 5061);
	assert_int_equal(config_u32(out, "proxy-port", 1), 1);
	assert_string_equal(config_str(tree, "log/target"), "stderr");

	/* From a top-level list too, the path is the entry's own. */
	assert_int_equal(config_each(tree, "network", first_only, &gw), 7);
	assert_string_equal(config_str(gw, "address"), "10.0.0.1");
	assert_null(config_str(gw, "log/level"));
	config_free(tree);
	config_free(NULL);
}

static void test_fail(void **state)
{
	const struct lyd_node *entry;
	struct lyd_node *tree;
	struct config_error err;

	assert_string_equal(load(NET TLS "media idle-timeout 60", &tree), "");
	config_each(tree, "sip/gateway", first_only, &entry);
	assert_int_equal(config_fail(&err, entry, "tls/ca-certs",
				     "no %s\x1b\x7f", "file"),
			 -EINVAL);
	assert_int_equal(err.line, 5);
	assert_string_equal(err.path, "sip gateway out tls ca-certs");
	assert_string_equal(err.text, "no file??");
	/* Not set, or a default: the line of what is around. */
	config_fail(&err, entry, "tls/peer-name", "x");
	assert_int_equal(err.line, 2);
	assert_string_equal(err.path, "sip gateway out tls peer-name");
	config_fail(&err, entry, "port", "x");
	assert_int_equal(err.line, 2);
	config_fail(&err, entry, ".", "x");
	assert_int_equal(err.line, 2);
	assert_string_equal(err.path, "sip gateway out");
	config_each(tree, "network", first_only, &entry);
	config_fail(&err, entry, "none", "x");
	assert_int_equal(err.line, 1);
	assert_string_equal(err.path, "network lan none");
	config_fail(&err, tree, "media/idle-timeout", "x");
	assert_int_equal(err.line, 7);
	assert_string_equal(err.path, "media idle-timeout");
	config_fail(&err, tree, "log/level", "x");
	assert_int_equal(err.line, 0);
	assert_string_equal(err.path, "log level");
	config_free(tree);
}

static void test_file(void **state)
{
	static char zeros[4096];
	char name[] = "/tmp/test-config-XXXXXX";
	struct config_error err = { 0 };
	struct lyd_node *tree = NULL;
	int fd = mkstemp(name);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, NET, strlen(NET)), strlen(NET));
	assert_int_equal(config_load_file(name, &tree, &err, 1), 0);
	assert_non_null(tree);
	config_free(tree);

	memset(zeros, '\n', sizeof(zeros));
	for (size_t i = 0; i < CONFIG_FILE_MAX / sizeof(zeros); i++)
		assert_int_equal(write(fd, zeros, sizeof(zeros)),
				 sizeof(zeros));
	close(fd);
	assert_int_equal(config_load_file(name, &tree, &err, 1), 1);
	assert_int_equal(err.line, 0);
	assert_string_equal(err.text, "the file is larger than 1048576 bytes");
	unlink(name);

	assert_int_equal(config_load_file(name, &tree, &err, 1), -ENOENT);
	assert_int_equal(config_load_file("/tmp", &tree, &err, 1), -EISDIR);
}

/* What the real model has not, but a later one may have. */
static void test_other_model(void **state)
{
	static const struct {
		const char *text, *errors;
	} cases[] = {
		{ "first count 256",
		  "1: first count: \"256\" won't do: give a whole number\n"
		  "1: first at: missing, but mandatory: give a number: 2 to "
		  "65535\n" },
		/* Nobody mentioned it: no line. */
		{ "",
		  "0: first at: missing, but mandatory: give a number: 2 to "
		  "65535\n" },
		/* Only libyang itself checks this one. */
		{ "first at 2\npair 1 left x\npair 2 left x\n",
		  "3: pair 2: Unique data leaf(s) \"left\" not satisfied in "
		  "\"/ringfence:pair[name='1']\" and "
		  "\"/ringfence:pair[name='2']\".\n" },
		{ "first at 2\npair 256 left x",
		  "2: pair: \"256\" can't be a name: give a whole "
		  "number\n" },
		{ "first at 2\npair 1 state x",
		  "2: pair 1: unknown word \"state\"; allowed: left, three\n" },
		{ "first at 2\npair 1 left x\npair 01 left x\n",
		  "3: pair 1 left: set in line 2 already; remove one of "
		  "them\n" },
		{ "first at 2\npair 1 three 1\npair 1 three 2\n"
		  "pair 1 three 3\npair 1 three 4\npair 1 three 01",
		  "5: pair 1 three: one too many: there can be 3; remove one\n"
		  "6: pair 1 three: \"01\" is listed in line 2 already; remove "
		  "one\n" },
		{ "first at 2\npair 1 left a\npair 2 left b\npair 3 left c",
		  "4: pair: \"3\" is one too many: there can be 2; remove "
		  "one\n" },
	};

	config_exit();
	assert_int_equal(config_init(model_dir), 0);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct lyd_node *tree;

		assert_string_equal(load(cases[i].text, &tree),
				    cases[i].errors);
		config_free(tree);
	}
	config_exit();
	assert_int_equal(config_init(NULL), 0);
}

static void test_init(void **state)
{
	char dir[] = "/tmp/test-config-XXXXXX";
	char file[64];
	FILE *f;

	config_exit();
	assert_int_equal(config_init("/nonexistent"), -ENOENT);
	assert_non_null(mkdtemp(dir));
	snprintf(file, sizeof(file), "%s/ringfence.yang", dir);
	f = fopen(file, "w");
	assert_non_null(f);
	fputs("module ringfence { oops }", f);
	fclose(f);
	assert_int_equal(config_init(dir), -EINVAL);
	unlink(file);
	rmdir(dir);
	assert_int_equal(config_init(NULL), 0);
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

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_few_errors),
		cmocka_unit_test(test_long_words),
		cmocka_unit_test(test_any_order),
		cmocka_unit_test(test_read),
		cmocka_unit_test(test_fail),
		cmocka_unit_test(test_file),
		cmocka_unit_test(test_other_model),
		cmocka_unit_test(test_init),
	};

	if (argc != 2) {
		fprintf(stderr, "usage: test-config-text DIR-OF-TEST-MODEL\n");
		return 1;
	}
	model_dir = argv[1];
	return cmocka_run_group_tests(tests, setup, teardown);
}
