/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Ciphers applied to the packet of a struct rgf_crypt, with its keys and index.
 * All may return -EINPROGRESS; then crypt->done will be called, or has been.
 */
#ifndef _RGF_SRTP_CIPHER_H
#define _RGF_SRTP_CIPHER_H

#include <linux/scatterlist.h>
#include <linux/types.h>

#include <crypto/aead.h>

#include "parse.h"
#include "srtp.h"
#include "srtp_ctx.h"
#include "srtp_keys.h"

/*
 * No MAY_BACKLOG: the queue of an asynchronous cipher is bounded, and a packet
 * that finds it full is refused with an error.
 */
#define RGF_REQ_FLAGS 0

/* sg_init_one(), which is a function and takes 60 instructions more. */
static inline void rgf_sg_one(struct scatterlist *sg, const void *data,
			      unsigned int len)
{
	sg->page_link = 0;
	sg_mark_end(sg);
	sg_set_buf(sg, data, len);
}

/*
 * Two entries, one behind the other in memory, so that the page of the first
 * does for both: an offset may be of any length.
 */
static inline void rgf_sg_two(struct scatterlist *sg, const void *data,
			      unsigned int len, unsigned int len2)
{
	sg[0].page_link = 0;
	sg_set_buf(&sg[0], data, len);
	sg[1].page_link = 0;
	sg_mark_end(&sg[1]);
	sg_set_page(&sg[1], sg_page(&sg[0]), len2, sg[0].offset + len);
}

/**
 * rgf_cipher_run() - encrypt or decrypt the payload, which is the same
 * @crypt: its keys are not of an AEAD suite
 *
 * Return: 0, -EINPROGRESS or -errno.
 */
int rgf_cipher_run(struct rgf_crypt *crypt);

/* RFC 7714, 8.1 and 9.1 */
#define RGF_GCM_INDEX_AT 8

/*
 * RFC 7714, 8.1 and 9.1: the SRTCP index is padded to 48 bit
 *
 *	 0   2       6       8       12
 *	+---+-------+-------+-------+
 *	| salt                      |
 *	|   | SSRC  | index, 48 bit |
 *	+---+-------+-------+-------+
 */
static inline void rgf_iv_gcm(struct rgf_crypt *crypt)
{
	const u8 *salt = crypt->keys->salt;
	__be64 *iv = (__be64 *)crypt->iv;
	__be32 *low = (__be32 *)(crypt->iv + RGF_GCM_INDEX_AT);

	*iv = *(const __be64 *)salt ^
	      cpu_to_be64((u64)crypt->pkt->ssrc << 16 | crypt->index >> 32);
	*low = *(const __be32 *)(salt + RGF_GCM_INDEX_AT) ^
	       cpu_to_be32(crypt->index);
}

/* What rgf_aead_map() does with RTCP. */
unsigned int rgf_aead_map_rtcp(struct rgf_crypt *crypt, unsigned int index_at,
			       unsigned int clear);

/*
 * The request takes: what is authenticated only, what is encrypted, tag. In an
 * RTP packet, all that lies one behind the other, but ciphers look for the tag,
 * and find it sooner where an entry begins. @clear: bytes that are not
 * encrypted, header or all. Returns how many are authenticated only.
 */
static __always_inline unsigned int rgf_aead_map(struct rgf_crypt *crypt,
						 bool rtcp,
						 unsigned int index_at,
						 unsigned int clear)
{
	if (rtcp)
		return rgf_aead_map_rtcp(crypt, index_at, clear);
	rgf_sg_two(crypt->sg, crypt->data, crypt->pkt->len,
		   crypt->keys->tag_len);
	return clear;
}

/* @ad: bytes that are authenticated only; @len: of what is encrypted, and tag */
static inline struct aead_request *
rgf_aead_req(struct rgf_crypt *crypt, unsigned int ad, unsigned int len)
{
	struct aead_request *req = &crypt->req.aead;

	rgf_iv_gcm(crypt);
	aead_request_set_tfm(req, rgf_keys_gcm(crypt->keys, crypt->at_once));
	aead_request_set_callback(req, RGF_REQ_FLAGS, crypt->done,
				  crypt->done_data);
	aead_request_set_ad(req, ad);
	aead_request_set_crypt(req, crypt->sg, crypt->sg, len, crypt->iv);
	return req;
}

/**
 * rgf_aead_seal() - encrypt and append the tag
 * @crypt: its keys are of an AEAD suite; @crypt->pkt->len is without what
 *	protection appends
 * @rtcp: @crypt->pkt->rtcp
 * @index_at: where E and index are, bytes from the end of the payload
 *
 * Return: 0, -EINPROGRESS or -errno.
 */
static __always_inline int rgf_aead_seal(struct rgf_crypt *crypt, bool rtcp,
					 unsigned int index_at)
{
	unsigned int len = crypt->pkt->len, clear, ad;

	clear = likely(crypt->keys->encrypt) ? crypt->pkt->hdr_len : len;
	ad = rgf_aead_map(crypt, rtcp, index_at, clear);
	return crypto_aead_encrypt(rgf_aead_req(crypt, ad, len - clear));
}

/*
 * The same the other way round; -EBADMSG: not authentic. RTCP is opened as its E
 * bit says, for what is wrong is to be told later.
 */
static __always_inline int rgf_aead_open(struct rgf_crypt *crypt, bool rtcp,
					 unsigned int index_at)
{
	bool encrypted = rtcp ? crypt->e_index & RGF_SRTCP_E
			      : crypt->keys->encrypt;
	unsigned int len = crypt->pkt->len, clear, ad;

	clear = likely(encrypted) ? crypt->pkt->hdr_len : len;
	ad = rgf_aead_map(crypt, rtcp, index_at, clear);
	len += crypt->keys->tag_len;
	return crypto_aead_decrypt(rgf_aead_req(crypt, ad, len - clear));
}

#endif
