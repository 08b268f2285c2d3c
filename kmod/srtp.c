// SPDX-License-Identifier: GPL-2.0-only
#include "srtp.h"

#include <linux/skbuff.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

#include <crypto/algapi.h>
#include <crypto/hash.h>
#include <crypto/sha1.h>

#include "compat.h"
#include "drop.h"
#include "parse.h"
#include "srtp_index.h"
#include "suite.h"

#define RGF_SRTCP_INDEX_LEN 4
#define RGF_SRTCP_E	    BIT(31) /* the packet is encrypted */
#define RGF_ROC_LEN	    4

/* Session keys of RTP or of RTCP. */
struct rgf_keys {
	struct crypto_skcipher *cipher;
	struct crypto_shash *auth;
	u8 salt[RGF_AES_CM_IV_LEN] __aligned(8); /* padded with zeros */
	u8 tag_len;
};

/* One SSRC; a window is started by the first packet of its kind. */
struct rgf_stream {
	u32 ssrc;
	struct rgf_window rtp;
	struct rgf_window rtcp;
};

struct rgf_srtp {
	refcount_t ref;
	const struct rgf_suite *suite;
	struct rgf_keys keys[2]; /* RTP, RTCP */
	spinlock_t lock; /* streams and nr_streams */
	unsigned int nr_streams;
	struct rgf_stream streams[RINGFENCE_MAX_SSRCS];
	/* Kept only to recognise the key when it is set again. */
	u8 master[RINGFENCE_KEY_MAX];
};

static const struct {
	enum rgf_kdf_label cipher, auth, salt;
} rgf_labels[2] = {
	{ RGF_KDF_RTP_CIPHER, RGF_KDF_RTP_AUTH, RGF_KDF_RTP_SALT },
	{ RGF_KDF_RTCP_CIPHER, RGF_KDF_RTCP_AUTH, RGF_KDF_RTCP_SALT },
};

static void rgf_keys_free(struct rgf_keys *keys)
{
	if (!IS_ERR_OR_NULL(keys->cipher))
		crypto_free_skcipher(keys->cipher);
	if (!IS_ERR_OR_NULL(keys->auth))
		crypto_free_shash(keys->auth);
}

static int rgf_keys_derive(struct rgf_srtp *srtp, bool rtcp,
			   struct crypto_skcipher *prf)
{
	const struct rgf_suite *suite = srtp->suite;
	const u8 *salt = srtp->master + suite->key_len;
	struct rgf_keys *keys = &srtp->keys[rtcp];
	u8 *buf;
	int err;

	buf = kzalloc(RINGFENCE_KEY_MAX, GFP_KERNEL);
	if (!buf)
		return -ENOMEM;

	err = rgf_kdf(prf, salt, rgf_labels[rtcp].cipher, buf,
		      suite->key_len) ?:
	      crypto_skcipher_setkey(keys->cipher, buf, suite->key_len) ?:
	      rgf_kdf(prf, salt, rgf_labels[rtcp].auth, buf,
		      suite->auth_key_len) ?:
	      crypto_shash_setkey(keys->auth, buf, suite->auth_key_len) ?:
	      rgf_kdf(prf, salt, rgf_labels[rtcp].salt, buf, suite->salt_len);
	if (!err)
		memcpy(keys->salt, buf, suite->salt_len);
	kfree_sensitive(buf);
	return err;
}

/*
 * The default implementations, which may be asynchronous: the mask that asks
 * for synchronous ones excludes the fast ones of x86.
 */
static int rgf_keys_init(struct rgf_srtp *srtp, bool rtcp,
			 struct crypto_skcipher *prf)
{
	const struct rgf_suite *suite = srtp->suite;
	struct rgf_keys *keys = &srtp->keys[rtcp];

	keys->tag_len = rtcp ? suite->rtcp_tag_len : suite->rtp_tag_len;
	keys->cipher = crypto_alloc_skcipher(suite->cipher, 0, 0);
	if (IS_ERR(keys->cipher))
		return PTR_ERR(keys->cipher);
	keys->auth = crypto_alloc_shash(suite->auth, 0, 0);
	if (IS_ERR(keys->auth))
		return PTR_ERR(keys->auth);
	return rgf_keys_derive(srtp, rtcp, prf);
}

struct rgf_srtp *rgf_srtp_new(enum ringfence_suite id, const u8 *master)
{
	const struct rgf_suite *suite = rgf_suite_get(id);
	struct crypto_skcipher *prf;
	struct rgf_srtp *srtp;
	int err;

	if (!suite)
		return ERR_PTR(-EINVAL);
	prf = crypto_alloc_skcipher(suite->cipher, 0, 0);
	if (IS_ERR(prf))
		return ERR_CAST(prf);

	err = -ENOMEM;
	srtp = kzalloc(sizeof(*srtp), GFP_KERNEL_ACCOUNT);
	if (!srtp)
		goto out;

	refcount_set(&srtp->ref, 1);
	srtp->suite = suite;
	spin_lock_init(&srtp->lock);
	memcpy(srtp->master, master, rgf_suite_master_len(suite));
	err = crypto_skcipher_setkey(prf, srtp->master, suite->key_len) ?:
	      rgf_keys_init(srtp, false, prf) ?:
	      rgf_keys_init(srtp, true, prf);
	if (err) {
		rgf_srtp_put(srtp);
		srtp = NULL;
	}
out:
	crypto_free_skcipher(prf);
	return srtp ?: ERR_PTR(err);
}

struct rgf_srtp *rgf_srtp_get(struct rgf_srtp *srtp)
{
	refcount_inc(&srtp->ref);
	return srtp;
}

void rgf_srtp_put(struct rgf_srtp *srtp)
{
	if (!srtp || !refcount_dec_and_test(&srtp->ref))
		return;
	rgf_keys_free(&srtp->keys[false]);
	rgf_keys_free(&srtp->keys[true]);
	kfree_sensitive(srtp);
}

bool rgf_srtp_has_master(const struct rgf_srtp *srtp, const u8 *master,
			 unsigned int len)
{
	return len == rgf_suite_master_len(srtp->suite) &&
	       !crypto_memneq(srtp->master, master, len);
}

bool rgf_srtp_same_master(const struct rgf_srtp *a, const struct rgf_srtp *b)
{
	return rgf_srtp_has_master(a, b->master,
				   rgf_suite_master_len(b->suite));
}

unsigned int rgf_srtp_reqsize(const struct rgf_srtp *srtp)
{
	return max(crypto_skcipher_reqsize(srtp->keys[false].cipher),
		   crypto_skcipher_reqsize(srtp->keys[true].cipher));
}

static struct rgf_stream *rgf_stream_find(struct rgf_srtp *srtp, u32 ssrc)
{
	unsigned int i;

	lockdep_assert_held(&srtp->lock);
	for (i = 0; i < srtp->nr_streams; i++)
		if (srtp->streams[i].ssrc == ssrc)
			return &srtp->streams[i];
	return NULL;
}

/* The newcomer is the victim: forgetting an SSRC would forget its indices. */
static struct rgf_stream *rgf_stream_find_or_add(struct rgf_srtp *srtp,
						 u32 ssrc)
{
	struct rgf_stream *stream = rgf_stream_find(srtp, ssrc);

	if (stream || srtp->nr_streams == RINGFENCE_MAX_SSRCS)
		return stream;
	stream = &srtp->streams[srtp->nr_streams++];
	stream->ssrc = ssrc;
	return stream;
}

/* What an SSRC not seen yet looks like. */
static const struct rgf_window rgf_window_fresh;

static const struct rgf_window *rgf_stream_window(struct rgf_srtp *srtp,
						  const struct rgf_pkt *pkt)
{
	struct rgf_stream *stream = rgf_stream_find(srtp, pkt->ssrc);

	if (!stream)
		return &rgf_window_fresh;
	return pkt->rtcp ? &stream->rtcp : &stream->rtp;
}

/* Steps one and two of receiving: estimate the index, check for replay. */
static int rgf_rx_check(struct rgf_srtp *srtp, const struct rgf_pkt *pkt,
			u64 *index)
{
	const struct rgf_window *w;
	int drop = 0;

	spin_lock(&srtp->lock);
	w = rgf_stream_window(srtp, pkt);
	if (!pkt->rtcp)
		drop = rgf_index_estimate(w, pkt->seq, index);
	drop = drop ?: rgf_window_check(w, *index);
	spin_unlock(&srtp->lock);
	return drop;
}

/*
 * Step four, after authentication. Another CPU may have taken a copy of the
 * packet since step two, so look again.
 */
static int rgf_rx_commit(struct rgf_srtp *srtp, const struct rgf_pkt *pkt,
			 u64 index)
{
	struct rgf_stream *stream;
	struct rgf_window *w;
	int drop;

	spin_lock(&srtp->lock);
	stream = rgf_stream_find_or_add(srtp, pkt->ssrc);
	if (!stream) {
		drop = RGF_DROP(SSRC_LIMIT);
		goto out;
	}
	w = pkt->rtcp ? &stream->rtcp : &stream->rtp;
	drop = rgf_window_check(w, index);
	if (!drop)
		rgf_window_commit(w, index);
out:
	spin_unlock(&srtp->lock);
	return drop;
}

/* RTP: the sequence number fixes the index. RTCP: the next one. */
static int rgf_tx_index(const struct rgf_stream *stream,
			const struct rgf_pkt *pkt, u64 *index)
{
	if (!pkt->rtcp)
		return rgf_index_estimate(&stream->rtp, pkt->seq, index)
			       ?: rgf_window_check(&stream->rtp, *index);

	*index = stream->rtcp.started ? stream->rtcp.top + 1 : 0;
	return *index > RGF_SRTCP_INDEX_MAX ? RGF_DROP(KEY_EXHAUSTED) : 0;
}

/*
 * An index is reserved before it is used and never given back, so that it is
 * used once whatever the plain side repeats and however many CPUs send.
 */
static int rgf_tx_reserve(struct rgf_srtp *srtp, const struct rgf_pkt *pkt,
			  u64 *index)
{
	struct rgf_stream *stream;
	int drop;

	spin_lock(&srtp->lock);
	stream = rgf_stream_find_or_add(srtp, pkt->ssrc);
	if (!stream) {
		drop = RGF_DROP(SSRC_LIMIT);
		goto out;
	}
	drop = rgf_tx_index(stream, pkt, index);
	if (!drop)
		rgf_window_commit(pkt->rtcp ? &stream->rtcp : &stream->rtp,
				  *index);
out:
	spin_unlock(&srtp->lock);
	return drop;
}

/*
 * RFC 3711, 4.1.1: IV = (salt * 2^16) XOR (SSRC * 2^64) XOR (index * 2^16)
 *
 *	 0       4       8               14  16
 *	+-------+-------+---------------+---+
 *	| salt                          | 0 |
 *	|       | SSRC  | index, 48 bit |   |
 *	+-------+-------+---------------+---+
 */
static void rgf_crypt_iv(struct rgf_crypt *crypt, const u8 *salt, u32 ssrc)
{
	__be64 *iv = (__be64 *)crypt->iv;

	memcpy(crypt->iv, salt, RGF_AES_CM_IV_LEN);
	iv[0] ^= cpu_to_be64(ssrc);
	iv[1] ^= cpu_to_be64(crypt->index << 16);
}

/* Counter mode: encrypting and decrypting are the same. */
static int rgf_crypt_run(const struct rgf_keys *keys, u8 *data,
			 const struct rgf_pkt *pkt, struct rgf_crypt *crypt)
{
	unsigned int len = pkt->len - pkt->hdr_len;
	struct skcipher_request *req = &crypt->req;

	if (!len)
		return 0;
	rgf_crypt_iv(crypt, keys->salt, pkt->ssrc);
	sg_init_one(&crypt->sg, data + pkt->hdr_len, len);
	skcipher_request_set_tfm(req, keys->cipher);
	/*
	 * No MAY_BACKLOG: the queue of an asynchronous cipher is bounded, and
	 * a packet that finds it full is refused with an error.
	 */
	skcipher_request_set_callback(req, 0, crypt->done, crypt->data);
	skcipher_request_set_crypt(req, &crypt->sg, &crypt->sg, len, crypt->iv);
	return crypto_skcipher_encrypt(req);
}

static int rgf_auth(const struct rgf_keys *keys, const u8 *data,
		    unsigned int len, u8 tag[SHA1_DIGEST_SIZE])
{
	SHASH_DESC_ON_STACK(desc, keys->auth);

	desc->tfm = keys->auth;
	return crypto_shash_digest(desc, data, len, tag);
}

/*
 * RFC 3711, 4.2: the tag is over header, payload and ROC. The ROC is written
 * where the tag is or will be, so that one pass over linear data does.
 *
 *	+--------+---------+-----------+
 *	| header | payload | tag       |	SRTP on the wire
 *	+--------+---------+-----+-----+
 *	| header | payload | ROC |		what is authenticated
 *	+--------+---------+-----+
 */
static int rgf_auth_rtp(const struct rgf_keys *keys, u8 *data, unsigned int len,
			u64 index, u8 tag[SHA1_DIGEST_SIZE])
{
	put_unaligned_be32(index >> 16, data + len);
	return rgf_auth(keys, data, len + RGF_ROC_LEN, tag);
}

static int rgf_open_rtp(struct rgf_srtp *srtp, u8 *data, struct rgf_pkt *pkt,
			u64 *index)
{
	const struct rgf_keys *keys = &srtp->keys[false];
	u8 tag[SHA1_DIGEST_SIZE], sent[RGF_TAG_LEN_MAX];
	int err;

	if (pkt->len < pkt->hdr_len + keys->tag_len)
		return RGF_DROP(MALFORMED);
	err = rgf_rx_check(srtp, pkt, index);
	if (err)
		return err;

	pkt->len -= keys->tag_len;
	memcpy(sent, data + pkt->len, keys->tag_len);
	err = rgf_auth_rtp(keys, data, pkt->len, *index, tag);
	if (err)
		return err;
	if (crypto_memneq(sent, tag, keys->tag_len))
		return RGF_DROP(AUTH_FAILED);
	return rgf_rx_commit(srtp, pkt, *index);
}

/*
 *	+--------------+---------+-----------+-----+
 *	| header, SSRC | payload | E | index | tag |	SRTCP, RFC 3711, 3.4
 *	+--------------+---------+-----------+-----+
 *	|<------------- authenticated ------>|
 */
static int rgf_open_rtcp(struct rgf_srtp *srtp, u8 *data, struct rgf_pkt *pkt,
			 u64 *index)
{
	const struct rgf_keys *keys = &srtp->keys[true];
	u8 tag[SHA1_DIGEST_SIZE];
	unsigned int auth_len;
	u32 e_index;
	int err;

	if (pkt->len < pkt->hdr_len + RGF_SRTCP_INDEX_LEN + keys->tag_len)
		return RGF_DROP(MALFORMED);
	auth_len = pkt->len - keys->tag_len;
	e_index = get_unaligned_be32(data + auth_len - RGF_SRTCP_INDEX_LEN);
	*index = e_index & ~RGF_SRTCP_E;
	err = rgf_rx_check(srtp, pkt, index)
		      ?: rgf_auth(keys, data, auth_len, tag);
	if (err)
		return err;
	if (crypto_memneq(data + auth_len, tag, keys->tag_len))
		return RGF_DROP(AUTH_FAILED);
	/* Both suites encrypt; unencrypted SRTCP was not agreed on. */
	if (!(e_index & RGF_SRTCP_E))
		return RGF_DROP(MALFORMED);
	pkt->len = auth_len - RGF_SRTCP_INDEX_LEN;
	return rgf_rx_commit(srtp, pkt, *index);
}

int rgf_srtp_unprotect(struct rgf_srtp *srtp, struct sk_buff *skb,
		       unsigned int offset, struct rgf_pkt *pkt,
		       struct rgf_crypt *crypt)
{
	u8 *data = skb->data + offset;
	int err;

	err = pkt->rtcp ? rgf_open_rtcp(srtp, data, pkt, &crypt->index)
			: rgf_open_rtp(srtp, data, pkt, &crypt->index);
	if (err)
		return err;
	skb_trim(skb, offset + pkt->len);
	return rgf_crypt_run(&srtp->keys[pkt->rtcp], data, pkt, crypt);
}

int rgf_srtp_encrypt(struct rgf_srtp *srtp, struct sk_buff *skb,
		     unsigned int offset, const struct rgf_pkt *pkt,
		     struct rgf_crypt *crypt)
{
	int err;

	err = rgf_tx_reserve(srtp, pkt, &crypt->index);
	if (err)
		return err;
	return rgf_crypt_run(&srtp->keys[pkt->rtcp], skb->data + offset, pkt,
			     crypt);
}

int rgf_srtp_seal(struct rgf_srtp *srtp, struct sk_buff *skb,
		  unsigned int offset, struct rgf_pkt *pkt,
		  struct rgf_crypt *crypt)
{
	const struct rgf_keys *keys = &srtp->keys[pkt->rtcp];
	u8 *data = skb->data + offset;
	u8 tag[SHA1_DIGEST_SIZE];
	int err;

	if (pkt->rtcp) {
		put_unaligned_be32(RGF_SRTCP_E | crypt->index, data + pkt->len);
		pkt->len += RGF_SRTCP_INDEX_LEN;
		err = rgf_auth(keys, data, pkt->len, tag);
	} else {
		err = rgf_auth_rtp(keys, data, pkt->len, crypt->index, tag);
	}
	if (err)
		return err;
	memcpy(data + pkt->len, tag, keys->tag_len);
	pkt->len += keys->tag_len;
	skb_put(skb, offset + pkt->len - skb->len);
	return 0;
}
