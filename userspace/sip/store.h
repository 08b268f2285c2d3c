/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A record per answered call: what a restarted daemon needs to end the call
 * properly. No keys, no SDP.
 *
 * All are in one file, for making and removing one for each call takes ten times
 * as long as a write: slots of SIP_RECORD_MAX bytes, with the record's text and a
 * NUL, or nothing after a NUL in the first byte. A slot is sparse, so a usual
 * record has one page. An update is written over the older one. A daemon that is
 * killed in that leaves the one or the other, for within a page a write isn't
 * torn; of a record that is longer the first page is written last, and there is
 * none until then. The end of the file is cut off where no call is.
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
	unsigned int slot; /* that it was read from */
};

/* @name: of the file, made with mode 0600 if it isn't there. 0, -errno; -EEXIST: it
 * is no file of ours. */
int store_init(const char *name);
void store_exit(void);

/* Both log what goes wrong; the call goes on, but its record is gone. */
void store_save(struct call *c);
void store_delete(struct call *c); /* if there is one */

/* The text of a record, and back. Pure. The length without the NUL behind it, 0:
 * it doesn't fit; -EBADMSG on anything unexpected. */
size_t store_format(const struct store_record *r, char *buf, size_t size);
int store_parse(const char *text, size_t len, struct store_record *ret);
void store_record_clear(struct store_record *r);

/**
 * store_each() - read all records, once, before any is saved
 * @cb: the record is cleared after it; 0: its call has the slot now; non-zero
 *	drops it
 *
 * Damaged records are dropped, with a log line; so is a second one of the same
 * number.
 */
void store_each(int (*cb)(struct store_record *r, void *arg), void *arg);

#endif
