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
#include "sip/change.h"
#include "sip/info.h"
#include "sip/leg.h"
#include "sip/limits.h"
#include "sip/prack.h"
#include "sip/refer.h"
#include "sip/takeover.h"
#include "sip/target.h"

enum call_state {
	/* The caller's INVITE was accepted for routing; 100 is sent. */
	CALL_NEW,
	/* INVITE is sent to the callee, no more than 100 came back. */
	CALL_CALLING,
	/* A provisional answer of the callee was relayed. */
	CALL_RINGING,
	/* The callee's 2xx is acknowledged at once, unless its ACK needs the
	 * caller's (late); ours to the caller is repeated until its ACK. */
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

struct call {
	TAILQ_ENTRY(call) entry;
	uint32_t number; /* for logs; labels the session: "sip:12" */
	unsigned int slot; /* of its record in the store; 0: it has none */
	enum call_state state;
	struct leg leg[2];
	struct media_call *media;
	struct change change; /* in CALL_ESTABLISHED */
	struct infos infos; /* likewise */
	struct takeover *takeover; /* of it by somebody, or to it; NULL: none */
	struct refer *refer; /* a transfer of it, or to it; NULL: none */
	struct prack prack; /* before an answer */
	struct event *timer; /* see call.c */
	unsigned int resend_ms; /* of a 2xx that waits for its ACK */
	unsigned int resent_ms; /* since its first sending */
	char *answer; /* SDP that the caller got, or gets */
	char *early_tag; /* of the callee's provisional answer with SDP */
	bool provisional; /* the callee has answered something */
	bool cancel_sent;
	struct target target; /* and if the callee can't be reached, the next */
	bool late; /* the caller's INVITE had no SDP: the callee makes the offer,
		    * in its 2xx, and the caller answers in its ACK */
	time_t start; /* the INVITE came, CLOCK_REALTIME */
	time_t since; /* answered at; 0: not yet */
	time_t end; /* 0: not yet */
	/* The numbers, as record_party() writes them. */
	char caller[SIP_PARTY_MAX + 1], called[SIP_PARTY_MAX + 1];
};

/* The callee is to be reached at c->target, now. Forgets what was tried. */
void call_aim(struct call *c);

int calls_init(void); /* 0 or -errno */
/* Established calls stay in the kernel and in the store; others are ended. */
void calls_exit(void);

bool calls_full(void);
bool calls_use(const struct gateway *gw); /* is any on it? */
/* A new call in CALL_NEW, leg 0 of which is @from's; NULL: no memory, or full. */
struct call *call_new(struct gateway *from, const struct target *to);
/* As call_new(), with a number of before a restart. */
struct call *call_new_numbered(struct gateway *from, struct gateway *to,
			       uint32_t number);
void call_media_idle(struct media_call *mc, void *arg); /* for media_call_new */

struct call *call_by_number(uint32_t number); /* NULL: there is none */
/* Those that are not over, in the order they came; @cb may end none. */
void calls_each(void (*cb)(const struct call *c, void *arg), void *arg);
const char *call_state_name(const struct call *c);

/* The one that changes the state, and does what belongs to it. */
void call_set_state(struct call *c, enum call_state state);

/* The call's one timer; what it is for depends on the state. */
void call_timer(struct call *c, unsigned int ms);
void call_timer_stop(struct call *c);
/* A 2xx was sent: repeat it until its ACK comes. */
void call_repeat_ok(struct call *c);

/* Offers and answers (call-sdp.c). */

/**
 * call_sdp() - translate a message's SDP for the other leg
 * @leg: of who sent it
 * @offer: it is one, or else the answer to the last
 * @ret_sdp: secret_free() it
 * @why: status and reason of a failure; 502 when there is no SDP
 *
 * Return: 0 or -errno
 */
int call_sdp(struct leg *leg, const osip_message_t *msg, bool offer,
	     char **ret_sdp, struct media_refusal *why);

/* The SDP of @leg's peer, for when it is needed again. An offer counts once it is
 * answered. Without memory, an older one is kept. */
void call_keep_sdp(struct leg *leg, bool offer, const char *sdp, size_t len);

/* @leg's peer answers the other's offer in @ack: so do we in ours, even without
 * an answer. Return and @why: as call_sdp() */
int call_late_ack(struct leg *leg, const osip_message_t *ack,
		  struct media_refusal *why);

/* Events. */
void call_cancelled(struct call *c); /* by the caller */
void call_acked(struct leg *leg, const osip_message_t *ack);
void call_leg_ended(struct call *c); /* its BYE is over */
void call_bye(struct leg *leg); /* its peer said BYE, and has its answer */
/* It is over, before any other step of its end: log it, and write its record.
 * @status: of the caller's final answer; 0: the call was answered */
void call_over(struct call *c, int status, const char *why);
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
/* Restore the calls of before a restart (adopt.c). */
void calls_adopt(const struct sip_config *cfg);

#endif
