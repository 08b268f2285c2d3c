/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The media of one call: SDP offer and answer in both directions, SDES keys,
 * ports, and the session in the media backend. Knows nothing of SIP.
 */
#ifndef MEDIA_MEDIA_H
#define MEDIA_MEDIA_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <linux/ringfence.h>

#define MEDIA_SDP_MAX \
	65535 /* bytes of an SDP body: a SIP message has no more */
#define MEDIA_SUITES_MAX 9

enum media_security {
	MEDIA_UNSECURE, /* plain RTP only */
	/* SRTP with whoever can, else RTP: opportunistic SRTP (RFC 8643). */
	MEDIA_FALLBACK,
	MEDIA_SECURE, /* SRTP only, keys by SDES; never falls back */
};

/* How one leg's network and peer want their media. */
struct media_profile {
	char name[64]; /* of the SIP gateway, for logs */
	struct in_addr local_addr; /* where our ports are */
	uint16_t port_min, port_max; /* RTP ports, even; RTCP is the next */
	enum media_security security;
	enum ringfence_suite suites[MEDIA_SUITES_MAX]; /* offered, in order */
	unsigned int n_suites;
	enum ringfence_suite accepted[MEDIA_SUITES_MAX]; /* of an offer's */
	unsigned int n_accepted; /* 0: those that are offered */
	bool new_keys; /* in each offer and answer; else those in use go on */
};

/* Answers of this module that SIP must give to the peer. */
struct media_refusal {
	int status; /* SIP status code: 488, 415, 503, … */
	char reason[160]; /* for the log and the Warning header */
};

/* Seconds without media after which a call is told so; 0: never. */
struct media_timeouts {
	uint32_t idle;
	uint32_t hold; /* while a peer doesn't want to send or to receive */
};

struct media_call;

int media_init(void); /* opens the backend; 0 or -errno */
void media_exit(void); /* leaves kernel sessions alone */

/**
 * media_call_new() - media of a new call; ports are taken, nothing programmed
 * @label: at most RINGFENCE_LABEL_MAX bytes, names the call in the kernel
 * @prof: leg 0 towards the caller, leg 1 towards the callee; copied
 * @timeouts: copied
 * @on_idle: nothing was relayed for so long
 */
int media_call_new(const char *label, const struct media_profile prof[2],
		   const struct media_timeouts *timeouts,
		   void (*on_idle)(struct media_call *mc, void *arg), void *arg,
		   struct media_call **ret);

/**
 * media_call_offer() - an SDP offer came from leg @from
 * @ret_sdp: the offer to send on the other leg; free() it
 * @why: filled when the return is negative
 *
 * The session's SRTP keys for the other leg are made here. May be called again
 * for the same unanswered offer (retransmission is the caller's business).
 */
int media_call_offer(struct media_call *mc, unsigned int from, const char *sdp,
		     size_t len, char **ret_sdp, struct media_refusal *why);

/* The same, in a change that @untold isn't told of: neither the offer nor the answer
 * has a key for him, so his goes on, whatever his profile says. */
int media_call_offer_untold(struct media_call *mc, unsigned int from,
			    unsigned int untold, const char *sdp, size_t len,
			    char **ret_sdp, struct media_refusal *why);

/**
 * media_call_answer() - the answer to that offer came from leg @from
 * @ret_sdp: the answer to give to the offerer; free() it
 *
 * Programs the session into the kernel, or refuses and programs nothing. A
 * repeated identical answer (183 then 200) returns the same SDP again.
 */
int media_call_answer(struct media_call *mc, unsigned int from, const char *sdp,
		      size_t len, char **ret_sdp, struct media_refusal *why);

uint32_t media_call_session(const struct media_call *mc); /* 0: none yet */

/* What a leg's media was, by the kernel's counters. */
struct media_leg_stats {
	enum ringfence_suite suite;
	uint64_t rx_packets, rx_bytes, tx_packets, tx_bytes;
	uint64_t rx_rtcp_packets, tx_rtcp_packets;
	uint64_t dropped; /* packets, for all reasons */
	uint64_t lost; /* of what the peer sent, by sequence numbers */
};

/* -ENOENT: there is no session; else 0 or -errno. */
int media_call_stats(const struct media_call *mc,
		     struct media_leg_stats ret[2]);

/*
 * After a restart: take over the kernel session @id (with its ports), as if
 * media_call_answer() had just made it; its time-out stays until it changes. -ENOENT when the kernel has none.
 * media_orphans() then removes each session of ours that nobody adopted: those
 * with the label prefix MEDIA_LABEL_PREFIX.
 */
#define MEDIA_LABEL_PREFIX "sip:"
int media_call_adopt(uint32_t id, const struct media_profile prof[2],
		     const struct media_timeouts *timeouts,
		     void (*on_idle)(struct media_call *mc, void *arg),
		     void *arg, struct media_call **ret);
void media_orphans(void);

/* Remove the kernel session, free the ports. NULL is fine. */
void media_call_free(struct media_call *mc);
/* The same, but the kernel session goes on, for media_call_adopt(). */
void media_call_leave(struct media_call *mc);

#endif
