/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A call through the gateway: a back-to-back user agent with two legs, leg 0
 * towards the caller, leg 1 towards the callee.
 */
#ifndef SIP_CALL_H
#define SIP_CALL_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>
#include <time.h>

#include "media/media.h"
#include "sip/dialog.h"
#include "sip/gateway.h"
#include "sip/txn.h"

enum call_state {
	/* The caller's INVITE was accepted for routing; 100 is sent. */
	CALL_NEW,
	/* INVITE is sent to the callee, no more than 100 came back. */
	CALL_CALLING,
	/* A provisional answer of the callee was relayed. */
	CALL_RINGING,
	/* The callee's 2xx is acknowledged at once (its ACK carries nothing
	 * that we wait for), ours to the caller is repeated until its ACK. */
	CALL_ANSWERED,
	/* The caller's ACK came; media flows without us. */
	CALL_ESTABLISHED,
	/* The caller has its final answer. The callee gets CANCEL as soon as
	 * it has answered provisionally; a late 2xx of it gets ACK and BYE. */
	CALL_CANCELLING,
	/* BYE is sent, or will be, on the legs that have not ended. */
	CALL_ENDING,
	/* Nothing left to do; freed from the loop. */
	CALL_DEAD,
};

enum leg_end {
	LEG_ALIVE, /* or never came to life */
	LEG_BYE_DUE, /* BYE once the caller's ACK came, or was given up (15) */
	LEG_BYE_SENT,
	LEG_ENDED,
};

struct leg {
	struct call *call;
	struct gateway *gw;
	struct sip_path path; /* where its last message came from */
	struct dialog dialog;
	struct txn *txn; /* its INVITE, later its BYE; NULL when that is gone */
	uint32_t invite_cseq;
	char *invite_branch; /* leg 0: tells a repeated INVITE from a merged */
	enum leg_end end;
	bool by_tag, by_origin; /* is in that index */
};

struct call {
	TAILQ_ENTRY(call) entry;
	uint32_t number; /* for logs; labels the session: "sip:12" */
	enum call_state state;
	struct leg leg[2];
	struct media_call *media;
	struct event *timer; /* see call.c */
	unsigned int resend_ms; /* of the 2xx to the caller */
	unsigned int resent_ms; /* since its first sending */
	osip_message_t *ok; /* that 2xx */
	osip_message_t *ack; /* to the callee's 2xx */
	char *answer; /* SDP that the caller got, or gets */
	char *early_tag; /* of the callee's provisional answer with SDP */
	bool provisional; /* the callee has answered something */
	bool cancel_sent;
	bool acked; /* by the caller */
	time_t since; /* answered at, CLOCK_REALTIME; 0: not yet */
};

int calls_init(void); /* 0 or -errno */
/* Established calls stay in the kernel and in the store; others are ended. */
void calls_exit(void);

bool calls_full(void);
struct leg *leg_by_tag(const char *local_tag);
/* The caller's leg that an INVITE without To tag belongs to. */
struct leg *leg_by_origin(const struct gateway *gw, const osip_message_t *req);

/* A new call in CALL_NEW, leg 0 of which is @gw's; NULL: no memory, or full. */
struct call *call_new(struct gateway *from, struct gateway *to);
/* As call_new(), with a number of before a restart. */
struct call *call_new_numbered(struct gateway *from, struct gateway *to,
			       uint32_t number);
int leg_index(struct leg *leg); /* once its dialog is there */
void call_media_idle(struct media_call *mc, void *arg); /* for media_call_new */

/* The one that changes the state, and does what belongs to it. */
void call_set_state(struct call *c, enum call_state state);

/* Events. */
void call_cancelled(struct call *c); /* by the caller */
void call_acked(struct call *c, const osip_message_t *ack);
void call_bye(struct leg *leg); /* its peer said BYE, and has its answer */
/* Give the caller a final answer, and end what the callee has of the call. */
void call_refuse(struct call *c, int status, const char *why);
/* End it on all legs that live. */
void call_hang_up(struct call *c, const char *why);

/* The callee answers provisionally; true when that matters to the caller. */
bool call_provisional(struct call *c);
/* In CALL_CANCELLING the callee's INVITE is over, in whichever way. */
void call_late_answer(struct call *c);

/* The callee's answer (invite.c). */
void call_answer(struct call *c, const osip_message_t *resp);
int call_resend_ok(struct call *c); /* the caller repeats its INVITE */
void leg_ack(struct leg *leg); /* the callee repeats its 2xx */
void leg_refuse_fork(struct leg *leg, const osip_message_t *resp);

/* Where requests on this leg go; the connection that was heard from last. */
void leg_path(const struct leg *leg, struct sip_path *path);

/* Restore the calls of before a restart (adopt.c). */
void calls_adopt(const struct sip_config *cfg);

#endif
