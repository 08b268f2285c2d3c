// SPDX-License-Identifier: GPL-2.0-only
#include "srtp_kdf.h"

#include <linux/crypto.h>
#include <linux/scatterlist.h>
#include <linux/slab.h>
#include <linux/string.h>

#include <crypto/skcipher.h>

int rgf_aes_cm_keystream(struct crypto_skcipher *cipher,
			 const u8 iv[RGF_AES_CM_IV_LEN], u8 *out,
			 unsigned int len)
{
	u8 counter[RGF_AES_CM_IV_LEN];
	struct skcipher_request *req;
	DECLARE_CRYPTO_WAIT(wait);
	struct scatterlist sg;
	int err;

	req = skcipher_request_alloc(cipher, GFP_KERNEL);
	if (!req)
		return -ENOMEM;

	memcpy(counter, iv, sizeof(counter));
	memset(out, 0, len);
	sg_init_one(&sg, out, len);
	skcipher_request_set_callback(req, CRYPTO_TFM_REQ_MAY_BACKLOG,
				      crypto_req_done, &wait);
	skcipher_request_set_crypt(req, &sg, &sg, len, counter);
	err = crypto_wait_req(crypto_skcipher_encrypt(req), &wait);
	skcipher_request_free(req);
	return err;
}

int rgf_kdf(struct crypto_skcipher *prf, const u8 *salt,
	    enum rgf_kdf_label label, u8 *out, unsigned int len)
{
	u8 iv[RGF_AES_CM_IV_LEN] = {};
	int err;

	/*
	 * x = (label << 48) XOR salt, with 48 bits of index DIV rate, which
	 * are zero at rate 0; the counter block is x * 2^16.
	 */
	memcpy(iv, salt, RGF_SALT_LEN);
	iv[7] ^= label;
	err = rgf_aes_cm_keystream(prf, iv, out, len);
	memzero_explicit(iv, sizeof(iv));
	return err;
}
