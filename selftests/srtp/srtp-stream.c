// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A long RTP stream through the gateway, with loss, reordering and duplicates,
 * judged by libsrtp2:
 *
 *   srtp-stream seal|open SUITE KEY FROM TO COUNT SEED
 *
 * FROM and TO are NETNS,ADDRESS,PORT,GATEWAY: a phone's network namespace, its
 * IPv4 address and port, and the gateway's address, at the same port. With
 * "seal" the sender protects, with "open" the receiver unprotects. Packets go
 * in batches; the next is sent when all of the last has arrived, so that
 * sockets lose nothing.
 *
 * Prints "sent N good N received N wrong N extra N missing N": good is what was
 * sent for the first time and so must arrive, extra what arrived twice, wrong
 * what libsrtp2 refused or was not as sent. Exits 0 if all were judged.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <srtp2/srtp.h>

#include "policy.h"

enum {
	HEADER = 12,
	PAYLOAD = 24, /* indices matter here, not bytes */
	LEN = HEADER + PAYLOAD,
	ROOM = LEN + SRTP_MAX_TRAILER_LEN,
	START = 100, /* sequence number; wraps come at 65436, 130972, 196508 */
	SSRC = 0x11223344,
	WINDOW = 128,
	REORDER = 100, /* packets; less than any window */
	DUPLICATE = 400, /* packets that a duplicate comes late at most */
	RING = 1024, /* more than REORDER + DUPLICATE */
	BATCH = 64,
	PATIENCE = 20000, /* ms that a packet may take */
	BLACKOUT = 60, /* packets lost before and after the second wrap */
};

struct endpoint {
	int sock;
	struct sockaddr_in gateway;
};

/* Packet @n is sent in the order of @when. */
struct event {
	uint32_t when;
	uint32_t n;
	bool good; /* the first of its number */
};

static srtp_t srtp;
static bool sealing;
static uint32_t count;
static struct event *events;
static size_t nr_events;
static bool *arrived;
static uint32_t sealed; /* packets below are in the ring */
static uint32_t ring[RING][(ROOM + 3) / 4];
static int ring_len[RING];
static uint64_t seed;
static struct {
	uint64_t good, received, wrong, extra, missing;
} tally;

/* xorshift64*; the same on every machine. */
static uint32_t draw(uint32_t below)
{
	seed ^= seed >> 12;
	seed ^= seed << 25;
	seed ^= seed >> 27;
	return (uint32_t)((seed * 0x2545f4914f6cdd1dULL) >> 33) % below;
}

static bool lost(uint32_t n)
{
	uint32_t index = START + n;

	if (index >= 2 * 65536 - BLACKOUT && index < 2 * 65536 + BLACKOUT)
		return true;
	return !draw(100);
}

static int by_time(const void *a, const void *b)
{
	const struct event *x = a, *y = b;

	if (x->when != y->when)
		return x->when < y->when ? -1 : 1;
	return x->good == y->good ? 0 : x->good ? -1 : 1;
}

static void plan(void)
{
	uint32_t n, when;

	events = calloc((size_t)count * 2, sizeof(*events));
	arrived = calloc(count, sizeof(*arrived));
	if (!events || !arrived)
		policy_fail("calloc", strerror(errno));
	for (n = 0; n < count; n++) {
		if (lost(n))
			continue;
		/* Of every ten packets, three are late. */
		when = n + (draw(10) < 3 ? draw(REORDER) : 0);
		events[nr_events++] = (struct event){ when, n, true };
		if (draw(20))
			continue;
		when += 1 + draw(DUPLICATE);
		events[nr_events++] = (struct event){ when, n, false };
	}
	qsort(events, nr_events, sizeof(*events), by_time);
}

static void put16(uint8_t *at, uint32_t value)
{
	at[0] = (uint8_t)(value >> 8);
	at[1] = (uint8_t)value;
}

static void put32(uint8_t *at, uint32_t value)
{
	put16(at, value >> 16);
	put16(at + 2, value);
}

static void make(uint32_t n, uint8_t *packet)
{
	int i;

	packet[0] = 0x80;
	packet[1] = 0;
	put16(packet + 2, START + n);
	put32(packet + 4, 160 * n);
	put32(packet + 8, SSRC);
	put32(packet + HEADER, n);
	for (i = 4; i < PAYLOAD; i++)
		packet[HEADER + i] = (uint8_t)((uint32_t)i * 7 + n);
}

/* In the order of their numbers, as a phone does. */
static void seal_up_to(uint32_t n)
{
	for (; sealed <= n; sealed++) {
		uint32_t *packet = ring[sealed % RING];

		ring_len[sealed % RING] = LEN;
		make(sealed, (uint8_t *)packet);
		if (sealing &&
		    srtp_protect(srtp, packet, &ring_len[sealed % RING]))
			policy_fail("srtp_protect", "refused");
	}
}

static void judge(uint32_t *packet, int len)
{
	uint8_t want[LEN], *data = (uint8_t *)packet;
	uint32_t n;

	tally.received++;
	if (!sealing && (len > ROOM - SRTP_MAX_TRAILER_LEN + 16 ||
			 srtp_unprotect(srtp, packet, &len))) {
		tally.wrong++;
		return;
	}
	n = (uint32_t)data[HEADER] << 24 | (uint32_t)data[HEADER + 1] << 16 |
	    (uint32_t)data[HEADER + 2] << 8 | data[HEADER + 3];
	if (len != LEN || n >= count) {
		tally.wrong++;
		return;
	}
	make(n, want);
	if (memcmp(want, data, LEN) != 0)
		tally.wrong++;
	else if (arrived[n])
		tally.extra++;
	else
		arrived[n] = true;
}

/* False when none comes within @timeout. */
static bool receive(int sock, int timeout)
{
	struct pollfd fd = { .fd = sock, .events = POLLIN };
	uint32_t packet[ROOM / 4 + 64];
	ssize_t len;

	if (poll(&fd, 1, timeout) != 1)
		return false;
	len = recv(sock, packet, sizeof(packet), 0);
	if (len < 0)
		policy_fail("recv", strerror(errno));
	if (len > HEADER + 4)
		judge(packet, (int)len);
	else
		tally.wrong++;
	return true;
}

/* Sends events from @first on; returns the one after the batch. */
static size_t batch(const struct endpoint *from, const struct endpoint *to,
		    size_t first)
{
	size_t end = first + BATCH < nr_events ? first + BATCH : nr_events, i;
	uint64_t want = tally.received;

	for (i = first; i < end; i++) {
		const struct event *e = &events[i];

		seal_up_to(e->n);
		if (sendto(from->sock, ring[e->n % RING],
			   (size_t)ring_len[e->n % RING], 0,
			   (const struct sockaddr *)&from->gateway,
			   sizeof(from->gateway)) < 0)
			policy_fail("sendto", strerror(errno));
		want += e->good;
		tally.good += e->good;
	}
	while (tally.received < want && receive(to->sock, PATIENCE))
		;
	return end;
}

/* @text: NETNS,ADDRESS,PORT,GATEWAY */
static struct endpoint endpoint(char *text)
{
	struct endpoint e = { .gateway.sin_family = AF_INET };
	struct sockaddr_in own = { .sin_family = AF_INET };
	const char *ns = strtok(text, ","), *address = strtok(NULL, ",");
	const char *port = strtok(NULL, ","), *gateway = strtok(NULL, ",");
	int size = 1 << 22, fd;
	char path[64];

	if (!gateway)
		policy_fail("bad endpoint", text);
	(void)snprintf(path, sizeof(path), "/run/netns/%s", ns);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || setns(fd, CLONE_NEWNET))
		policy_fail(path, strerror(errno));
	close(fd);
	own.sin_port = htons((uint16_t)strtoul(port, NULL, 10));
	e.gateway.sin_port = own.sin_port;
	e.sock = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (e.sock < 0 || inet_pton(AF_INET, address, &own.sin_addr) != 1 ||
	    inet_pton(AF_INET, gateway, &e.gateway.sin_addr) != 1 ||
	    setsockopt(e.sock, SOL_SOCKET, SO_RCVBUFFORCE, &size,
		       sizeof(size)) ||
	    bind(e.sock, (const struct sockaddr *)&own, sizeof(own)))
		policy_fail("socket", strerror(errno));
	return e;
}

static void set_up(const char *suite, const char *key)
{
	srtp_policy_t policy = { .window_size = WINDOW };
	uint8_t master[SRTP_MAX_KEY_LEN];

	if (policy_hex(key, master, sizeof(master)) !=
	    policy_suite(&policy, suite))
		policy_fail("bad key length", suite);
	policy.key = master;
	policy.ssrc.type = sealing ? ssrc_any_outbound : ssrc_any_inbound;
	if (srtp_init() || srtp_create(&srtp, &policy))
		policy_fail("srtp_create", suite);
}

int main(int argc, char **argv)
{
	struct endpoint from, to;
	uint32_t n;
	size_t i;

	if (argc != 8)
		policy_fail("usage: seal|open SUITE KEY FROM TO COUNT SEED",
			    "");
	sealing = !strcmp(argv[1], "seal");
	set_up(argv[2], argv[3]);
	from = endpoint(argv[4]);
	to = endpoint(argv[5]);
	count = (uint32_t)strtoul(argv[6], NULL, 10);
	seed = strtoull(argv[7], NULL, 10) * 2 + 1;
	plan();
	for (i = 0; i < nr_events;)
		i = batch(&from, &to, i);
	while (receive(to.sock, 500)) /* what should not come */
		;
	for (i = 0; i < nr_events; i++)
		tally.missing += events[i].good && !arrived[events[i].n];
	printf("sent %zu good %" PRIu64 " received %" PRIu64 " wrong %" PRIu64
	       " extra %" PRIu64 " missing %" PRIu64 "\n",
	       nr_events, tally.good, tally.received, tally.wrong, tally.extra,
	       tally.missing);
	n = tally.received ? 0 : 1;
	free(events);
	free(arrived);
	return (int)n;
}
