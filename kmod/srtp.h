/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The SRTP and SRTCP transform (RFC 3711) of one direction of one leg, that is,
 * of one master key.
 *
 * A context outlives changes of its session as long as its key is in use, so
 * that no packet index is ever protected twice or accepted twice with one key.
 */
#ifndef _RGF_SRTP_H
#define _RGF_SRTP_H

#include <linux/refcount.h>
#include <linux/ringfence.h>
#include <linux/scatterlist.h>
#include <linux/types.h>

#include <crypto/skcipher.h>

#include "srtp_kdf.h"

struct rgf_pkt;
struct rgf_srtp;
struct sk_buff;

/* Bytes that protection may need behind a packet: SRTCP index and tag. */
#define RGF_SRTP_TAILROOM 16

/*
 * The crypto request of one packet in flight. Allocate it with
 * rgf_srtp_reqsize() bytes behind it and set @done and @data; @done runs, in
 * any context, after a step that returned -EINPROGRESS.
 */
struct rgf_crypt {
	u8 iv[RGF_AES_CM_IV_LEN] __aligned(8);
	u64 index;
	struct scatterlist sg;
	crypto_completion_t done;
	void *data;
	struct skcipher_request req; /* last, its context follows */
};

/**
 * rgf_srtp_new() - set up a context from a master key
 * @suite: not RINGFENCE_SUITE_NONE
 * @master: master key, then master salt, as long as the suite says
 *
 * Process context. Derives all session keys.
 *
 * Return: a context with one reference, or ERR_PTR().
 */
struct rgf_srtp *rgf_srtp_new(enum ringfence_suite suite, const u8 *master);

/* Another reference, to a context that has one. */
struct rgf_srtp *rgf_srtp_get(struct rgf_srtp *srtp);

/* Process context. Wipes the keys with the last reference; NULL is fine. */
void rgf_srtp_put(struct rgf_srtp *srtp);

/* Are these the key and salt of @srtp, whatever the suite? Constant time. */
bool rgf_srtp_has_master(const struct rgf_srtp *srtp, const u8 *master,
			 unsigned int len);

/* Have two contexts the same master key and salt? */
bool rgf_srtp_same_master(const struct rgf_srtp *a, const struct rgf_srtp *b);

/* Bytes needed behind struct rgf_crypt. */
unsigned int rgf_srtp_reqsize(const struct rgf_srtp *srtp);

/**
 * rgf_srtp_unprotect() - authenticate, check for replay, decrypt
 * @srtp: context
 * @skb: linear and private; @skb->data + @offset is the UDP payload, its end
 *	the end of the packet
 * @offset: bytes before the UDP payload
 * @pkt: parsed; @pkt->len shrinks by what is stripped
 * @crypt: request
 *
 * Nothing but authenticated packets changes the state of @srtp.
 * Softirq or with bottom halves disabled; as all below.
 *
 * Return: 0 when done, -EINPROGRESS when @crypt->done will be called,
 * a RGF_DROP(), or -errno of the cipher.
 */
int rgf_srtp_unprotect(struct rgf_srtp *srtp, struct sk_buff *skb,
		       unsigned int offset, struct rgf_pkt *pkt,
		       struct rgf_crypt *crypt);

/**
 * rgf_srtp_encrypt() - first half of protecting: reserve the index, encrypt
 *
 * @skb needs RGF_SRTP_TAILROOM; otherwise as rgf_srtp_unprotect().
 */
int rgf_srtp_encrypt(struct rgf_srtp *srtp, struct sk_buff *skb,
		     unsigned int offset, const struct rgf_pkt *pkt,
		     struct rgf_crypt *crypt);

/**
 * rgf_srtp_seal() - second half of protecting: append SRTCP index and tag
 *
 * @pkt->len grows by what is appended.
 *
 * Return: 0 or -errno.
 */
int rgf_srtp_seal(struct rgf_srtp *srtp, struct sk_buff *skb,
		  unsigned int offset, struct rgf_pkt *pkt,
		  struct rgf_crypt *crypt);

#endif
