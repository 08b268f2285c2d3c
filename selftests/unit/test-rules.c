// SPDX-License-Identifier: GPL-2.0-or-later
/* The rule language: case files, limits, and rule sets as messages. */
#include <arpa/inet.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/rules_msg.h"

#define CASE_MAX 1024

/* What the lines of the case file may refer to. */
static const char around[] = "set peers 192.0.2.0/24 2001:db8::/32\n"
			     "chain calls count\n"
			     "chain deep jump calls\n"
			     "local jump deep\n";

static char error[RGF_RULES_ERROR_MAX];
static unsigned int error_line;

static int parse(const char *text, struct rgf_rules **ret)
{
	strcpy(error, "");
	return rgf_rules_parse(text, strlen(text), ret, &error_line, error);
}

static struct rgf_rules *parsed(const char *text)
{
	struct rgf_rules *r = NULL;

	if (parse(text, &r))
		fail_msg("%s: line %u: %s", text, error_line, error);
	return r;
}

static void refused(const char *text, const char *want, unsigned int line)
{
	struct rgf_rules *r;

	if (parse(text, &r) != -EINVAL)
		fail_msg("accepted: %s", text);
	if (!strstr(error, want))
		fail_msg("%s: it says: %s, not: %s", text, error, want);
	assert_int_equal(error_line, line);
}

static void good_case(const char *text, const char *want)
{
	char whole[CASE_MAX * 2], buf[RGF_RULE_TEXT_MAX] = "";
	struct rgf_rules *r;

	/* The case's own line is the fifth, so its rule the fourth. */
	snprintf(whole, sizeof(whole), "%s%s\n", around, text);
	r = parsed(whole);
	if (r->n_rules > 3)
		rgf_rule_text(&r->rules[3], buf);
	if (strcmp(buf, want) != 0)
		fail_msg("%s: is \"%s\", not \"%s\"", text, buf, want);
	rgf_rules_free(r);
	/* What is canonical stays so. */
	if (*buf) {
		snprintf(whole, sizeof(whole), "%s%s", around, want);
		r = parsed(whole);
		assert_string_equal(rgf_rule_text(&r->rules[3], buf), want);
		rgf_rules_free(r);
	}
}

static void bad_case(const char *text, const char *want)
{
	char whole[CASE_MAX * 2];
	struct rgf_rules *r;

	snprintf(whole, sizeof(whole), "%s%s\n", around, text);
	if (!parse(whole, &r))
		fail_msg("accepted: %s", text);
	if (!strstr(error, want))
		fail_msg("%s: it says: %s, not: %s", text, error, want);
	/* A circle may show at either of its jumps. */
	if (!strstr(want, "circle"))
		assert_int_equal(error_line, 5);
}

/* Cut @line at " ; " into three. */
static bool split(char *line, char **parts)
{
	for (int i = 0; i < 2; i++) {
		char *end = strstr(line, " ;");

		if (!end)
			return false;
		parts[i] = line;
		*end = 0;
		line = end + 2;
		line += *line == ' ';
	}
	parts[2] = line;
	parts[2][strcspn(parts[2], "\n")] = 0;
	return true;
}

static void test_cases(void **state)
{
	FILE *f = fopen(RULE_CASES, "re");
	char line[CASE_MAX];
	unsigned int n = 0;
	char *parts[3];

	if (!f)
		fail_msg("cannot read " RULE_CASES);
	while (fgets(line, sizeof(line), f)) {
		if (!split(line, parts))
			continue;
		n++;
		if (strcmp(parts[1], "ok") == 0)
			good_case(parts[0], parts[2]);
		else if (strcmp(parts[1], "fail") == 0)
			bad_case(parts[0], parts[2]);
		else if (*parts[0] != '#')
			fail_msg("no case: %s ; %s", parts[0], parts[1]);
	}
	fclose(f);
	assert_in_range(n, 150, 1000);
}

static void test_lines(void **state)
{
	struct rgf_rules *r;
	char text[8192];

	refused("local accept\nlocal accep\n", "unknown word", 2);
	refused("local accept\r\n\n\nlocal jump x\r\n", "chain x has no", 4);
	refused("local accept\001\n", "control characters", 1);
	memset(text, 'x', sizeof(text));
	text[RGF_RULES_LINE_MAX] = 0;
	refused(text, "the line has 4096 bytes; it may have 4095", 1);
	r = parsed("default local accept\nlocal accept");
	assert_int_equal(r->n_rules, 1);
	assert_int_equal(r->default_local, RINGFENCE_VERDICT_ACCEPT);
	assert_int_equal(r->default_network, RINGFENCE_VERDICT_ACCEPT);
	assert_int_equal(r->rules[0].line, 2);
	rgf_rules_free(r);
	r = parsed("");
	assert_int_equal(r->n_rules, 0);
	assert_int_equal(r->default_local, RINGFENCE_VERDICT_DROP);
	rgf_rules_free(r);
	assert_int_equal(rgf_rules_parse("a\0b", 3, &r, &error_line, error),
			 -EINVAL);
}

/* A text of @n times @line, with a number where it has %u. */
static char *many(const char *line, unsigned int n, const char *tail)
{
	size_t room = (size_t)n * (strlen(line) + 12) + strlen(tail) + 1;
	char *text = malloc(room), *p = text;

	assert_non_null(text);
	for (unsigned int i = 0; i < n; i++)
		p += snprintf(p, room - (size_t)(p - text), line, i, i / 256,
			      i % 256);
	strcpy(p, tail);
	return text;
}

static void limit(const char *line, unsigned int n, const char *tail,
		  const char *want)
{
	struct rgf_rules *r;
	char *text = many(line, n, tail);

	if (!want) {
		r = parsed(text);
		rgf_rules_free(r);
	} else if (!parse(text, &r) || !strstr(error, want)) {
		fail_msg("%u times %s: %s", n, line, error);
	}
	free(text);
}

static void test_limits(void **state)
{
	limit("local accept\n", 8192, "", NULL);
	limit("local accept\n", 8193, "", "more than 8192 rules");
	limit("set s%u\n", 64, "", NULL);
	limit("set s%u\n", 65, "", "more than 64 sets");
	limit("chain c%u accept\n", 62, "", NULL);
	limit("chain c%u accept\n", 63, "", "more than 64 chains");
	limit("set s 10.0.%2$u.%3$u/32\n", 65536, "", NULL);
	limit("set s 10.0.%2$u.%3$u/32\n", 65536, "set t 10.0.0.1\n",
	      "more than 65536 entries in all sets");
	limit("set s 10.0.%2$u.%3$u/32\n", 65536, "set s 10.1.0.1\n",
	      "more than 65536 entries in all sets");
	/* A rule counts with the chain that it jumps to. */
	limit("local jump c\n", 4096,
	      "chain c accept\nchain c accept\nchain c accept\n", NULL);
	limit("local jump c\n", 4096,
	      "chain c accept\nchain c accept\nchain c accept\n"
	      "local accept\n",
	      "more than 16384 rules");
}

static void test_depth(void **state)
{
	refused("local jump a\nchain a jump b\nchain b jump c\n"
		"chain c jump d\nchain d jump e\nchain e jump f\n"
		"chain f jump g\nchain g jump h\nchain h jump i\n"
		"chain i accept\n",
		"more than 8 chains deep", 9);
	rgf_rules_free(parsed("local jump a\nchain a jump b\nchain b jump c\n"
			      "chain c jump d\nchain d jump e\n"
			      "chain e jump f\nchain f jump g\n"
			      "chain g jump h\nchain h accept\n"));
}

static void test_print(void **state)
{
	static const char text[] =
		"default local accept\n"
		"default network drop\n"
		"set empty\n"
		"set s 10.0.0.0/8 10.0.0.1 10.0.0.2 10.0.0.3 10.0.0.4 "
		"10.0.0.5 10.0.0.6 10.0.0.7\n"
		"set s 2001:db8::/32\n"
		"local from @s accept # one\n";
	struct rgf_rules *r = parsed(text);
	char *printed;
	size_t len;
	FILE *f = open_memstream(&printed, &len);

	assert_non_null(f);
	rgf_rules_print(r, f);
	fclose(f);
	assert_string_equal(printed, text);
	free(printed);
	rgf_rules_free(r);
}

/* A comment from elsewhere may not look like a line of its own. */
static void test_comment(void **state)
{
	struct rgf_rule rule = { .chain = "local", .comment = "a\nlocal x" };
	char buf[RGF_RULE_TEXT_MAX];

	assert_string_equal(rgf_rule_text(&rule, buf),
			    "local accept # a?local x");
}

/* Attributes of rules-set are those of a dump. */
static void turn_round(const char *text)
{
	struct rgf_rules *r = parsed(text), *back = rgf_rules_new();
	struct nlmsghdr *nlh = malloc(rgf_rules_msg_size(r));
	char a[RGF_RULE_TEXT_MAX], b[RGF_RULE_TEXT_MAX];

	assert_non_null(nlh);
	assert_non_null(back);
	rgf_put_request(nlh, 30, RINGFENCE_CMD_RULES_GET, 0, 1);
	rgf_put_rules(nlh, r, 0);
	assert_in_range(nlh->nlmsg_len, 1, rgf_rules_msg_size(r));
	assert_int_equal(rgf_read_rules_part(nlh, back), 0);
	assert_int_equal(back->n_rules, 1);
	assert_string_equal(rgf_rule_text(&r->rules[0], a),
			    rgf_rule_text(&back->rules[0], b));
	assert_int_equal(back->n_sets, r->n_sets);
	free(nlh);
	rgf_rules_free(r);
	rgf_rules_free(back);
}

static void test_messages(void **state)
{
	turn_round("network in a* out b from 192.0.2.0/24 to 10.0.0.1 udp "
		   "sport 1,3-5 dport 7 dscp ef log rate 7 # so\n");
	turn_round("set s 10.0.0.1 2001:db8::/32\nlocal from @s to @s accept");
	turn_round("local from 2001:db8::/32 icmpv6 type 1/2 reject");
	turn_round("local udp sport 1,3,5,7,9,11,13,15,17,19,21,23,25,27,29 "
		   "dport 1,3,5,7,9,11,13,15,17,19,21,23,25,27,29 drop");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),	 cmocka_unit_test(test_lines),
		cmocka_unit_test(test_limits),	 cmocka_unit_test(test_depth),
		cmocka_unit_test(test_print),	 cmocka_unit_test(test_comment),
		cmocka_unit_test(test_messages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
