// SPDX-License-Identifier: GPL-2.0-or-later
/* The live view. */
#include "cli-end.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "ringfence/top.h"

static json_t *json_of(const char *text)
{
	json_t *j = json_loads(text, JSON_REJECT_DUPLICATES, NULL);

	if (!j)
		fail_msg("not JSON: %s", text);
	return j;
}

/* Each look: session 1 relays 10 packets, session 2 20, and drops some. */
static void tick(void)
{
	for (size_t i = 0; i < module.n; i++) {
		struct rgf_session *s = &module.sessions[i];
		uint64_t n = 10 * s->id;

		s->leg[0].counters.rx_packets += n;
		s->leg[0].counters.rx_bytes += 172 * n;
		s->leg[1].counters.tx_packets += n;
		s->leg[1].counters.tx_bytes += 182 * n;
		s->leg[1].counters.drop[RINGFENCE_DROP_REASON_AUTH_FAILED] += 3;
		s->leg[0].stream[0].packets += n - s->id;
		s->leg[0].stream[0].lost += s->id;
		module.stats.counters.rx_packets += n;
		module.stats.counters.rx_bytes += 172 * n;
		module.stats.counters.tx_packets += n;
		module.stats.counters.tx_bytes += 182 * n;
		module.stats.counters.drop[RINGFENCE_DROP_REASON_AUTH_FAILED] +=
			3;
	}
}

static void start_top(size_t n)
{
	module.n = n;
	module.stats.sessions = (uint32_t)n;
	for (size_t i = 0; i < n; i++) {
		struct rgf_session *s = &module.sessions[i];

		memset(s, 0, sizeof(*s));
		s->id = (uint32_t)i + 1;
		s->age = 100;
		s->leg[0].n_streams = 1;
		s->leg[0].stream[0].jitter = 1250;
		s->leg[1].suite = RINGFENCE_SUITE_AEAD_AES_128_GCM;
	}
	module.tick = tick;
}

#define TOP_TEXT                                                             \
	"received 30.0 packets/s, 5160 bytes/s\n"                            \
	"sent 30.0 packets/s, 5460 bytes/s\n"                                \
	"dropped 6.0 packets/s: auth-failed 6.0\n"                           \
	"ID         LABEL                    LEG SUITE                     " \
	"   RX/S      TX/S     BYTES/S   DROPS/S  LOST% JITTER-MS\n"         \
	"2          -                        a   none                      " \
	"   20.0       0.0        3440       0.0  10.00     1.250\n"         \
	"2          -                        b   AEAD_AES_128_GCM          " \
	"    0.0      20.0        3640       3.0   0.00     0.000\n"         \
	"1          -                        a   none                      " \
	"   10.0       0.0        1720       0.0  10.00     1.250\n"         \
	"1          -                        b   AEAD_AES_128_GCM          " \
	"    0.0      10.0        1820       3.0   0.00     0.000\n"

static void test_top(void **state)
{
	start_top(2);
	expect("top -n 2", 0,
	       "2001-09-09T01:46:41.000Z sessions 2, over 1.00 "
	       "seconds\n" TOP_TEXT "\n"
	       "2001-09-09T01:46:42.000Z sessions 2, over 1.00 "
	       "seconds\n" TOP_TEXT "\n");
	assert_int_equal(module.dumps, 3);
	assert_int_equal(terminal.sets, 0);
}

static void test_top_delay(void **state)
{
	start_top(2);
	expect("top -n 1 -d 0.5", 0, NULL);
	expect_line(out,
		    "2001-09-09T01:46:40.500Z sessions 2, over 0.50 seconds");
	expect_line(out, "received 60.0 packets/s, 10320 bytes/s");
}

static void test_top_json(void **state)
{
	json_t *root, *j, *leg;

	start_top(2);
	expect("-j top -n 1", 0, NULL);
	assert_ptr_equal(strchr(out, '\n'), out + strlen(out) - 1);
	root = json_of(out);
	j = root;
	assert_string_equal(json_string_value(json_object_get(j, "time")),
			    "2001-09-09T01:46:41.000Z");
	assert_int_equal(json_integer_value(json_object_get(j, "sessions")), 2);
	assert_true(json_is_false(json_object_get(j, "partial")));
	assert_int_equal(json_real_value(json_object_get(
				 json_object_get(j, "drops"), "auth-failed")) +
				 0.5,
			 6);
	assert_int_equal(json_object_size(json_object_get(j, "drops")),
			 __RINGFENCE_DROP_REASON_MAX);
	j = json_array_get(json_object_get(j, "busiest"), 0);
	assert_int_equal(json_integer_value(json_object_get(j, "id")), 2);
	leg = json_array_get(json_object_get(j, "legs"), 0);
	assert_int_equal(
		json_real_value(json_object_get(leg, "rx_packets")) + 0.5, 20);
	assert_int_equal(json_real_value(json_object_get(leg, "lost_percent")) +
				 0.5,
			 10);
	assert_int_equal(
		1000 * json_real_value(json_object_get(leg, "jitter_ms")) + 0.5,
		1250);
	json_decref(root);
}

static void test_top_interrupted(void **state)
{
	start_top(2);
	module.dump_err = -EINTR;
	expect("top -n 1", 0, NULL);
	expect_line(out, "2001-09-09T01:46:41.000Z sessions 2, over 1.00 "
			 "seconds, list incomplete");
	expect("-j top -n 1", 0, NULL);
	assert_non_null(strstr(out, "\"partial\":true"));
	module.dump_err = -EPERM;
	expect("top -n 1", CLI_FAILED, "");
	assert_non_null(strstr(err, "top: so it said; run it as root"));
}

static void test_top_signal(void **state)
{
	start_top(2);
	terminal.signal_at = 3;
	expect("top", 0, NULL); /* and the two looks before it */
	assert_int_equal(terminal.waits, 3);
	assert_int_equal(module.dumps, 3);
}

/* On a terminal: drawn in place, cut to its size, left as it was found. */
static void test_top_screen(void **state)
{
	start_top(3);
	terminal.is_tty = true;
	terminal.rows =
		11; /* of which 2 sessions fit into what the head leaves */
	terminal.columns = 40;
	terminal.key = 'q';
	expect("top", 0, NULL);
	assert_int_equal(strncmp(out, "\033[H\033[J2001-", 11), 0);
	expect_line(out, "3          -                        a   ");
	expect_line(out, "2          -                        b   ");
	assert_null(strstr(out, "\n1 "));
	assert_int_equal(terminal.sets, 2);
	assert_int_equal(terminal.set.c_lflag, ICANON | ECHO | ISIG);
	assert_int_equal(module.dumps, 2);
}

static void test_top_other_key(void **state)
{
	start_top(1);
	terminal.is_tty = true;
	terminal.key = 'x';
	expect("top -n 3", 0, NULL);
	assert_int_equal(module.dumps, 4);
	assert_int_equal(terminal.set.c_lflag, ICANON | ECHO | ISIG);
}

static void add_to_look(struct top_look *look, uint32_t id, uint32_t age,
			uint64_t rx)
{
	struct rgf_session s = { .id = id, .age = age };

	s.leg[0].counters.rx_packets = rx;
	assert_int_equal(top_look_add(&s, look), 0);
}

static void test_rank(void **state)
{
	struct top_look before = { 0 }, now = { 0 };
	struct top_row rows[4];

	assert_int_equal(top_rank(&before, &now, rows, 4), 0);
	add_to_look(&before, 9, 10, 1000);
	add_to_look(&before, 1, 10, 1000);
	add_to_look(&before, 5, 10, 1000);
	add_to_look(&before, 7, 10, 1000);
	top_look_sort(&before);
	assert_int_equal(before.session[0].id, 1);
	add_to_look(&now, 1, 11, 1010);
	add_to_look(&now, 5, 1, 1500); /* another one: younger */
	add_to_look(&now, 7, 11, 600); /* another one: fewer packets */
	add_to_look(&now, 8, 0, 10);
	add_to_look(&now, 9, 11, 1000);
	top_look_sort(&now);
	assert_int_equal(top_rank(&before, &now, rows, 0), 0);
	assert_int_equal(top_rank(&before, &now, rows, 4), 4);
	assert_int_equal(rows[0].session->id, 5);
	assert_int_equal(rows[0].packets, 1500);
	assert_int_equal(rows[1].session->id, 7);
	assert_int_equal(rows[1].packets, 600);
	assert_int_equal(rows[2].session->id, 1); /* before its equal */
	assert_int_equal(rows[2].packets, 10);
	assert_int_equal(rows[3].session->id, 8);
	assert_int_equal(top_rank(&before, &now, rows, 1), 1);
	assert_int_equal(rows[0].session->id, 5);
	top_look_free(&before);
	top_look_free(&now);
}

/* What is dropped keeps the gateway busy, too. */
static void test_rank_drops(void **state)
{
	struct rgf_session s = { .id = 2 };
	struct top_look before = { 0 }, now = { 0 };
	struct top_row rows[2];

	add_to_look(&now, 1, 0, 10);
	s.leg[1].counters.rx_packets = 5;
	s.leg[1].counters.drop[RINGFENCE_DROP_REASON_QUEUE_FULL] = 6;
	assert_int_equal(top_look_add(&s, &now), 0);
	assert_int_equal(top_rank(&before, &now, rows, 2), 2);
	assert_int_equal(rows[0].session->id, 2);
	assert_int_equal(rows[0].packets, 11);
	top_look_free(&now);
}

/* Streams come and go, and late packets take losses back. */
static void test_rank_losses(void **state)
{
	struct rgf_session s = {
		.id = 1,
		.leg[0] = {
			.n_streams = 3,
			.stream = {
				{ .packets = 100, .jitter = 1, .idle = 800 },
				{ .packets = 100, .jitter = 2, .idle = 20 },
				{ .packets = 100, .lost = 50, .jitter = 3,
				  .idle = 9000 },
			},
		},
	};
	struct top_look before = { 0 }, now = { 0 };
	struct top_row row;

	assert_int_equal(top_look_add(&s, &before), 0);
	assert_int_equal(before.session[0].jitter[0], 2);
	s.leg[0].n_streams = 2;
	assert_int_equal(top_look_add(&s, &now), 0);
	assert_int_equal(top_rank(&before, &now, &row, 1), 1);
	assert_int_equal(row.leg[0].received, 0);
	assert_int_equal(row.leg[0].lost, 0);
	top_look_free(&before);
	top_look_free(&now);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CLI_TEST(test_top),
		CLI_TEST(test_top_delay),
		CLI_TEST(test_top_json),
		CLI_TEST(test_top_interrupted),
		CLI_TEST(test_top_screen),
		CLI_TEST(test_top_other_key),
		CLI_TEST(test_rank),
		CLI_TEST(test_rank_losses),
		CLI_TEST(test_rank_drops),
		CLI_TEST(test_top_signal), /* last: it stays stopped */
	};

	return cmocka_run_group_tests(tests, cli_group_setup,
				      cli_group_teardown);
}
