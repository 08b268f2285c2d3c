// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ringfence/print.h"
#include "ringfence/top.h"

static void read_leg(const struct rgf_leg *leg, struct top_leg *ret,
		     uint32_t *ret_jitter)
{
	uint32_t idle = UINT32_MAX;

	ret->rx = leg->counters.rx_packets;
	ret->tx = leg->counters.tx_packets;
	ret->rx_bytes = leg->counters.rx_bytes;
	ret->tx_bytes = leg->counters.tx_bytes;
	ret->dropped = drops_sum(&leg->counters);
	for (unsigned int i = 0; i < leg->n_streams; i++) {
		const struct rgf_stream *st = &leg->stream[i];

		ret->received += st->packets;
		ret->lost += st->lost;
		if (st->idle < idle) {
			idle = st->idle;
			*ret_jitter = st->jitter;
		}
	}
}

int top_look_add(const struct rgf_session *s, void *arg)
{
	struct top_look *look = arg;
	struct top_session *t;

	if (look->n == look->room) {
		size_t room = look->room ? look->room * 2 : 64;

		t = reallocarray(look->session, room, sizeof(*t));
		if (!t)
			return -ENOMEM;
		look->session = t;
		look->room = room;
	}
	t = &look->session[look->n++];
	memset(t, 0, sizeof(*t));
	t->id = s->id;
	t->age = s->age;
	memcpy(t->label, s->label, sizeof(t->label));
	for (int i = 0; i < 2; i++) {
		t->suite[i] = s->leg[i].suite;
		read_leg(&s->leg[i], &t->leg[i], &t->jitter[i]);
	}
	return 0;
}

static int by_id(const void *a, const void *b)
{
	const struct top_session *x = a, *y = b;

	return (x->id > y->id) - (x->id < y->id);
}

void top_look_sort(struct top_look *look)
{
	if (look->n)
		qsort(look->session, look->n, sizeof(*look->session), by_id);
}

void top_look_free(struct top_look *look)
{
	free(look->session);
	memset(look, 0, sizeof(*look));
}

/* Counters go back when a session was made again with the id of another. */
static bool went_back(const struct top_leg *before, const struct top_leg *now)
{
	return now->rx < before->rx || now->tx < before->tx ||
	       now->rx_bytes < before->rx_bytes ||
	       now->tx_bytes < before->tx_bytes ||
	       now->dropped < before->dropped;
}

static const struct top_session *find_before(const struct top_look *before,
					     const struct top_session *now)
{
	const struct top_session *t = NULL;

	if (before->n)
		t = bsearch(now, before->session, before->n,
			    sizeof(*before->session), by_id);
	if (!t || now->age < t->age || went_back(&t->leg[0], &now->leg[0]) ||
	    went_back(&t->leg[1], &now->leg[1]))
		return NULL;
	return t;
}

static uint64_t since(uint64_t before, uint64_t now)
{
	return now > before ? now - before : 0;
}

/* Of streams, some may be forgotten, and a late packet takes back a loss. */
static void subtract(struct top_leg *leg, const struct top_leg *before)
{
	leg->rx -= before->rx;
	leg->tx -= before->tx;
	leg->rx_bytes -= before->rx_bytes;
	leg->tx_bytes -= before->tx_bytes;
	leg->dropped -= before->dropped;
	leg->received = since(before->received, leg->received);
	leg->lost = since(before->lost, leg->lost);
}

static struct top_row make_row(const struct top_look *before,
			       const struct top_session *now)
{
	const struct top_session *old = find_before(before, now);
	struct top_row row = { .session = now };

	for (int i = 0; i < 2; i++) {
		row.leg[i] = now->leg[i];
		if (old)
			subtract(&row.leg[i], &old->leg[i]);
		row.packets += row.leg[i].rx + row.leg[i].dropped;
	}
	return row;
}

/* Of those with equally many packets, the one with the lower id is first. */
size_t top_rank(const struct top_look *before, const struct top_look *now,
		struct top_row *rows, size_t max)
{
	size_t n = 0;

	for (size_t i = 0; i < now->n; i++) {
		struct top_row row = make_row(before, &now->session[i]);
		size_t at = n;

		while (at && rows[at - 1].packets < row.packets)
			at--;
		if (at == max)
			continue;
		if (n < max)
			n++;
		memmove(&rows[at + 1], &rows[at], (n - at - 1) * sizeof(*rows));
		rows[at] = row;
	}
	return n;
}

void top_counters(const struct rgf_counters *before,
		  const struct rgf_counters *now, struct rgf_counters *ret)
{
	*ret = (struct rgf_counters){
		.rx_packets = since(before->rx_packets, now->rx_packets),
		.rx_bytes = since(before->rx_bytes, now->rx_bytes),
		.tx_packets = since(before->tx_packets, now->tx_packets),
		.tx_bytes = since(before->tx_bytes, now->tx_bytes),
		.rx_rtcp_packets =
			since(before->rx_rtcp_packets, now->rx_rtcp_packets),
		.tx_rtcp_packets =
			since(before->tx_rtcp_packets, now->tx_rtcp_packets),
	};
	for (unsigned int i = 0; i < __RINGFENCE_DROP_REASON_MAX; i++)
		ret->drop[i] = since(before->drop[i], now->drop[i]);
}
