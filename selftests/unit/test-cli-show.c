// SPDX-License-Identifier: GPL-2.0-or-later
/* What is printed, for people and as JSON, and what is offered to complete. */
#include "cli-end.h"

#include <stdlib.h>
#include <string.h>

#define NO_DROPS_1                                                       \
	"      malformed 0\n      wrong-source 0\n      auth-failed 0\n" \
	"      replayed 0\n      ssrc-limit 0\n      key-exhausted 0\n"  \
	"      crypto-error 0\n      no-memory 0\n      no-route 0\n"    \
	"      too-big 0\n      ttl-expired 0\n      no-session 0\n"     \
	"      unexpected 0\n      rate-limited 0\n"
#define NO_DROPS_2 "      wrong-encryption 0\n      queue-full 0\n"

static void test_show(void **state)
{
	static const char text[] =
		"session 7\n"
		"  label front\\x20desk\n"
		"  idle-timeout never\n"
		"  flags udptl\n"
		"  age 10 seconds, idle 0 seconds\n"
		"  leg a\n"
		"    local 10.0.1.1:20000 rtcp 20001\n"
		"    peer -\n"
		"    learnt rtp - rtcp -\n"
		"    flags none\n"
		"    latch port\n"
		"    dscp keep\n"
		"    clock-rate 8000\n"
		"    suite none\n"
		"    received 0 packets (0 RTCP), 0 bytes\n"
		"    sent 0 packets (0 RTCP), 0 bytes\n"
		"    dropped 0 packets\n" NO_DROPS_1
		"      unknown-mki 0\n" NO_DROPS_2 "    streams none\n"
		"  leg b\n"
		"    local [2001:db8::1]:20000\n"
		"    peer [2001:db8::2]:4000\n"
		"    learnt rtp [2001:db8::3]:4002 rtcp -\n"
		"    flags rtcp-mux,0x400\n"
		"    latch address\n"
		"    dscp 46\n"
		"    clock-rate 48000\n"
		"    suite AEAD_AES_256_GCM\n"
		"    kdr 5\n"
		"    tx-key mki - lifetime 2^48 packets 1000\n"
		"    rx-key mki 0001 lifetime 1000 packets 0\n"
		"    rx-key mki 00af lifetime default packets 0\n"
		"    received 1000 packets (5 RTCP), 180000 bytes\n"
		"    sent 0 packets (0 RTCP), 0 bytes\n"
		"    dropped 3 packets\n" NO_DROPS_1
		"      unknown-mki 3\n" NO_DROPS_2 "    streams\n"
		"      SSRC            PACKETS         OCTETS       LOST  "
		"LOST% "
		"JITTER-MS   SEQ   ROC    IDLE-S\n"
		"      0x00001234          995         159200          5   "
		"0.50 "
		"    1.250 65534     3     0.020\n"
		"      0xdeadbeef            0              0          0   "
		"0.00 "
		"    0.000     0     0     0.000\n";

	fill_session(&module.sessions[0]);
	expect("session show id 7", 0, text);
}

static void test_show_json(void **state)
{
	static const char leg_a[] =
		"{\"leg\":\"a\",\"local\":{\"address\":\"10.0.1.1\",\"port\":"
		"20000,\"rtcp_port\":20001},\"peer\":null,\"learnt_rtp\":null,"
		"\"learnt_rtcp\":null,\"flags\":[],\"latch\":\"port\","
		"\"dscp\":null,\"clock_rate\":8000,\"suite\":\"none\",\"kdr\":"
		"0,\"tx_keys\":[],\"rx_keys\":[],\"streams\":[],";
	static const char leg_b[] =
		"{\"leg\":\"b\",\"local\":{\"address\":\"2001:db8::1\","
		"\"port\":20000,\"rtcp_port\":null},\"peer\":{\"address\":"
		"\"2001:db8::2\",\"port\":4000,\"rtcp_port\":null},"
		"\"learnt_rtp\":{\"address\":\"2001:db8::3\",\"port\":4002},"
		"\"learnt_rtcp\":null,\"flags\":[\"rtcp-mux\",\"0x400\"],"
		"\"latch\":\"address\",\"dscp\":46,\"clock_rate\":48000,"
		"\"suite\":\"AEAD_AES_256_GCM\",\"kdr\":5,\"tx_keys\":[{"
		"\"mki\":null,\"lifetime\":281474976710656,\"packets\":1000}],"
		"\"rx_keys\":[{\"mki\":\"0001\",\"lifetime\":1000,\"packets\":"
		"0}"
		",{\"mki\":\"00af\",\"lifetime\":null,\"packets\":0}],"
		"\"streams\":[{\"ssrc\":4660,\"packets\":995,\"octets\":159200,"
		"\"lost\":5,\"lost_percent\":0.5,\"jitter_ms\":1.25,"
		"\"sequence\":65534,\"roc\":3,\"idle_ms\":20},";

	fill_session(&module.sessions[0]);
	expect("-j session show id 7", 0, NULL);
	if (!strstr(out, leg_a) || !strstr(out, leg_b) ||
	    !strstr(out, "\"idle_timeout\":0,\"flags\":[\"udptl\"],\"age\":10"))
		fail_msg("%s", out);
}

/* Nothing that was there before looks otherwise. */
static void test_list(void **state)
{
	fill_session(&module.sessions[0]);
	expect("session list", 0,
	       "ID         LABEL                    LEG LOCAL                 "
	       "PEER                  SUITE                           RX       "
	       "  TX    DROPPED        AGE\n"
	       "7          front\\x20desk            a   10.0.1.1:20000        "
	       "-                     none                             0       "
	       "   0          0         10\n"
	       "7          front\\x20desk            b   [2001:db8::1]:20000   "
	       "[2001:db8::2]:4000    AEAD_AES_256_GCM              1000       "
	       "   0          3         10\n");
}

static void test_config(void **state)
{
	expect("netns show", 0, "media-ports none\n");
	expect("-j netns show", 0, "{\"media_ports\":null}\n");
	expect("netns set media-ports 20000-29999", 0, "");
	assert_int_equal(module.config.has, RGF_HAS_MEDIA_PORTS);
	expect("netns show", 0, "media-ports 20000-29999\n");
	expect("-j netns show", 0,
	       "{\"media_ports\":{\"min\":20000,\"max\":29999}}\n");
	expect("netns set media-ports 1-65535", 0, "");
	assert_int_equal(module.config.media_port_min, 1);
	assert_int_equal(module.config.media_port_max, 65535);
	expect("netns set media-ports 5-5", 0, "");
	expect("netns set media-ports none", 0, "");
	assert_int_equal(module.config.has, RGF_HAS_MEDIA_PORTS);
	assert_int_equal(module.config.media_port_max, 0);
}

static const struct rgf_event guard_events[] = {
	{ .type = RGF_EVENT_BAN,
	  .ban = { .prefix = { .len = 48 },
		   .time = 600,
		   .left = 600,
		   .reason = RINGFENCE_BAN_REASON_LIMIT,
		   .class = RINGFENCE_LIMIT_CLASS_INVITE,
		   .rate = 120,
		   .offences = 1 } },
	{ .type = RGF_EVENT_BAN,
	  .ban = { .prefix = { .len = 0 },
		   .reason = RINGFENCE_BAN_REASON_DAEMON,
		   .strike_reason = RINGFENCE_STRIKE_REASON_SCANNER } },
	{ .type = RGF_EVENT_UNBAN,
	  .ban = { .prefix = { .len = 64 },
		   .reason = RINGFENCE_BAN_REASON_RULE,
		   .rule = 7,
		   .packets = 3,
		   .cause = RINGFENCE_UNBAN_CAUSE_EXPIRED } },
	{ .type = RGF_EVENT_FULL,
	  .table = RINGFENCE_GUARD_TABLE_SOURCES,
	  .count = 9 },
};

static const struct rgf_event events[] = {
	{ .type = RGF_EVENT_MEDIA, .id = 1, .label = "x", .ssrc = 5 },
	{ .type = RGF_EVENT_AUTH, .id = 1, .leg = 1, .ssrc = 5, .count = 11 },
	{ .type = RGF_EVENT_IDLE, .id = 1, .idle = 30 },
	{ .type = RGF_EVENT_DEL, .id = 1 },
	{ .type = RGF_EVENT_KEY,
	  .id = 1,
	  .label = "x",
	  .leg = 1,
	  .direction = RINGFENCE_DIRECTION_TX,
	  .mki_len = 2,
	  .mki = { 0, 1 },
	  .count = 35184372088832 },
	{ .type = RGF_EVENT_KEY, .id = 1 },
	{ .type = RGF_EVENT_DESYNC,
	  .id = 1,
	  .label = "sip:7",
	  .leg = 1,
	  .ssrc = 0xdeadbeef,
	  .count = 50 },
	{ .type = RGF_EVENT_RULES_LOADED,
	  .has_rules = true,
	  .rules = 9,
	  .confirm = 60 },
	{ .type = RGF_EVENT_RULES_BACK },
	{ .type = RGF_EVENT_ADDRESS_SET,
	  .has_rules = true,
	  .rules = 9,
	  .set = "peers",
	  .entries = 3 },
};

#define N_EVENTS (sizeof(events) / sizeof(*events))
#define T	 "2001-09-09T01:46:40.000Z "

static void test_monitor(void **state)
{
	module.events = events;
	module.n_events = N_EVENTS;
	expect("monitor", CLI_FAILED,
	       T "media id 1 label x leg a ssrc 0x00000005\n" T
		 "auth-failed id 1 label - leg b ssrc 0x00000005 count 11\n" T
		 "idle id 1 label - idle 30\n" T "deleted id 1 label -\n" T
		 "key id 1 label x leg b direction tx mki 0001 left "
		 "35184372088832\n" T
		 "key id 1 label - leg a direction rx mki - left 0\n" T
		 "desync id 1 label sip:7 leg b ssrc 0xdeadbeef count 50\n" T
		 "rules-loaded rules 9 confirm 60\n" T "rules-back\n" T
		 "address-set rules 9 set peers entries 3\n");
	assert_non_null(strstr(err, "Input/output error"));
}

static void test_monitor_guard(void **state)
{
	module.events = guard_events;
	module.n_events = sizeof(guard_events) / sizeof(*guard_events);
	expect("monitor", CLI_FAILED,
	       T "ban ::/48 limit invite rate 120 offences 1 left 600\n" T
		 "ban ::/0 daemon scanner offences 0\n" T
		 "unban ::/64 rule 7 offences 0 packets 3 cause expired\n" T
		 "full table sources count 9\n");
}

#define J(event) \
	"{\"time\":\"2001-09-09T01:46:40.000Z\",\"event\":\"" event "\","

static void test_monitor_json(void **state)
{
	static const char want[] =
		J("media") "\"id\":1,\"label\":\"x\",\"leg\":\"a\",\"ssrc\":5}"
			   "\n" J("auth-failed") "\"id\":1,\"label\":\"\","
						 "\"leg\":\"b\",\"ssrc\":5,"
						 "\"count\":11}\n" J("idle") "\"id\":1,\"label\":\"\",\"idle\":30}\n" J("deleted") "\"id\":1,\"label\":\"\"}\n" J(
							 "key") "\"id\":1,"
								"\"label\":"
								"\"x\",\"leg\":"
								"\"b\","
								"\"direction\":"
								"\"tx\","
								"\"mki\":"
								"\"0001\","
								"\"left\":"
								"35184372088832"
								"}\n" J("key") "\"id\":1,\"label\":\"\",\"leg\":\"a\",\"direction\":\"rx\","
									       "\"mki\":null,\"left\":0}\n" J(
										       "desync") "\"id\":1,\"label\":\"sip:7\",\"leg\":\"b\","
												 "\"ssrc\":3735928559,\"count\":50}\n" J(
													 "rules-loaded") "\"rules\":9,\"confirm\":60}\n"
															 "{\"time\":\"2001-09-09T01:46:40.000Z\",\"event\":\"rules-back\"}\n" J(
																 "address-set") "\"rules\":9,\"set\":\"peers\",\"entries\":3}\n";

	module.events = events;
	module.n_events = N_EVENTS;
	expect("-j monitor", CLI_FAILED, want);
}

static const struct {
	const char *words, *want;
} completions[] = {
	{ "complete", "-j\n-n\n-s\n-c\n-b\n-"
		      "force\nsession\nconfig\ncall\ngateway\ncertificate\n"
		      "registration\nextension\npolicy\nkeylog\nbackup\nlog\n"
		      "netns\nrules\nban\ntrust\nlimit\n"
		      "stats\nmonitor\ntop\nstatus\nversion\nhelp\n" },
	{ "complete session", "add\nset\ndel\nlist\nshow\n" },
	{ "complete -j session", "add\nset\ndel\nlist\nshow\n" },
	{ "complete -b", "<file>\n" },
	{ "complete -s", "<file>\n" },
	{ "complete -c", "" },
	{ "complete -s /nonexistent config",
	  "show\nset\ndel\ndiff\ncommit\nconfirm\nrollback\nhistory\n"
	  "discard\ntake\nload\nsave\nhelp\n" },
	{ "complete -s /nonexistent config set",
	  "log\nnetwork\nmedia\nsip\ncertificate\nguard\n"
	  "control\n" },
	{ "complete -s /nonexistent config set log level",
	  "error\nwarning\nnotice\ninfo\ndebug\n" },
	{ "complete -s /nonexistent config set log level info", "" },
	{ "complete -s /nonexistent config set sip gateway", "" },
	{ "complete -s /nonexistent config set sip gateway x tls "
	  "client-authentication",
	  "true\nfalse\n" },
	{ "complete -s /nonexistent config set sip gateway x port", "5060\n" },
	{ "complete config set nonsense", "" },
	{ "complete -s /nonexistent config show",
	  "candidate\nall\nlog\nnetwork\nmedia\nsip\ncertificate\nguard\n"
	  "control\n" },
	{ "complete -s /nonexistent config show all media",
	  "idle-timeout\nhold-timeout\nsecurity\n" },
	{ "complete config commit", "confirmed\ncomment\n" },
	{ "complete config commit confirmed", "" },
	{ "complete config commit confirmed 5", "confirmed\ncomment\n" },
	{ "complete config load", "<file>\n" },
	{ "complete config load x", "merge\n" },
	{ "complete config save", "<file>\n" },
	{ "complete config diff", "" },
	{ "complete call", "list\nshow\nhangup\n" },
	{ "complete gateway", "list\n" },
	{ "complete call show", "" },
	{ "complete certificate",
	  "list\nshow\nimport\ndelete\ncsr\nself-signed\nreload\n" },
	{ "complete certificate import", "host\nothers\n" },
	{ "complete certificate import host x", "<file>\n" },
	{ "complete certificate csr x", "cn\nname\nkey\ndays\n" },
	{ "complete -b x", "-j\n-n\n-s\n-c\n-b\n-force\n" },
	{ "complete stats", "" },
	{ "complete nonsense", "" },
	{ "complete session nonsense", "" },
	{ "complete session del", "id\nall\n" },
	{ "complete session del all", "" },
	{ "complete session del id", "7\n" },
	{ "complete session show", "id\n" },
	{ "complete session show id", "7\n" },
	{ "complete session show id 7", "" },
	{ "complete netns", "show\nset\n" },
	{ "complete netns set", "media-ports\n" },
	{ "complete netns set media-ports", "none\n" },
	{ "complete top", "-d\n-n\n" },
	{ "complete top -d", "" },
	{ "complete session add", "id\nlabel\nidle-timeout\nflags\na\nb\n" },
	{ "complete session set id", "7\n" },
	{ "complete session set id 7 flags", "none\nudptl\n" },
	{ "complete session set id 7 label", "" },
	{ "complete session set id 7 label a", "idle-timeout\nflags\na\nb\n" },
	{ "complete session set a flags",
	  "none\nrtcp-mux\nexpect-stun\nexpect-dtls\nunencrypted-srtp\n"
	  "unencrypted-srtcp\nunauthenticated-srtp\nallow-null\nresync\n" },
	{ "complete session set a latch", "strict\nport\naddress\n" },
	{ "complete session set a dscp", "keep\n" },
	{ "complete session set a keys", "<file>\n" },
	{ "complete session set a rx-key", "<file>\n" },
	{ "complete session set id 7 label x idle-timeout 5 flags none a "
	  "local 10.0.1.1:5",
	  "flags\nb\npeer\nrtcp\nlatch\ndscp\nclock-rate\nsuite\nkdr\ntx-key\n"
	  "rx-key\nkeys\n" },
	{ "complete session set id 7 label x idle-timeout 5 flags none a "
	  "local 10.0.1.1:5 peer 1:2 latch port dscp 1 clock-rate 8000 suite "
	  "none kdr 0 flags none tx-key f",
	  "b\ntx-key\nrx-key\nmki\nlifetime\nkeys\n" },
	/* Another leg, everything anew. */
	{ "complete session set id 7 label x idle-timeout 5 flags none a "
	  "local 10.0.1.1:5 peer 1:2 latch port dscp 1 clock-rate 8000 suite "
	  "none kdr 0 flags none tx-key f b",
	  "flags\nlocal\npeer\nlatch\ndscp\nclock-rate\nsuite\nkdr\ntx-key\n"
	  "rx-key\nkeys\n" },
};

static void test_complete(void **state)
{
	fill_session(&module.sessions[0]);
	for (size_t i = 0; i < sizeof(completions) / sizeof(*completions); i++)
		expect(completions[i].words, 0, completions[i].want);
	expect("complete session add a suite", 0, NULL);
	for (unsigned int i = 0; rgf_suite_name(i); i++)
		expect_line(out, rgf_suite_name(i));
	assert_int_equal(module.opens, module.closes);
	assert_int_equal(module.news + module.sets, 0);
}

/* It is for the shell. */
static void test_complete_is_hidden(void **state)
{
	expect("help", 0, NULL);
	assert_null(strstr(out, "complete"));
	expect_refused(
		"nonsense",
		"there are: session, config, call, gateway, "
		"certificate, registration, extension, policy, keylog, backup, "
		"log, netns, "
		"rules, ban, trust, limit, stats,"
		" monitor, top, status, version, help\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CLI_TEST(test_show),
		CLI_TEST(test_show_json),
		CLI_TEST(test_list),
		CLI_TEST(test_config),
		CLI_TEST(test_monitor),
		CLI_TEST(test_monitor_json),
		CLI_TEST(test_monitor_guard),
		CLI_TEST(test_complete),
		CLI_TEST(test_complete_is_hidden),
	};

	return cmocka_run_group_tests(tests, cli_group_setup,
				      cli_group_teardown);
}
