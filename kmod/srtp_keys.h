/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Session keys of RTP or of RTCP: what the kernel's crypto API needs to know of
 * them, and HMAC-SHA1, which it can do but does slower.
 */
#ifndef _RGF_SRTP_KEYS_H
#define _RGF_SRTP_KEYS_H

#include <linux/crypto.h>
#include <linux/ringfence.h>
#include <linux/types.h>

#include <crypto/aead.h>
#include <crypto/aes.h>
#include <crypto/cryptd.h>
#include <crypto/hash.h>
#include <crypto/sha1.h>
#include <crypto/skcipher.h>

#include "compat.h"
#include "suite.h"

#define RGF_IV_LEN 16

/* A digest, and room to pad it. */
#define RGF_HMAC_BLOCK (SHA1_DIGEST_SIZE + RGF_SHA1_PAD_MAX)

/* RFC 3711, 4.1.2 */
struct rgf_f8 {
	struct crypto_aes_ctx key;
	struct crypto_aes_ctx masked; /* the key XOR its mask */
};

/* Packets read them without a lock; nobody writes then. */
struct rgf_keys {
	union {
		struct crypto_skcipher *ctr;
		struct crypto_aead *gcm;
		struct rgf_f8 *f8;
	}; /* as cipher says */
	union {
		struct cryptd_skcipher *ctr_queue;
		struct cryptd_aead *gcm_queue;
	}; /* the same, in cryptd's queue; NULL: there is none */
	struct crypto_shash *sha1; /* borrowed; NULL: AEAD */
	u8 salt[RGF_IV_LEN] __aligned(8); /* padded with zeros */
	u8 cipher; /* enum rgf_cipher */
	bool encrypt; /* the payload; AEAD that doesn't covers it all the same */
	u8 tag_len;
	bool waits; /* a cipher may, even if the FPU is free */
	bool sha1_blocks; /* the hash works on a struct sha1_state */
	/* SHA-1 after the first block of either pass of HMAC (RFC 2104). */
	struct sha1_state inner;
	struct sha1_state outer;
};

/* The cipher for a packet; @at_once: the FPU is free. */
static inline struct crypto_skcipher *rgf_keys_ctr(const struct rgf_keys *keys,
						   bool at_once)
{
	return likely(at_once) || !keys->ctr_queue ? keys->ctr
						   : &keys->ctr_queue->base;
}

static inline struct crypto_aead *rgf_keys_gcm(const struct rgf_keys *keys,
					       bool at_once)
{
	return likely(at_once) || !keys->gcm_queue ? keys->gcm
						   : &keys->gcm_queue->base;
}

/* Bytes of tag; 0: not authenticated. */
static inline u8 rgf_keys_tag_len(const struct rgf_suite *suite, u32 flags,
				  bool rtcp)
{
	if (rtcp)
		return suite->rtcp_tag_len;
	if (flags & RINGFENCE_LEG_FLAGS_UNAUTHENTICATED_SRTP &&
	    suite->cipher != RGF_CIPHER_AES_GCM)
		return 0;
	return suite->rtp_tag_len;
}

/* Finds out which ciphers there are. Process context; once, before all else. */
void rgf_keys_init(void);

/**
 * rgf_keys_alloc() - get the cipher that the keys are for
 * @keys: zeroed
 * @suite: suite
 * @flags: RINGFENCE_LEG_FLAGS_UN*_SRT(C)P
 * @rtcp: session keys of RTCP
 * @sha1: "sha1", not NULL unless the suite is AEAD; outlives @keys
 *
 * Process context.
 *
 * Return: 0 or -errno; call rgf_keys_free() in either case.
 */
int rgf_keys_alloc(struct rgf_keys *keys, const struct rgf_suite *suite,
		   u32 flags, bool rtcp, struct crypto_shash *sha1);

/* Wipes them. Process context; zeroed or half-built is fine. */
void rgf_keys_free(struct rgf_keys *keys);

/**
 * rgf_keys_set() - make session keys the current ones
 * @keys: from rgf_keys_alloc()
 * @suite: the same
 * @key: cipher key
 * @salt: salting key, suite->salt_len bytes
 * @auth: authentication key; NULL: AEAD
 *
 * Process context; no packet may use @keys.
 *
 * Return: 0 or -errno.
 */
int rgf_keys_set(struct rgf_keys *keys, const struct rgf_suite *suite,
		 const u8 *key, const u8 *salt, const u8 *auth);

/**
 * rgf_keys_derive() - the same, with keys derived (RFC 3711, 4.3)
 * @keys: from rgf_keys_alloc()
 * @suite: the same
 * @master: master key, then salt
 * @rtcp: the same
 * @r: packet index DIV key derivation rate
 */
int rgf_keys_derive(struct rgf_keys *keys, const struct rgf_suite *suite,
		    const u8 *master, bool rtcp, u64 r);

/* Bytes that a request of the cipher or a hash needs behind it. */
unsigned int rgf_keys_reqsize(const struct rgf_keys *keys);

/* "sha1", or ERR_PTR(). Process context. */
struct crypto_shash *rgf_sha1_alloc(void);

/**
 * rgf_hmac() - HMAC-SHA1 (RFC 2104)
 * @keys: session keys, not of an AEAD suite
 * @desc: rgf_keys_reqsize() bytes behind it; on the stack it would be zeroed
 *	first, on kernels that do so
 * @data: message
 * @len: bytes
 * @tag: result
 *
 * Return: 0 or -errno.
 */
static inline int rgf_hmac(const struct rgf_keys *keys, struct shash_desc *desc,
			   const u8 *data, unsigned int len,
			   u8 tag[SHA1_DIGEST_SIZE])
{
	desc->tfm = keys->sha1;
	return crypto_shash_import(desc, &keys->inner) ?:
	       crypto_shash_finup(desc, data, len, tag) ?:
	       crypto_shash_import(desc, &keys->outer) ?:
	       crypto_shash_finup(desc, tag, SHA1_DIGEST_SIZE, tag);
}

/* What SHA-1 pads a message with, at most: 0x80, zeros, length in bits. */
#define RGF_SHA1_PAD_MAX (1 + SHA1_BLOCK_SIZE + sizeof(__be64))

/* Pads a message of @len bytes that follows one block; returns its new length. */
static inline unsigned int rgf_sha1_pad(u8 *data, unsigned int len)
{
	unsigned int zeros =
		(SHA1_BLOCK_SIZE - 1 - sizeof(__be64) - len) % SHA1_BLOCK_SIZE;
	u8 *pad = data + len;

	*pad++ = 0x80;
	memset(pad, 0, SHA1_BLOCK_SIZE);
	put_unaligned_be64((SHA1_BLOCK_SIZE + len) * 8ULL, pad + zeros);
	return len + 1 + zeros + sizeof(__be64);
}

/* Goes on from @state with whole blocks. */
static inline int rgf_sha1_blocks(struct shash_desc *desc,
				  const struct sha1_state *state,
				  const u8 *data, unsigned int len,
				  u8 digest[SHA1_DIGEST_SIZE])
{
	struct sha1_state *now = shash_desc_ctx(desc);
	unsigned int i;
	int err;

	memcpy(now->state, state->state, sizeof(now->state));
	now->count = SHA1_BLOCK_SIZE;
	err = crypto_shash_update(desc, data, len);
	for (i = 0; i < ARRAY_SIZE(now->state); i++)
		put_unaligned_be32(now->state[i], digest + 4 * i);
	return err;
}

/**
 * rgf_hmac_padded() - the same, with padding that a hash need not do again
 * @keys: session keys with sha1_blocks set
 * @desc: as above
 * @data: message; RGF_SHA1_PAD_MAX bytes behind it are overwritten
 * @len: bytes
 * @block: its first bytes are the result
 *
 * Return: 0 or -errno.
 */
static inline int rgf_hmac_padded(const struct rgf_keys *keys,
				  struct shash_desc *desc, u8 *data,
				  unsigned int len, u8 block[RGF_HMAC_BLOCK])
{
	desc->tfm = keys->sha1;
	return rgf_sha1_blocks(desc, &keys->inner, data,
			       rgf_sha1_pad(data, len), block)
		       ?: rgf_sha1_blocks(desc, &keys->outer, block,
					  rgf_sha1_pad(block, SHA1_DIGEST_SIZE),
					  block);
}

#endif
