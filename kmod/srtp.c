// SPDX-License-Identifier: GPL-2.0-only
/*
 * Packets on their way through a context. Both directions read from top to
 * bottom in the last function of their part; each step may wait for a cipher,
 * or for keys, and is gone on with when rgf_srtp_(un)protect() is called again.
 */
#include "srtp.h"

#include <linux/slab.h>

#include <crypto/algapi.h>

#include "compat.h"
#include "drop.h"
#include "srtp_cipher.h"
#include "srtp_ctx.h"
#include "srtp_rekey.h"
#include "srtp_stream.h"

/* What is waited for, in crypt->step. */
enum {
	RGF_STEP_START, /* nothing */
	RGF_STEP_KEYS,
	RGF_STEP_CIPHER,
};

/* Where all ways end but those that wait: then the packet is another's. */
static inline int rgf_crypt_end(struct rgf_srtp *srtp, struct rgf_crypt *crypt,
				int err)
{
	if (err == -EINPROGRESS)
		return err;
	if (unlikely(srtp->rekey))
		rgf_rekey_put(srtp->rekey, crypt);
	crypt->step = RGF_STEP_START;
	/* The queue of the cipher is full, and we don't take part in a backlog. */
	return unlikely(err == -ENOSPC || err == -EBUSY) ? RGF_DROP(QUEUE_FULL)
							 : err;
}

/* Session keys for the packet's index; @key: which one to derive them from. */
static __always_inline int rgf_crypt_keys(struct rgf_srtp *srtp,
					  struct rgf_crypt *crypt, u8 key,
					  bool rtcp)
{
	if (likely(!srtp->rekey)) {
		crypt->keys = &srtp->key[key].keys[rtcp];
		return 0;
	}
	crypt->step = RGF_STEP_KEYS;
	return rgf_rekey_get(srtp->rekey, crypt);
}

/*
 * RFC 3711, 4.2: the tag of RTP is over header, payload and ROC. The ROC is
 * written behind the payload, where other things are or will be, so that one
 * pass over linear data does.
 */
static inline int rgf_crypt_mac(struct rgf_crypt *crypt, bool rtcp)
{
	unsigned int len = crypt->pkt->len + RGF_ROC_LEN;
	const struct rgf_keys *keys = crypt->keys;
	u8 *data = crypt->data;

	if (likely(!rtcp))
		put_unaligned_be32(crypt->index >> 16,
				   data + len - RGF_ROC_LEN);
	BUILD_BUG_ON(RGF_ROC_LEN != RGF_SRTCP_INDEX_LEN);
	if (likely(keys->sha1_blocks &&
		   crypt->end - data >= len + RGF_SHA1_PAD_MAX))
		return rgf_hmac_padded(keys, &crypt->req.hash, data, len,
				       crypt->mac);
	return rgf_hmac(keys, &crypt->req.hash, data, len, crypt->mac);
}

/* The key that a packet names by its MKI. */
static inline int rgf_rx_key(const struct rgf_srtp *srtp,
			     struct rgf_crypt *crypt, const u8 *mki)
{
	u8 i;

	crypt->key = 0;
	if (likely(!srtp->mki_len))
		return 0;
	for (i = 0; i < srtp->nr_keys; i++) {
		crypt->key = i;
		if (!memcmp(srtp->key[i].mki, mki, srtp->mki_len))
			return 0;
	}
	return RGF_DROP(UNKNOWN_MKI);
}

/* Takes off what protection appended. */
static __always_inline int rgf_rx_tail(const struct rgf_srtp *srtp,
				       struct rgf_crypt *crypt, bool rtcp)
{
	const struct rgf_tail *tail = &srtp->tail[rtcp];
	struct rgf_pkt *pkt = crypt->pkt;
	const u8 *end;

	if (unlikely(pkt->len < pkt->hdr_len + tail->len))
		return RGF_DROP(MALFORMED);
	pkt->len -= tail->len;
	end = crypt->data + pkt->len;
	if (rtcp) {
		crypt->e_index = get_unaligned_be32(end + tail->index_at);
		crypt->index = crypt->e_index & ~RGF_SRTCP_E;
	}
	/* 16 bytes there are: the shortest header has 12, the tag 4. */
	if (!srtp->aead && likely(tail->tag_len))
		memcpy(crypt->tag, end + tail->len - sizeof(crypt->tag),
		       sizeof(crypt->tag));
	return rgf_rx_key(srtp, crypt, end + tail->mki_at);
}

/* A decryption that fails leaves nothing to try again with. */
static void rgf_rx_save(const struct rgf_srtp *srtp, struct rgf_crypt *crypt)
{
	const struct rgf_pkt *pkt = crypt->pkt;

	crypt->saved = kmemdup(crypt->data + pkt->hdr_len,
			       pkt->len - pkt->hdr_len + crypt->keys->tag_len,
			       GFP_ATOMIC);
	crypt->retry = crypt->saved;
}

static void rgf_rx_restore(struct rgf_crypt *crypt)
{
	const struct rgf_pkt *pkt = crypt->pkt;

	memcpy(crypt->data + pkt->hdr_len, crypt->saved,
	       pkt->len - pkt->hdr_len + crypt->keys->tag_len);
}

/* An authentic packet: is it what was agreed on, and is it the first one? */
static __always_inline int rgf_rx_accept(struct rgf_srtp *srtp,
					 struct rgf_crypt *crypt, bool rtcp)
{
	int drop;

	if (rtcp && !srtp->null &&
	    !!(crypt->e_index & RGF_SRTCP_E) != crypt->keys->encrypt)
		return RGF_DROP(WRONG_ENCRYPTION);
	drop = rgf_rx_commit(srtp, crypt, rtcp);
	if (unlikely(srtp->rekey) && !drop)
		rgf_rekey_ahead(srtp->rekey, crypt);
	return drop;
}

static int rgf_rx_open_again(struct rgf_srtp *srtp, struct rgf_crypt *crypt);

/* Not authentic. With another index perhaps, but at most once. */
static noinline int rgf_rx_reject(struct rgf_srtp *srtp,
				  struct rgf_crypt *crypt)
{
	int drop = rgf_rx_failed(srtp, crypt, RGF_DROP(AUTH_FAILED));

	if (drop)
		return drop;
	if (crypt->saved)
		rgf_rx_restore(crypt);
	if (srtp->rekey)
		rgf_rekey_put(srtp->rekey, crypt);
	return rgf_rx_open_again(srtp, crypt);
}

/* Decryption with authentication is done. */
static __always_inline int rgf_rx_opened(struct rgf_srtp *srtp,
					 struct rgf_crypt *crypt, bool rtcp,
					 int err)
{
	if (unlikely(err == -EBADMSG))
		return rgf_rx_reject(srtp, crypt);
	return err ?: rgf_rx_accept(srtp, crypt, rtcp);
}

static __always_inline int rgf_rx_aead(struct rgf_srtp *srtp,
				       struct rgf_crypt *crypt, bool rtcp)
{
	int err;

	if (unlikely(crypt->retry) && !crypt->retried)
		rgf_rx_save(srtp, crypt);
	err = rgf_aead_open(crypt, rtcp, srtp->tail[rtcp].index_at);
	/* It may be done already, and then the packet is another's. */
	if (err == -EINPROGRESS)
		return err;
	return rgf_rx_opened(srtp, crypt, rtcp, err);
}

static __always_inline int rgf_rx_hmac(struct rgf_srtp *srtp,
				       struct rgf_crypt *crypt, bool rtcp)
{
	unsigned int len = srtp->tail[rtcp].tag_len;
	const u8 *tag = crypt->tag + sizeof(crypt->tag) - len;
	int err;

	if (likely(len)) {
		err = rgf_crypt_mac(crypt, rtcp);
		if (unlikely(err))
			return err;
		if (unlikely(crypto_memneq(tag, crypt->mac, len)))
			return rgf_rx_reject(srtp, crypt);
	}
	return rgf_rx_accept(srtp, crypt, rtcp) ?: rgf_cipher_run(crypt);
}

/* Step three: authenticate, and decrypt. */
static __always_inline int
rgf_rx_authenticate(struct rgf_srtp *srtp, struct rgf_crypt *crypt, bool rtcp)
{
	crypt->step = RGF_STEP_CIPHER;
	return srtp->aead ? rgf_rx_aead(srtp, crypt, rtcp)
			  : rgf_rx_hmac(srtp, crypt, rtcp);
}

static __always_inline int rgf_rx_open(struct rgf_srtp *srtp,
				       struct rgf_crypt *crypt, bool rtcp)
{
	return rgf_crypt_keys(srtp, crypt, crypt->key, rtcp)
		       ?: rgf_rx_authenticate(srtp, crypt, rtcp);
}

static int rgf_rx_open_again(struct rgf_srtp *srtp, struct rgf_crypt *crypt)
{
	return rgf_rx_open(srtp, crypt, crypt->pkt->rtcp);
}

static inline void rgf_rx_start(struct rgf_crypt *crypt)
{
	crypt->keys = NULL;
	crypt->saved = NULL;
	crypt->retry = false;
	crypt->retried = false;
	crypt->back = false;
}

static __always_inline int rgf_unprotect(struct rgf_srtp *srtp,
					 struct rgf_crypt *crypt, bool rtcp,
					 int err)
{
	switch (__builtin_expect(crypt->step, RGF_STEP_START)) {
	case RGF_STEP_START:
		rgf_rx_start(crypt);
		err = rgf_rx_tail(srtp, crypt, rtcp) ?:
		      rgf_rx_check(srtp, crypt, rtcp) ?:
		      rgf_rx_open(srtp, crypt, rtcp);
		break;
	case RGF_STEP_KEYS:
		err = err ?: rgf_rx_authenticate(srtp, crypt, rtcp);
		break;
	case RGF_STEP_CIPHER:
		if (srtp->aead)
			err = rgf_rx_opened(srtp, crypt, rtcp, err);
		break;
	}
	if (err != -EINPROGRESS && unlikely(crypt->saved))
		kfree(crypt->saved);
	return rgf_crypt_end(srtp, crypt, err);
}

static noinline int rgf_unprotect_rtcp(struct rgf_srtp *srtp,
				       struct rgf_crypt *crypt, int err)
{
	return rgf_unprotect(srtp, crypt, true, err);
}

/* Whether it is RTCP is a constant in what follows: RTP does without it all. */
int rgf_srtp_unprotect(struct rgf_srtp *srtp, struct rgf_crypt *crypt, int err)
{
	if (unlikely(crypt->pkt->rtcp))
		return rgf_unprotect_rtcp(srtp, crypt, err);
	return rgf_unprotect(srtp, crypt, false, err);
}

static __always_inline int rgf_tx_start(struct rgf_srtp *srtp,
					struct rgf_crypt *crypt, bool rtcp)
{
	int err;

	crypt->keys = NULL;
	crypt->key = 0;
	err = rgf_tx_reserve(srtp, crypt, rtcp);
	if (unlikely(err))
		return err;
	err = rgf_crypt_keys(srtp, crypt, 0, rtcp);
	if (unlikely(srtp->rekey) && !err)
		rgf_rekey_ahead(srtp->rekey, crypt);
	return err;
}

static inline void rgf_tx_put_index(const struct rgf_srtp *srtp,
				    struct rgf_crypt *crypt)
{
	u8 *end = crypt->data + crypt->pkt->len;

	crypt->e_index = crypt->index |
			 (crypt->keys->encrypt ? RGF_SRTCP_E : 0);
	put_unaligned_be32(crypt->e_index, end + srtp->tail[true].index_at);
}

static __always_inline void rgf_tx_put_mki(const struct rgf_srtp *srtp,
					   const struct rgf_crypt *crypt,
					   bool rtcp)
{
	u8 *end = crypt->data + crypt->pkt->len;

	if (unlikely(srtp->mki_len))
		memcpy(end + srtp->tail[rtcp].mki_at, srtp->key[crypt->key].mki,
		       srtp->mki_len);
}

/* A cipher may be done before we are, so all that it needs goes first. */
static __always_inline int rgf_tx_encrypt(struct rgf_srtp *srtp,
					  struct rgf_crypt *crypt, bool rtcp)
{
	crypt->step = RGF_STEP_CIPHER;
	if (rtcp)
		rgf_tx_put_index(srtp, crypt);
	if (!srtp->aead)
		return rgf_cipher_run(crypt);
	rgf_tx_put_mki(srtp, crypt, rtcp);
	return rgf_aead_seal(crypt, rtcp, srtp->tail[rtcp].index_at);
}

/* The MKI goes where the ROC was to be authenticated. */
static __always_inline int rgf_tx_sign(struct rgf_srtp *srtp,
				       struct rgf_crypt *crypt, bool rtcp)
{
	const struct rgf_tail *tail = &srtp->tail[rtcp];
	int err;

	if (likely(tail->tag_len)) {
		err = rgf_crypt_mac(crypt, rtcp);
		if (unlikely(err))
			return err;
	}
	rgf_tx_put_mki(srtp, crypt, rtcp);
	memcpy(crypt->data + crypt->pkt->len + tail->tag_at, crypt->mac,
	       tail->tag_len);
	return 0;
}

/* The ciphertext is there. */
static __always_inline int rgf_tx_finish(struct rgf_srtp *srtp,
					 struct rgf_crypt *crypt, bool rtcp)
{
	int err = srtp->aead ? 0 : rgf_tx_sign(srtp, crypt, rtcp);

	if (likely(!err))
		crypt->pkt->len += srtp->tail[rtcp].len;
	return err;
}

static __always_inline int
rgf_protect(struct rgf_srtp *srtp, struct rgf_crypt *crypt, bool rtcp, int err)
{
	switch (__builtin_expect(crypt->step, RGF_STEP_START)) {
	case RGF_STEP_START:
		err = rgf_tx_start(srtp, crypt, rtcp);
		if (err)
			break;
		fallthrough;
	case RGF_STEP_KEYS:
		err = err ?: rgf_tx_encrypt(srtp, crypt, rtcp);
		if (err)
			break;
		fallthrough;
	case RGF_STEP_CIPHER:
		err = err ?: rgf_tx_finish(srtp, crypt, rtcp);
		break;
	}
	return rgf_crypt_end(srtp, crypt, err);
}

static noinline int rgf_protect_rtcp(struct rgf_srtp *srtp,
				     struct rgf_crypt *crypt, int err)
{
	return rgf_protect(srtp, crypt, true, err);
}

int rgf_srtp_protect(struct rgf_srtp *srtp, struct rgf_crypt *crypt, int err)
{
	if (unlikely(crypt->pkt->rtcp))
		return rgf_protect_rtcp(srtp, crypt, err);
	return rgf_protect(srtp, crypt, false, err);
}
