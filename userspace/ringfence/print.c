// SPDX-License-Identifier: GPL-2.0-or-later
#include <arpa/inet.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "ringfence/cli.h"
#include "ringfence/print.h"

#define LIST_FORMAT "%-10s %-24s %-3s %-21s %-21s %-23s %10s %10s %10s %10s\n"

const char *label_text(const char *label, char *buf)
{
	char *p = buf;

	if (!*label)
		return "-";
	for (; *label; label++) {
		unsigned char c = (unsigned char)*label;

		if (c > ' ' && c < 0x7f && c != '\\')
			*p++ = (char)c;
		else
			p += sprintf(p, "\\x%02x", c);
	}
	*p = 0;
	return buf;
}

const char *time_text(char *buf)
{
	struct timespec ts;
	struct tm tm;
	size_t n;

	clock_gettime(CLOCK_REALTIME, &ts);
	gmtime_r(&ts.tv_sec, &tm);
	n = strftime(buf, TIME_TEXT_MAX, "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(buf + n, TIME_TEXT_MAX - n, ".%03ldZ", ts.tv_nsec / 1000000);
	return buf;
}

uint64_t drops_sum(const struct rgf_counters *c)
{
	uint64_t sum = 0;

	for (unsigned int i = 0; i < __RINGFENCE_DROP_REASON_MAX; i++)
		sum += c->drop[i];
	return sum;
}

const char *suite_text(enum ringfence_suite suite)
{
	const char *name = rgf_suite_name(suite);

	return name ? name : "unknown";
}

static void host_text(const struct rgf_addr *addr, char host[INET6_ADDRSTRLEN])
{
	struct in_addr v4 = rgf_addr_to_v4(addr);

	if (rgf_addr_is_v4(addr))
		inet_ntop(AF_INET, &v4, host, INET6_ADDRSTRLEN);
	else
		inet_ntop(AF_INET6, &addr->in6, host, INET6_ADDRSTRLEN);
}

const char *addr_text(const struct rgf_addr *addr, uint16_t port, char *buf)
{
	char host[INET6_ADDRSTRLEN];

	if (!port)
		return "-";
	host_text(addr, host);
	snprintf(buf, ADDR_TEXT_MAX, rgf_addr_is_v4(addr) ? "%s:%u" : "[%s]:%u",
		 host, port);
	return buf;
}

const char *mki_text(const uint8_t *mki, uint8_t len, char *buf)
{
	if (!len)
		return "-";
	for (uint8_t i = 0; i < len; i++)
		sprintf(buf + 2 * i, "%02x", mki[i]);
	return buf;
}

double percent(uint64_t part, uint64_t rest)
{
	double all = (double)part + (double)rest;

	return all > 0 ? 100 * (double)part / all : 0;
}

void print_list_head(void)
{
	printf(LIST_FORMAT, "ID", "LABEL", "LEG", "LOCAL", "PEER", "SUITE",
	       "RX", "TX", "DROPPED", "AGE");
}

void print_list_session(const struct rgf_session *s)
{
	char label[LABEL_TEXT_MAX], local[ADDR_TEXT_MAX], peer[ADDR_TEXT_MAX];
	char id[16], rx[24], tx[24], drop[24], age[16];

	snprintf(id, sizeof(id), "%u", s->id);
	snprintf(age, sizeof(age), "%u", s->age);
	for (int i = 0; i < 2; i++) {
		const struct rgf_leg *leg = &s->leg[i];

		snprintf(rx, sizeof(rx), "%" PRIu64, leg->counters.rx_packets);
		snprintf(tx, sizeof(tx), "%" PRIu64, leg->counters.tx_packets);
		snprintf(drop, sizeof(drop), "%" PRIu64,
			 drops_sum(&leg->counters));
		printf(LIST_FORMAT, id, label_text(s->label, label),
		       i ? "b" : "a",
		       addr_text(&leg->local_addr, leg->local_port, local),
		       addr_text(&leg->peer_addr, leg->peer_port, peer),
		       suite_text(leg->suite), rx, tx, drop, age);
	}
}

void print_counters(const struct rgf_counters *c, const char *indent)
{
	printf("%sreceived %" PRIu64 " packets (%" PRIu64 " RTCP), %" PRIu64
	       " bytes\n",
	       indent, c->rx_packets, c->rx_rtcp_packets, c->rx_bytes);
	printf("%ssent %" PRIu64 " packets (%" PRIu64 " RTCP), %" PRIu64
	       " bytes\n",
	       indent, c->tx_packets, c->tx_rtcp_packets, c->tx_bytes);
	printf("%sdropped %" PRIu64 " packets\n", indent, drops_sum(c));
	for (unsigned int i = 0; i < __RINGFENCE_DROP_REASON_MAX; i++)
		printf("%s  %s %" PRIu64 "\n", indent, rgf_drop_name(i),
		       c->drop[i]);
}

/* Bits without a name are of a newer module. */
static void print_flags(uint32_t flags, flag_name *name)
{
	const char *sep = " ";

	printf("flags");
	if (!flags)
		printf(" none");
	for (unsigned int bit = 0; flags; bit++, flags >>= 1) {
		if (!(flags & 1))
			continue;
		if (name(bit))
			printf("%s%s", sep, name(bit));
		else
			printf("%s0x%x", sep, 1U << bit);
		sep = ",";
	}
	putchar('\n');
}

/* As a user would write it. */
static void print_lifetime(uint64_t n)
{
	if (!n)
		printf("default");
	else if (n & (n - 1))
		printf("%" PRIu64, n);
	else
		printf("2^%d", __builtin_ctzll(n));
}

static void print_keys(const struct rgf_keys *keys, const char *name)
{
	char mki[MKI_TEXT_MAX];

	for (unsigned int i = 0; i < keys->n; i++) {
		const struct rgf_master_key *mk = &keys->key[i];

		printf("    %s mki %s lifetime ", name,
		       mki_text(mk->mki, mk->mki_len, mki));
		print_lifetime(mk->lifetime);
		printf(" packets %" PRIu64 "\n", mk->packets);
	}
}

static void print_streams(const struct rgf_leg *leg)
{
	if (!leg->n_streams) {
		printf("    streams none\n");
		return;
	}
	printf("    streams\n      %-10s %12s %14s %10s %6s %9s %5s %5s %9s\n",
	       "SSRC", "PACKETS", "OCTETS", "LOST", "LOST%", "JITTER-MS", "SEQ",
	       "ROC", "IDLE-S");
	for (unsigned int i = 0; i < leg->n_streams; i++) {
		const struct rgf_stream *st = &leg->stream[i];

		printf("      0x%08x %12" PRIu64 " %14" PRIu64
		       " %10u %6.2f %9.3f %5u %5u %9.3f\n",
		       st->ssrc, st->packets, st->bytes, st->lost,
		       percent(st->lost, st->packets), st->jitter / 1000.0,
		       st->sequence & 0xffff, st->sequence >> 16,
		       st->idle / 1000.0);
	}
}

/* With rtcp-mux there is no port for RTCP. */
static void print_end(const char *name, const struct rgf_addr *addr,
		      uint16_t port, uint16_t rtcp)
{
	char buf[ADDR_TEXT_MAX];

	printf("    %s %s", name, addr_text(addr, port, buf));
	if (port && rtcp)
		printf(" rtcp %u", rtcp);
	putchar('\n');
}

static void print_addresses(const struct rgf_leg *leg)
{
	char buf[ADDR_TEXT_MAX], rtcp[ADDR_TEXT_MAX];

	print_end("local", &leg->local_addr, leg->local_port,
		  leg->local_rtcp_port);
	print_end("peer", &leg->peer_addr, leg->peer_port, leg->peer_rtcp_port);
	printf("    learnt rtp %s rtcp %s\n",
	       addr_text(&leg->rtp_source.addr, leg->rtp_source.port, buf),
	       addr_text(&leg->rtcp_source.addr, leg->rtcp_source.port, rtcp));
}

static void print_leg(const struct rgf_leg *leg, const char *name)
{
	const char *latch = rgf_latch_name(leg->latch);

	printf("  leg %s\n", name);
	print_addresses(leg);
	printf("    ");
	print_flags(leg->flags, rgf_leg_flag_name);
	printf("    latch %s\n", latch ? latch : "unknown");
	if (leg->dscp == RINGFENCE_DSCP_KEEP)
		printf("    dscp " DSCP_KEEP_WORD "\n");
	else
		printf("    dscp %u\n", leg->dscp);
	printf("    clock-rate %u\n", leg->clock_rate);
	printf("    suite %s\n", suite_text(leg->suite));
	if (leg->suite != RINGFENCE_SUITE_NONE)
		printf("    kdr %u\n", leg->kdr);
	print_keys(&leg->tx, "tx-key");
	print_keys(&leg->rx, "rx-key");
	print_counters(&leg->counters, "    ");
	print_streams(leg);
}

void print_session(const struct rgf_session *s)
{
	char label[LABEL_TEXT_MAX];

	printf("session %u\n", s->id);
	printf("  label %s\n", label_text(s->label, label));
	if (s->idle_timeout)
		printf("  idle-timeout %u seconds\n", s->idle_timeout);
	else
		printf("  idle-timeout never\n");
	printf("  ");
	print_flags(s->flags, rgf_session_flag_name);
	printf("  age %u seconds, idle %u seconds\n", s->age, s->idle);
	print_leg(&s->leg[0], "a");
	print_leg(&s->leg[1], "b");
}

json_t *json_label(const char *label)
{
	char buf[LABEL_TEXT_MAX];
	json_t *j = json_string(label);

	return j ? j : json_string(label_text(label, buf)); /* not UTF-8 */
}

static json_t *json_count(uint64_t n)
{
	return json_integer((json_int_t)n);
}

json_t *json_mki(const uint8_t *mki, uint8_t len)
{
	char buf[MKI_TEXT_MAX];

	return len ? json_string(mki_text(mki, len, buf)) : json_null();
}

static json_t *json_addr(const struct rgf_addr *addr, uint16_t port,
			 uint16_t rtcp)
{
	char host[INET6_ADDRSTRLEN];

	if (!port)
		return json_null();
	host_text(addr, host);
	return json_pack("{s:s, s:i, s:o}", "address", host, "port", port,
			 "rtcp_port", rtcp ? json_integer(rtcp) : json_null());
}

static json_t *json_source(const struct rgf_transport *t)
{
	char host[INET6_ADDRSTRLEN];

	if (!t->port)
		return json_null();
	host_text(&t->addr, host);
	return json_pack("{s:s, s:i}", "address", host, "port", t->port);
}

static json_t *json_flags(uint32_t flags, flag_name *name)
{
	json_t *list = json_array();

	for (unsigned int bit = 0; flags; bit++, flags >>= 1) {
		if (!(flags & 1))
			continue;
		json_array_append_new(
			list, name(bit) ? json_string(name(bit))
					: json_sprintf("0x%x", 1U << bit));
	}
	return list;
}

static json_t *json_keys(const struct rgf_keys *keys)
{
	json_t *list = json_array();

	for (unsigned int i = 0; i < keys->n; i++) {
		const struct rgf_master_key *mk = &keys->key[i];

		json_array_append_new(
			list,
			json_pack("{s:o, s:o, s:o}", "mki",
				  json_mki(mk->mki, mk->mki_len), "lifetime",
				  mk->lifetime ? json_count(mk->lifetime)
					       : json_null(),
				  "packets", json_count(mk->packets)));
	}
	return list;
}

static json_t *json_streams(const struct rgf_leg *leg)
{
	json_t *list = json_array();

	for (unsigned int i = 0; i < leg->n_streams; i++) {
		const struct rgf_stream *st = &leg->stream[i];

		json_array_append_new(
			list,
			json_pack("{s:I, s:o, s:o, s:I, s:f, s:f, s:i, s:i, "
				  "s:I}",
				  "ssrc", (json_int_t)st->ssrc, "packets",
				  json_count(st->packets), "octets",
				  json_count(st->bytes), "lost",
				  (json_int_t)st->lost, "lost_percent",
				  percent(st->lost, st->packets), "jitter_ms",
				  st->jitter / 1000.0, "sequence",
				  (int)(st->sequence & 0xffff), "roc",
				  (int)(st->sequence >> 16), "idle_ms",
				  (json_int_t)st->idle));
	}
	return list;
}

/* Add the counters to the object @j; -1 without memory. */
static int add_counters(json_t *j, const struct rgf_counters *c)
{
	json_t *drops = json_object();
	int r = 0;

	for (unsigned int i = 0; i < __RINGFENCE_DROP_REASON_MAX; i++)
		r |= json_object_set_new(drops, rgf_drop_name(i),
					 json_count(c->drop[i]));
	r |= json_object_set_new(j, "rx_packets", json_count(c->rx_packets));
	r |= json_object_set_new(j, "rx_bytes", json_count(c->rx_bytes));
	r |= json_object_set_new(j, "rx_rtcp_packets",
				 json_count(c->rx_rtcp_packets));
	r |= json_object_set_new(j, "tx_packets", json_count(c->tx_packets));
	r |= json_object_set_new(j, "tx_bytes", json_count(c->tx_bytes));
	r |= json_object_set_new(j, "tx_rtcp_packets",
				 json_count(c->tx_rtcp_packets));
	r |= json_object_set_new(j, "dropped", json_count(drops_sum(c)));
	r |= json_object_set_new(j, "drops", drops);
	return r;
}

static json_t *with_counters(json_t *j, const struct rgf_counters *c)
{
	if (j && add_counters(j, c)) {
		json_decref(j);
		return NULL;
	}
	return j;
}

static json_t *json_leg(const struct rgf_leg *leg, const char *name)
{
	const char *latch = rgf_latch_name(leg->latch);
	json_t *j = json_pack(
		"{s:s, s:o, s:o, s:o, s:o, s:o, s:s, s:o, s:i, s:s, s:i, s:o, "
		"s:o, s:o}",
		"leg", name, "local",
		json_addr(&leg->local_addr, leg->local_port,
			  leg->local_rtcp_port),
		"peer",
		json_addr(&leg->peer_addr, leg->peer_port, leg->peer_rtcp_port),
		"learnt_rtp", json_source(&leg->rtp_source), "learnt_rtcp",
		json_source(&leg->rtcp_source), "flags",
		json_flags(leg->flags, rgf_leg_flag_name), "latch",
		latch ? latch : "unknown", "dscp",
		leg->dscp == RINGFENCE_DSCP_KEEP ? json_null()
						 : json_integer(leg->dscp),
		"clock_rate", (int)leg->clock_rate, "suite",
		suite_text(leg->suite), "kdr", leg->kdr, "tx_keys",
		json_keys(&leg->tx), "rx_keys", json_keys(&leg->rx), "streams",
		json_streams(leg));

	return with_counters(j, &leg->counters);
}

json_t *json_session(const struct rgf_session *s)
{
	return json_pack("{s:I, s:o, s:I, s:o, s:I, s:I, s:[o, o]}", "id",
			 (json_int_t)s->id, "label", json_label(s->label),
			 "idle_timeout", (json_int_t)s->idle_timeout, "flags",
			 json_flags(s->flags, rgf_session_flag_name), "age",
			 (json_int_t)s->age, "idle", (json_int_t)s->idle,
			 "legs", json_leg(&s->leg[0], "a"),
			 json_leg(&s->leg[1], "b"));
}

json_t *json_stats(const struct rgf_stats *s)
{
	json_t *j = json_pack("{s:I}", "sessions", (json_int_t)s->sessions);

	return with_counters(j, &s->counters);
}

const char *text_of(const json_t *j, const char *name)
{
	const char *text = json_string_value(json_object_get(j, name));

	return text && *text ? text : "-";
}

json_int_t number_of(const json_t *j, const char *name)
{
	return json_integer_value(json_object_get(j, name));
}

void write_json(json_t *j)
{
	/* What could not be written shows in ferror(stdout) at the end. */
	if (!j || json_dumpf(j, stdout, JSON_COMPACT))
		fputs("null", stdout);
	json_decref(j);
}

void print_json(json_t *j)
{
	write_json(j);
	putchar('\n');
}
