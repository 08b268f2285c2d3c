// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * libosip2 looks for what is due in all transactions, at each event; their cost
 * would grow with their number. Here each is looked at alone.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "sip/heap.h"
#include "sip/txn-timer.h"

/* A transaction is ended before it is sent again. */
static const struct {
	osip_fsm_type_t of;
	state_t state[2]; /* in which it runs */
	type_t type;
	size_t due; /* where that is in the context */
} timers[] = {
	{ ICT,
	  { ICT_CALLING, ICT_CALLING },
	  TIMEOUT_B,
	  offsetof(osip_ict_t, timer_b_start) },
	{ ICT,
	  { ICT_CALLING, ICT_CALLING },
	  TIMEOUT_A,
	  offsetof(osip_ict_t, timer_a_start) },
	{ ICT,
	  { ICT_COMPLETED, ICT_COMPLETED },
	  TIMEOUT_D,
	  offsetof(osip_ict_t, timer_d_start) },
	{ IST,
	  { IST_CONFIRMED, IST_CONFIRMED },
	  TIMEOUT_I,
	  offsetof(osip_ist_t, timer_i_start) },
	{ IST,
	  { IST_COMPLETED, IST_COMPLETED },
	  TIMEOUT_H,
	  offsetof(osip_ist_t, timer_h_start) },
	{ IST,
	  { IST_COMPLETED, IST_COMPLETED },
	  TIMEOUT_G,
	  offsetof(osip_ist_t, timer_g_start) },
	{ NICT,
	  { NICT_COMPLETED, NICT_COMPLETED },
	  TIMEOUT_K,
	  offsetof(osip_nict_t, timer_k_start) },
	{ NICT,
	  { NICT_TRYING, NICT_PROCEEDING },
	  TIMEOUT_F,
	  offsetof(osip_nict_t, timer_f_start) },
	{ NICT,
	  { NICT_TRYING, NICT_PROCEEDING },
	  TIMEOUT_E,
	  offsetof(osip_nict_t, timer_e_start) },
	{ NIST,
	  { NIST_COMPLETED, NIST_COMPLETED },
	  TIMEOUT_J,
	  offsetof(osip_nist_t, timer_j_start) },
};

static const void *context(const osip_transaction_t *tr)
{
	switch (tr->ctx_type) {
	case ICT:
		return tr->ict_context;
	case IST:
		return tr->ist_context;
	case NICT:
		return tr->nict_context;
	default:
		return tr->nist_context;
	}
}

/* When timer @i is due, NULL if it doesn't run. */
static const struct timeval *due(const osip_transaction_t *tr, size_t i)
{
	const struct timeval *at;

	if (timers[i].of != tr->ctx_type || (timers[i].state[0] != tr->state &&
					     timers[i].state[1] != tr->state))
		return NULL;
	at = (const void *)((const char *)context(tr) + timers[i].due);
	return at->tv_sec == -1 ? NULL : at;
}

/* Microseconds; less than 0: it is past. */
static int64_t until(const struct timeval *at)
{
	struct timeval now;

	osip_gettimeofday(&now, NULL);
	return (at->tv_sec - now.tv_sec) * INT64_C(1000000) +
	       (at->tv_usec - now.tv_usec);
}

bool txn_timer_next(const osip_transaction_t *tr, struct timeval *left)
{
	int64_t first = INT64_MAX;

	for (size_t i = 0; i < sizeof(timers) / sizeof(timers[0]); i++) {
		const struct timeval *at = due(tr, i);

		int64_t left_us = at ? until(at) : INT64_MAX;

		if (left_us < first)
			first = left_us;
	}
	if (first == INT64_MAX)
		return false;
	if (first < 0)
		first = 0;
	left->tv_sec = first / 1000000;
	left->tv_usec = first % 1000000;
	return true;
}

osip_event_t *txn_timer_event(const osip_transaction_t *tr)
{
	for (size_t i = 0; i < sizeof(timers) / sizeof(timers[0]); i++) {
		const struct timeval *at = due(tr, i);
		osip_event_t *ev;

		if (!at || until(at) > 0)
			continue;
		ev = heap_zalloc(sizeof(*ev));
		if (!ev)
			return NULL;
		ev->type = timers[i].type;
		ev->transactionid = tr->transactionid;
		return ev;
	}
	return NULL;
}
