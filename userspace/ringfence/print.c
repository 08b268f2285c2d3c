// SPDX-License-Identifier: GPL-2.0-or-later
#include <arpa/inet.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "ringfence/print.h"

#define ADDR_TEXT_MAX (INET_ADDRSTRLEN + sizeof(":65535"))
#define LIST_FORMAT   "%-10s %-24s %-3s %-21s %-21s %-23s %10s %10s %10s %10s\n"

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

uint64_t drops_sum(const struct rgf_counters *c)
{
	uint64_t sum = 0;

	for (unsigned int i = 0; i < __RINGFENCE_DROP_REASON_MAX; i++)
		sum += c->drop[i];
	return sum;
}

static const char *suite_text(enum ringfence_suite suite)
{
	const char *name = rgf_suite_name(suite);

	return name ? name : "unknown";
}

/* "-" for a peer that is not set yet. */
static const char *addr_text(struct in_addr addr, uint16_t port, char *buf)
{
	char host[INET_ADDRSTRLEN];

	if (!port)
		return "-";
	inet_ntop(AF_INET, &addr, host, sizeof(host));
	snprintf(buf, ADDR_TEXT_MAX, "%s:%u", host, port);
	return buf;
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
		       addr_text(leg->local_addr, leg->local_port, local),
		       addr_text(leg->peer_addr, leg->peer_port, peer),
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

static void print_leg(const struct rgf_leg *leg, const char *name)
{
	char buf[ADDR_TEXT_MAX];

	printf("  leg %s\n", name);
	printf("    local %s rtcp %u\n",
	       addr_text(leg->local_addr, leg->local_port, buf),
	       leg->local_rtcp_port);
	if (leg->peer_port)
		printf("    peer %s rtcp %u\n",
		       addr_text(leg->peer_addr, leg->peer_port, buf),
		       leg->peer_rtcp_port);
	else
		printf("    peer -\n");
	printf("    suite %s\n", suite_text(leg->suite));
	print_counters(&leg->counters, "    ");
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

static json_t *json_addr(struct in_addr addr, uint16_t port, uint16_t rtcp)
{
	char host[INET_ADDRSTRLEN];

	if (!port)
		return json_null();
	inet_ntop(AF_INET, &addr, host, sizeof(host));
	return json_pack("{s:s, s:i, s:i}", "address", host, "port", port,
			 "rtcp_port", rtcp);
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
	json_t *j = json_pack("{s:s, s:o, s:o, s:s}", "leg", name, "local",
			      json_addr(leg->local_addr, leg->local_port,
					leg->local_rtcp_port),
			      "peer",
			      json_addr(leg->peer_addr, leg->peer_port,
					leg->peer_rtcp_port),
			      "suite", suite_text(leg->suite));

	return with_counters(j, &leg->counters);
}

json_t *json_session(const struct rgf_session *s)
{
	return json_pack("{s:I, s:o, s:I, s:I, s:I, s:[o, o]}", "id",
			 (json_int_t)s->id, "label", json_label(s->label),
			 "idle_timeout", (json_int_t)s->idle_timeout, "age",
			 (json_int_t)s->age, "idle", (json_int_t)s->idle,
			 "legs", json_leg(&s->leg[0], "a"),
			 json_leg(&s->leg[1], "b"));
}

json_t *json_stats(const struct rgf_stats *s)
{
	json_t *j = json_pack("{s:I}", "sessions", (json_int_t)s->sessions);

	return with_counters(j, &s->counters);
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
