/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared by media.c and negotiate.c: the media of one call. */
#ifndef MEDIA_CALL_H
#define MEDIA_CALL_H

#include "media/backend.h"
#include "media/media.h"
#include "media/ports.h"
#include "media/sdes.h"
#include "media/sdp.h"

/* What was agreed with one leg's peer. */
struct side {
	struct sdp_peer peer;
	enum ringfence_suite suite;
	struct rgf_key tx_key, rx_key; /* of suite; empty if there is none */
};

/* A body we were given and what we said to it, for when it comes again. */
struct exchange {
	char *in, *out;
	size_t in_len;
};

/* The current offer. Kept after its answer, which may come again. */
struct offer {
	bool valid;
	unsigned int from; /* leg of the offerer */
	struct sdp_shape shape;
	struct exchange offered, answered;
	uint32_t tag; /* of the offerer's a=crypto that we took */
	struct side side; /* the offerer's */
	unsigned int n_lines; /* the a=crypto of our offer to the other leg */
	struct sdes lines[MEDIA_SUITES_MAX];
};

struct leg {
	struct media_profile prof;
	struct port_pair ports;
	uint64_t sdp_id, sdp_version; /* of our SDP's o= line */
	enum ringfence_suite suite; /* in use; with the key that we send by */
	struct rgf_key tx_key;
};

struct media_call {
	char label[RINGFENCE_LABEL_MAX + 1];
	uint32_t id; /* of the backend's session; 0: none */
	struct media_timeouts timeouts;
	uint32_t idle_timeout; /* which the session has */
	struct leg leg[2];
	struct offer offer;
	void (*on_idle)(struct media_call *mc, void *arg);
	void *arg;
};

/* negotiate.c; both fill @why when they fail */
int negotiate_offer(struct media_call *mc, unsigned int from, const char *body,
		    size_t len, char **ret_sdp, struct media_refusal *why);

/* @ret_side: of the answerer; its keys must be wiped by the caller */
int negotiate_answer(struct media_call *mc, const char *body, size_t len,
		     struct side *ret_side, char **ret_sdp,
		     struct media_refusal *why);
void offer_clear(struct offer *o); /* wipes */

bool exchange_is(const struct exchange *e, const char *body, size_t len);
/* Remember; @out is copied too. 0 or -ENOMEM. */
int exchange_set(struct exchange *e, const char *body, size_t len,
		 const char *out);
void exchange_clear(struct exchange *e); /* wipes */

#endif
