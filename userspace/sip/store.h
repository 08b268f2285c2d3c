/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One small file per answered call, in calls/ of the daemon's run directory:
 * what a restarted daemon needs to end the call properly. No keys, no SDP.
 */
#ifndef SIP_STORE_H
#define SIP_STORE_H

#include <stdint.h>
#include <time.h>

#include "sip/dialog.h"
#include "sip/gateway.h"

struct call;

struct store_leg {
	char *gateway;
	struct dialog dialog;
	/* Of an extension: where it is; else the port is 0. */
	enum sip_transport transport;
	struct sockaddr_in peer;
	uint32_t expires; /* seconds, of its session timer; 0: none */
	uint32_t ours; /* 1: we refresh */
};

struct store_record {
	uint32_t number;
	uint32_t session; /* of the kernel */
	time_t start, since;
	char caller[SIP_PARTY_MAX + 1], called[SIP_PARTY_MAX + 1];
	struct store_leg leg[2];
};

/* @dir: made with mode 0700 if it isn't there. 0 or -errno. */
int store_init(const char *dir);
void store_exit(void);

/* Both log what goes wrong; the call goes on. */
void store_save(const struct call *c);
void store_delete(const struct call *c);

/* The text of a record, and back. Pure; -EBADMSG on anything unexpected. */
char *store_format(const struct store_record *r);
int store_parse(const char *text, size_t len, struct store_record *ret);
void store_record_clear(struct store_record *r);

/**
 * store_each() - read all records
 * @cb: the record is cleared after it; whatever it returns, non-zero drops the
 *	record's file
 *
 * Damaged records are dropped, with a log line.
 */
void store_each(int (*cb)(struct store_record *r, void *arg), void *arg);

#endif
