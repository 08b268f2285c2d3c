/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The SRTP and SRTCP transform (RFC 3711, 6188, 7714) of one direction of one
 * leg.
 *
 * A context has 1 to RINGFENCE_MAX_KEYS master keys, told apart by MKI, and the
 * streams (SSRCs) that were protected or authenticated with them. It is never
 * changed: a new set of keys makes a new context, which shares the state of
 * each master key that is kept, and the streams if one key is. So no packet
 * index is ever protected twice or accepted twice with one key.
 *
 * Nothing here knows of sk_buffs: packets are linear buffers.
 */
#ifndef _RGF_SRTP_H
#define _RGF_SRTP_H

#include <linux/crypto.h>
#include <linux/list.h>
#include <linux/ringfence.h>
#include <linux/scatterlist.h>
#include <linux/types.h>

#include <crypto/aead.h>
#include <crypto/hash.h>
#include <crypto/sha1.h>
#include <crypto/skcipher.h>

#include "parse.h"
#include "srtp_keys.h"

struct rgf_keys;
struct rgf_srtp;
struct rgf_stream;

/* Flags of a leg that are parameters of its suite (RFC 4568, 6.3.2). */
#define RGF_SRTP_FLAGS                           \
	(RINGFENCE_LEG_FLAGS_UNENCRYPTED_SRTP |  \
	 RINGFENCE_LEG_FLAGS_UNENCRYPTED_SRTCP | \
	 RINGFENCE_LEG_FLAGS_UNAUTHENTICATED_SRTP)

struct rgf_key_spec {
	const u8 *master; /* key, then salt; borrowed */
	const u8 *mki; /* borrowed */
	u8 master_len;
	u8 mki_len; /* 0: none */
	u64 lifetime; /* packets; 0: the default */
};

struct rgf_srtp_spec {
	enum ringfence_suite suite; /* not RINGFENCE_SUITE_NONE */
	u32 flags; /* RINGFENCE_LEG_FLAGS_UN*_SRT(C)P, RESYNC; others ignored */
	u8 kdr; /* exponent; 0: keys are derived once */
	u8 nr_keys;
	struct rgf_key_spec key[RINGFENCE_MAX_KEYS]; /* the first one sends */
};

/* What a packet did that its owner may want to tell of. */
#define RGF_SRTP_EV_KEY_LOW  BIT(0) /* an eighth of the lifetime is left */
#define RGF_SRTP_EV_KEY_USED BIT(1) /* nothing is left */
#define RGF_SRTP_EV_DESYNC   BIT(2) /* the stream can't be decoded */

/*
 * One packet on its way through rgf_srtp_protect() or rgf_srtp_unprotect(). The
 * caller sets the first six, and clears step and events; the rest is the
 * transform's. Allocated with rgf_srtp_reqsize() bytes behind it.
 */
struct rgf_crypt {
	u8 *data; /* UDP payload, private, with rgf_srtp_overhead() behind it */
	u8 *end; /* of what may be written; more room behind saves time */
	struct rgf_pkt *pkt; /* parsed; its len changes */
	crypto_completion_t done; /* after -EINPROGRESS, in any context */
	void *done_data;
	bool at_once; /* rgf_srtp_is_at_once() and the FPU is free, to the end */

	u8 step; /* where to go on; 0 again when the packet is done or dropped */
	u8 key; /* which one, and what the events are about */
	u8 events; /* RGF_SRTP_EV_*; valid when the packet is done or dropped */
	bool retry; /* if it fails, another index may be tried */
	bool retried;
	bool back; /* the index may be older than the stream's window */
	u32 e_index; /* RTCP: E and index as in the packet */
	s64 index;
	struct rgf_keys *keys;
	struct rgf_stream *stream; /* NULL: not known yet */
	u8 *saved; /* ciphertext, for another try */
	u8 tag[16]; /* as received; the last bytes of the packet */
	u8 mac[RGF_HMAC_BLOCK]; /* as computed */
	u8 iv[16] __aligned(8);
	struct list_head wait; /* for keys that are being derived */
	struct scatterlist sg[3];
	union {
		struct skcipher_request cipher;
		struct aead_request aead;
		struct shash_desc hash;
	} req; /* last, its context follows */
};

/**
 * rgf_srtp_new() - set up a context from master keys
 * @spec: what was asked for; lengths fit the suite (see suite.h)
 * @old: the context it takes the place of, NULL if none
 *
 * Process context. Derives all session keys. When no key of @old is kept, a
 * receiver still remembers the roll-over counters of @old as guesses, for peers
 * that keep theirs over a change of keys.
 *
 * Return: a context with one reference, or ERR_PTR().
 */
struct rgf_srtp *rgf_srtp_new(const struct rgf_srtp_spec *spec,
			      const struct rgf_srtp *old);

/* Another reference, to a context that has one. */
struct rgf_srtp *rgf_srtp_get(struct rgf_srtp *srtp);

/* Process context. Wipes the keys with the last reference; NULL is fine. */
void rgf_srtp_put(struct rgf_srtp *srtp);

/**
 * rgf_srtp_matches() - does @srtp already do what @spec asks for?
 *
 * The same suite, flags (but RESYNC), rate and keys in the same order with the
 * same MKI and lifetime. Constant time in the keys.
 */
bool rgf_srtp_matches(const struct rgf_srtp *srtp,
		      const struct rgf_srtp_spec *spec);

/* Is this one of the master keys of @srtp, whatever the suite? Constant time. */
bool rgf_srtp_has_master(const struct rgf_srtp *srtp, const u8 *master,
			 unsigned int len);

/* Have two contexts a master key in common? */
bool rgf_srtp_shares_master(const struct rgf_srtp *a, const struct rgf_srtp *b);

/* For 10 seconds, streams may go back to an earlier roll-over counter once. */
void rgf_srtp_resync(struct rgf_srtp *srtp);

/* Bytes needed behind struct rgf_crypt. */
unsigned int rgf_srtp_reqsize(const struct rgf_srtp *srtp);

/* Bytes that protection adds at most to a packet: E, index, MKI, tag. */
unsigned int rgf_srtp_overhead(const struct rgf_srtp *srtp);

/* Does unprotecting prove who sent RTP (@rtcp: RTCP)? */
bool rgf_srtp_authenticates(const struct rgf_srtp *srtp, bool rtcp);

/* Does no packet have to wait, but for the FPU? */
bool rgf_srtp_is_at_once(const struct rgf_srtp *srtp);

/* What may be told of a key. */
struct rgf_key_info {
	const u8 *mki; /* valid as long as the context */
	u8 mki_len;
	u64 lifetime; /* packets */
	u64 packets; /* that it has protected or authenticated, RTP or RTCP */
};

/* @n: 0 to rgf_srtp_nr_keys() - 1 */
unsigned int rgf_srtp_nr_keys(const struct rgf_srtp *srtp);
void rgf_srtp_key_info(const struct rgf_srtp *srtp, unsigned int n,
		       struct rgf_key_info *info);

/**
 * rgf_srtp_unprotect() - check for replay, authenticate, decrypt
 * @srtp: context
 * @crypt: the packet; @crypt->pkt->len shrinks by what is stripped
 * @err: 0 at first; what @crypt->done was given, when resumed after it
 *
 * Nothing but authenticated packets changes the state of a stream. One
 * authentication a packet, and a second one only within a stream's budget for
 * recovery of its roll-over counter.
 *
 * Under rcu_read_lock() with bottom halves disabled.
 *
 * Return: 0 when done, -EINPROGRESS when @crypt->done will be called or has
 * been, a RGF_DROP(), or -errno of the cipher.
 */
int rgf_srtp_unprotect(struct rgf_srtp *srtp, struct rgf_crypt *crypt, int err);

/**
 * rgf_srtp_protect() - reserve an index, encrypt, authenticate
 *
 * @crypt->pkt->len grows by what is appended; otherwise as
 * rgf_srtp_unprotect().
 */
int rgf_srtp_protect(struct rgf_srtp *srtp, struct rgf_crypt *crypt, int err);

#endif
