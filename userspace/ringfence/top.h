/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What happened between two looks at the module, for top. Of each session no
 * more is kept than is shown, and of at most RINGFENCE_MAX_SESSIONS of them.
 */
#ifndef RINGFENCE_TOP_H
#define RINGFENCE_TOP_H

#include "lib/ringfence.h"

struct top_leg {
	uint64_t rx, tx; /* packets */
	uint64_t rx_bytes, tx_bytes;
	uint64_t dropped;
	uint64_t received, lost; /* RTP, over all streams */
};

struct top_session {
	uint32_t id;
	char label[RINGFENCE_LABEL_MAX + 1];
	enum ringfence_suite suite[2];
	uint32_t jitter[2]; /* microseconds, of the stream heard last */
	uint32_t age; /* seconds */
	struct top_leg leg[2];
};

/* One look. */
struct top_look {
	struct top_session *session; /* by id */
	size_t n, room;
	bool partial; /* some may be missing, or gone */
	double when; /* seconds, of any clock */
	struct rgf_stats stats;
};

struct top_row {
	const struct top_session *session;
	struct top_leg leg[2]; /* since the look before */
	uint64_t packets; /* that came in, dropped ones too */
};

/* For rgf_session_dump(), @arg is the look; then top_look_sort(). */
int top_look_add(const struct rgf_session *s, void *arg);
void top_look_sort(struct top_look *look);
void top_look_free(struct top_look *look);

/**
 * top_rank() - the busiest sessions of @now, busiest first
 * @before: a session that is not in it has counted from 0
 * @rows: room for @max
 *
 * Return: how many there are
 */
size_t top_rank(const struct top_look *before, const struct top_look *now,
		struct top_row *rows, size_t max);

/* @now less @before; 0 where that would be negative. */
void top_counters(const struct rgf_counters *before,
		  const struct rgf_counters *now, struct rgf_counters *ret);

#endif
