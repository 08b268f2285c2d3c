// SPDX-License-Identifier: GPL-2.0-only
#include "srtp_cipher.h"

#include <crypto/algapi.h>

#include "compat.h"
#include "srtp_ctx.h"

/*
 * RFC 3711, 4.1.1: IV = (salt * 2^16) XOR (SSRC * 2^64) XOR (index * 2^16)
 *
 *	 0       4       8               14  16
 *	+-------+-------+---------------+---+
 *	| salt                          | 0 |
 *	|       | SSRC  | index, 48 bit |   |
 *	+-------+-------+---------------+---+
 */
static void rgf_iv_cm(struct rgf_crypt *crypt)
{
	const __be64 *salt = (const __be64 *)crypt->keys->salt;
	__be64 *iv = (__be64 *)crypt->iv;

	iv[0] = salt[0] ^ cpu_to_be64(crypt->pkt->ssrc);
	iv[1] = salt[1] ^ cpu_to_be64(crypt->index << 16);
}

static int rgf_ctr_run(struct rgf_crypt *crypt, u8 *data, unsigned int len)
{
	struct skcipher_request *req = &crypt->req.cipher;

	rgf_iv_cm(crypt);
	rgf_sg_one(crypt->sg, data, len);
	skcipher_request_set_tfm(req,
				 rgf_keys_ctr(crypt->keys, crypt->at_once));
	skcipher_request_set_callback(req, RGF_REQ_FLAGS, crypt->done,
				      crypt->done_data);
	skcipher_request_set_crypt(req, crypt->sg, crypt->sg, len, crypt->iv);
	return crypto_skcipher_encrypt(req);
}

/*
 * RFC 3711, 4.1.2.2 and 4.1.2.3
 *
 *	 0   1       2     4           8       12      16
 *	+---+-------+-----+-----------+-------+-------+
 *	| 0 | M, PT | SEQ | timestamp | SSRC  | ROC   |	RTP
 *	+---+-------+-----+-----------+-------+-------+
 *	| 0               | E, index  | first 8 bytes |	RTCP
 *	+-----------------+-----------+---------------+
 */
static void rgf_iv_f8(struct rgf_crypt *crypt)
{
	u8 *iv = crypt->iv;

	if (crypt->pkt->rtcp) {
		put_unaligned_be32(0, iv);
		put_unaligned_be32(crypt->e_index, iv + 4);
		memcpy(iv + 8, crypt->data, 8);
	} else {
		memcpy(iv, crypt->data, 12);
		iv[0] = 0;
		put_unaligned_be32(crypt->index >> 16, iv + 12);
	}
}

/*
 * Key stream block j is S(j) = E(k, IV' XOR j XOR S(j - 1)), where
 * IV' = E(k XOR m, IV). Block by block: nobody uses it for its speed.
 */
static void rgf_f8_run(struct rgf_crypt *crypt, u8 *data, unsigned int len)
{
	const struct rgf_f8 *f8 = crypt->keys->f8;
	u8 iv[AES_BLOCK_SIZE], s[AES_BLOCK_SIZE] = {};
	unsigned int at, n;

	rgf_iv_f8(crypt);
	aes_encrypt(&f8->masked, iv, crypt->iv);
	for (at = 0; at < len; at += n) {
		crypto_xor(s, iv, sizeof(s));
		/* j, at the right end */
		put_unaligned_be32(get_unaligned_be32(s + 12) ^
					   at / AES_BLOCK_SIZE,
				   s + 12);
		aes_encrypt(&f8->key, s, s);
		n = min_t(unsigned int, len - at, sizeof(s));
		crypto_xor(data + at, s, n);
	}
	memzero_explicit(iv, sizeof(iv));
	memzero_explicit(s, sizeof(s));
}

int rgf_cipher_run(struct rgf_crypt *crypt)
{
	const struct rgf_pkt *pkt = crypt->pkt;
	u8 *data = crypt->data + pkt->hdr_len;
	unsigned int len = pkt->len - pkt->hdr_len;

	if (unlikely(!len))
		return 0;
	if (likely(crypt->keys->cipher == RGF_CIPHER_AES_CM))
		return rgf_ctr_run(crypt, data, len);
	if (crypt->keys->cipher == RGF_CIPHER_AES_F8)
		rgf_f8_run(crypt, data, len);
	return 0;
}

/*
 * RTCP has E and index, which are authenticated only, behind the tag (RFC 7714,
 * 9.3).
 *
 *	+--------+------------+-----+----------+
 *	| header | payload    | tag | E, index |
 *	+--------+------------+-----+----------+
 *	  sg[0]    sg[2]              sg[1]
 */
unsigned int rgf_aead_map_rtcp(struct rgf_crypt *crypt, unsigned int index_at,
			       unsigned int clear)
{
	unsigned int len = crypt->pkt->len;

	sg_init_table(crypt->sg, ARRAY_SIZE(crypt->sg));
	sg_set_buf(&crypt->sg[0], crypt->data, clear);
	sg_set_buf(&crypt->sg[1], crypt->data + len + index_at,
		   RGF_SRTCP_INDEX_LEN);
	sg_set_buf(&crypt->sg[2], crypt->data + clear,
		   len - clear + crypt->keys->tag_len);
	return clear + RGF_SRTCP_INDEX_LEN;
}
