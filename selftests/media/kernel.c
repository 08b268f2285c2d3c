// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The media of calls in the kernel module: what kernel.sh can't say by the
 * command line tool. Runs in a namespace with 10.0.1.1 and 10.0.2.1, whose
 * networks have a phone each, .10 and .20.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <event2/event.h>

#include "base/log.h"
#include "base/loop.h"
#include "lib/ringfence.h"
#include "media/media.h"

#define SUITE "AES_CM_128_HMAC_SHA1_80"
#define KEY   "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwd"
#define LATE  20 /* seconds until an event that should come is missed */

static struct media_profile profiles[2] = {
	{
		.port_min = 20000,
		.port_max = 20099,
		.security = MEDIA_UNSECURE,
	},
	{
		.port_min = 20000,
		.port_max = 20099,
		.security = MEDIA_SECURE,
		.suites = { RINGFENCE_SUITE_AES_CM_128_HMAC_SHA1_80 },
		.n_suites = 1,
	},
};
static struct rgf *rgf; /* a look at the kernel beside the media package */
static unsigned int idles;

static void on_idle(struct media_call *mc, void *arg)
{
	idles++;
	loop_stop();
}

static int setup(void **state)
{
	profiles[0].local_addr.s_addr = htonl(0x0a000101);
	profiles[1].local_addr.s_addr = htonl(0x0a000201);
	idles = 0;
	assert_int_equal(loop_init(), 0);
	assert_int_equal(media_init(), 0);
	return rgf_open(&rgf);
}

static int count(const struct rgf_session *s, void *arg)
{
	++*(unsigned int *)arg;
	return 0;
}

static unsigned int sessions(void)
{
	unsigned int n = 0;

	assert_int_equal(rgf_session_dump(rgf, count, &n), 0);
	return n;
}

static int teardown(void **state)
{
	assert_int_equal(sessions(), 0);
	rgf_close(rgf);
	media_exit();
	loop_exit();
	return 0;
}

static void on_late(evutil_socket_t fd, short what, void *arg)
{
	loop_stop();
}

/* Run until on_idle() was called, or it's late. */
static void run(void)
{
	const struct timeval late = { LATE, 0 };
	struct event *timer = event_new(loop_base(), -1, 0, on_late, NULL);

	event_add(timer, &late);
	loop_run();
	event_free(timer);
}

static void offer(struct media_call *mc, const char *addr, unsigned int port)
{
	struct media_refusal why = { 0 };
	char body[512], *out = NULL;

	snprintf(body, sizeof(body),
		 "v=0\r\no=- 1 1 IN IP4 %s\r\ns=-\r\nc=IN IP4 %s\r\nt=0 0\r\n"
		 "m=audio %u RTP/AVP 0\r\n",
		 addr, addr, port);
	if (media_call_offer(mc, 0, body, strlen(body), &out, &why))
		fail_msg("%d %s", why.status, why.reason);
	free(out);
}

static int answer(struct media_call *mc, const char *addr, unsigned int port,
		  struct media_refusal *why)
{
	char body[512], *out = NULL;
	int err;

	snprintf(body, sizeof(body),
		 "v=0\r\no=- 1 1 IN IP4 %s\r\ns=-\r\nc=IN IP4 %s\r\nt=0 0\r\n"
		 "m=audio %u RTP/SAVP 0\r\n"
		 "a=crypto:1 " SUITE " inline:" KEY "\r\n",
		 addr, addr, port);
	err = media_call_answer(mc, 1, body, strlen(body), &out, why);
	free(out);
	return err;
}

static struct media_call *established(uint32_t idle_timeout)
{
	const struct media_timeouts timeouts = { .idle = idle_timeout };
	struct media_refusal why = { 0 };
	struct media_call *mc = NULL;

	assert_int_equal(media_call_new("kernel", profiles, &timeouts, on_idle,
					NULL, &mc),
			 0);
	offer(mc, "10.0.1.10", 5004);
	if (answer(mc, "10.0.2.20", 6004, &why))
		fail_msg("%d %s", why.status, why.reason);
	return mc;
}

static struct rgf_session look(const struct media_call *mc)
{
	struct rgf_session s = { 0 };

	assert_int_equal(rgf_session_get(rgf, media_call_session(mc), &s), 0);
	return s;
}

static void test_session(void **state)
{
	struct media_call *mc = established(60);
	struct rgf_session s = look(mc);

	assert_string_equal(s.label, "sip:kernel");
	assert_int_equal(s.idle_timeout, 60);
	assert_int_equal(rgf_addr_to_v4(&s.leg[0].local_addr).s_addr,
			 profiles[0].local_addr.s_addr);
	assert_in_range(s.leg[0].local_port, 20000, 20098);
	assert_int_equal(s.leg[0].local_rtcp_port, s.leg[0].local_port + 1);
	assert_int_equal(ntohl(rgf_addr_to_v4(&s.leg[0].peer_addr).s_addr),
			 0x0a00010a);
	assert_int_equal(s.leg[0].peer_port, 5004);
	assert_int_equal(s.leg[0].peer_rtcp_port, 5005);
	assert_int_equal(s.leg[0].suite, RINGFENCE_SUITE_NONE);
	assert_int_equal(ntohl(rgf_addr_to_v4(&s.leg[1].peer_addr).s_addr),
			 0x0a000214);
	assert_int_equal(s.leg[1].suite,
			 RINGFENCE_SUITE_AES_CM_128_HMAC_SHA1_80);
	assert_int_equal(s.leg[1].tx.n, 1);
	assert_int_equal(s.leg[1].rx.n, 1);
	assert_int_equal(s.leg[1].tx.key[0].key.len, 0); /* never told */
	media_call_free(mc);
}

/* A change of the call: same session, the peer on hold keeps its address. */
static void test_change(void **state)
{
	struct media_call *mc = established(60);
	uint32_t id = media_call_session(mc);
	struct media_refusal why;
	struct rgf_session s;

	offer(mc, "10.0.1.11", 5104);
	assert_int_equal(answer(mc, "10.0.2.20", 6104, &why), 0);
	offer(mc, "0.0.0.0", 5204);
	assert_int_equal(answer(mc, "10.0.2.21", 6204, &why), 0);
	assert_int_equal(media_call_session(mc), id);
	s = look(mc);
	assert_int_equal(ntohl(rgf_addr_to_v4(&s.leg[0].peer_addr).s_addr),
			 0x0a00010b);
	assert_int_equal(s.leg[0].peer_port, 5104);
	assert_int_equal(ntohl(rgf_addr_to_v4(&s.leg[1].peer_addr).s_addr),
			 0x0a000215);
	assert_int_equal(s.leg[1].peer_port, 6204);
	media_call_free(mc);
}

/* A call that begins on hold, and is then taken up. */
static void test_held(void **state)
{
	const struct media_timeouts timeouts = { .idle = 60, .hold = 900 };
	struct media_refusal why = { 0 };
	struct media_call *mc = NULL;
	struct rgf_session s;

	assert_int_equal(media_call_new("held", profiles, &timeouts, on_idle,
					NULL, &mc),
			 0);
	offer(mc, "0.0.0.0", 5004);
	if (answer(mc, "10.0.2.20", 6004, &why))
		fail_msg("%d %s", why.status, why.reason);
	s = look(mc);
	assert_int_equal(s.leg[0].has & RGF_HAS_PEER_ADDR, 0);
	assert_int_equal(s.idle_timeout, 900);
	offer(mc, "10.0.1.10", 5004);
	assert_int_equal(answer(mc, "10.0.2.20", 6004, &why), 0);
	s = look(mc);
	assert_int_equal(s.leg[0].peer_port, 5004);
	assert_int_equal(s.idle_timeout, 60);
	media_call_free(mc);
}

static void test_kernel_refuses(void **state)
{
	struct media_call *mc = established(60);
	struct media_refusal why = { 0 };

	/* Gone behind our back: the refusal is the kernel's own sentence. */
	assert_int_equal(rgf_session_del(rgf, media_call_session(mc)), 0);
	offer(mc, "10.0.1.11", 5104);
	assert_true(answer(mc, "10.0.2.20", 6104, &why) < 0);
	assert_int_equal(why.status, 503);
	print_message("# %s\n", why.reason);
	assert_true(strlen(why.reason) > strlen("media session: "));
	/* The event says so too, and leaves nothing to delete. */
	run();
	assert_int_equal(idles, 1);
	assert_int_equal(media_call_session(mc), 0);
	media_call_free(mc);
}

static void test_idle(void **state)
{
	struct media_call *mc = established(1);

	run();
	assert_int_equal(idles, 1);
	assert_int_not_equal(media_call_session(mc), 0);
	media_call_free(mc);
}

/* As a daemon does that stops and starts again. */
static void test_restart(void **state)
{
	const struct media_timeouts timeouts = { .idle = 1 };
	struct media_call *mc = established(1), *orphan = established(1);
	uint32_t id = media_call_session(mc);
	struct rgf_session before = look(mc), after, by_hand = before;
	uint32_t foreign;

	media_call_leave(mc);
	media_call_leave(orphan);
	media_exit();
	assert_int_equal(media_init(), 0);
	assert_int_equal(media_call_adopt(id, profiles, &timeouts, on_idle,
					  NULL, &mc),
			 0);
	after = look(mc);
	assert_int_equal(after.leg[0].local_port, before.leg[0].local_port);
	assert_int_equal(media_call_adopt(id + 1000, profiles, &timeouts,
					  on_idle, NULL, &orphan),
			 -ENOENT);

	/* Sessions of others are no orphans. */
	by_hand.id = 0;
	snprintf(by_hand.label, sizeof(by_hand.label), "by hand");
	by_hand.leg[0].local_port = 30000;
	by_hand.leg[0].local_rtcp_port = 30001;
	by_hand.leg[1].local_port = 30000;
	by_hand.leg[1].local_rtcp_port = 30001;
	by_hand.leg[1].suite = RINGFENCE_SUITE_NONE;
	if (rgf_session_new(rgf, &by_hand, &foreign))
		fail_msg("%s", rgf_error(rgf));
	assert_int_equal(sessions(), 3);
	media_orphans();
	assert_int_equal(sessions(), 2);
	assert_int_equal(rgf_session_del(rgf, foreign), 0);

	run();
	assert_int_equal(idles, 1);
	media_call_free(mc);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		TEST(test_session), TEST(test_change),
		TEST(test_held),    TEST(test_kernel_refuses),
		TEST(test_idle),    TEST(test_restart),
	};

	log_open(LOG_TO_STDERR, LOG_LEVEL_ERROR);
	/* "kernel absent": without the module there is no media. */
	if (argc > 1) {
		loop_init();
		return media_init() == -ENOENT ? 0 : 1;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
