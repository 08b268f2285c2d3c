/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One side of a call: its dialog, the INVITEs in it, and how it ends. */
#ifndef SIP_LEG_H
#define SIP_LEG_H

#include <stdbool.h>
#include <stdint.h>

#include "sip/dialog.h"
#include "sip/gateway.h"
#include "sip/timer.h"
#include "sip/txn.h"

struct call;

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
	struct txn *txn; /* its first INVITE, later its BYE; NULL: it is gone */
	uint32_t invite_cseq; /* of the INVITE that made the dialog */
	char *invite_branch; /* leg 0: tells a repeated INVITE from a merged */
	osip_message_t *ok; /* our 2xx to its INVITE, until its ACK came */
	uint32_t ok_cseq;
	osip_message_t *ack; /* ours to its 2xx; NULL: not yet */
	uint32_t ack_cseq; /* of our last INVITE */
	/* Of our last INVITE, for its ACK (RFC 3261, 22.1); NULL: none */
	char *authorization, *proxy_authorization;
	bool ack_due; /* its 2xx is there, the SDP of the ACK is not */
	struct session_timer timer;
	/* The SDP of its peer that counts, and one that may come to; secret. */
	char *sdp, *offered;
	enum leg_end end;
	bool by_tag, by_origin; /* is in that index */
};

struct leg *leg_by_tag(const char *local_tag);
/* The caller's leg that an INVITE without To tag belongs to. */
struct leg *leg_by_origin(const struct gateway *gw, const osip_message_t *req);

int leg_index(struct leg *leg); /* once its dialog is there */
void leg_clear(struct leg *leg); /* frees what is in it */
/* @from's dialog goes on as @to, of another call; @from has ended then. -ENOMEM:
 * what its peer sends isn't found any more. */
int leg_move(struct leg *to, struct leg *from);
struct leg *leg_other(const struct leg *leg); /* of the same call */

/* Where requests on this leg go; the connection that was heard from last. */
void leg_path(const struct leg *leg, struct sip_path *path);

/* The 2xx to the peer's INVITE is about to be sent: copy it. 0 or -ENOMEM. */
int leg_keep_ok(struct leg *leg, const osip_message_t *resp);
void leg_resend_ok(struct leg *leg); /* unless it has its ACK */
/* An ACK came: is it the one that our 2xx waits for? Then it waits no more. */
bool leg_acked(struct leg *leg, const osip_message_t *ack);
void leg_forget_ok(struct leg *leg); /* no hope for the ACK */

/* An INVITE, the last request, is about to be sent on this leg. */
void leg_expect_ok(struct leg *leg);
/**
 * leg_ask() - send an INVITE or UPDATE in the leg's dialog
 * @sdp: its offer, or NULL
 *
 * The rest, and what is returned, is as of txn_request(); -ENOMEM.
 */
int leg_ask(struct leg *leg, const char *method, const char *sdp,
	    const struct txn_client *ops, void *arg, struct txn **owner);
/* It was challenged, and is @invite now: its ACK has the same credentials. */
void leg_keep_credentials(struct leg *leg, const osip_message_t *invite);
/* It was answered with 2xx; the ACK has to wait for its SDP. */
void leg_ack_later(struct leg *leg);
/* The ACK now. @sdp: of the ACK, or NULL */
void leg_acknowledge(struct leg *leg, const char *sdp);
void leg_ok_again(struct leg *leg); /* a 2xx to it that we don't wait for */
/* The call is over, but not the leg's last INVITE: a 2xx to it that still comes is
 * to have its ACK, in the time that copies are known. */
void leg_leave_ack(struct leg *leg);
/* Such a 2xx, of a leg that is gone; else nothing happens. */
void leg_ok_late(const osip_message_t *resp, const struct sip_path *from);
/* A second callee's 2xx of a fork gets ACK and BYE. */
void leg_refuse_fork(struct leg *leg, const osip_message_t *resp);

/* BYE, now. call_leg_ended() follows, perhaps at once. */
void leg_send_bye(struct leg *leg);

#endif
