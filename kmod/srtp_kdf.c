// SPDX-License-Identifier: GPL-2.0-only
#include "srtp_kdf.h"

#include <linux/minmax.h>
#include <linux/string.h>

#include "compat.h"

#define RGF_COUNTER_AT 14 /* the last 16 bits of the block count */

void rgf_kdf_keystream(const struct crypto_aes_ctx *prf,
		       const u8 iv[AES_BLOCK_SIZE], u8 *out, unsigned int len)
{
	u16 first = get_unaligned_be16(iv + RGF_COUNTER_AT);
	u8 counter[AES_BLOCK_SIZE], block[AES_BLOCK_SIZE];
	unsigned int done, n;

	memcpy(counter, iv, sizeof(counter));
	for (done = 0; done < len; done += n) {
		put_unaligned_be16(first + done / AES_BLOCK_SIZE,
				   counter + RGF_COUNTER_AT);
		aes_encrypt(prf, block, counter);
		n = min_t(unsigned int, len - done, AES_BLOCK_SIZE);
		memcpy(out + done, block, n);
	}
	memzero_explicit(block, sizeof(block));
	memzero_explicit(counter, sizeof(counter));
}

/*
 * key_id = label || r, x = key_id XOR master salt, aligned on the right; the
 * first counter block is x * 2^16. An SRTCP index has 32 bits (4.3.2), but
 * everyone has the label in the same place: r has 48 bits there as well.
 *
 *	 0           7   8               14  16
 *	+-----------+---+---------------+---+
 *	| salt                          | 0 |
 *	|           | l | r             |   |
 *	+-----------+---+---------------+---+
 */
void rgf_kdf(const struct crypto_aes_ctx *prf, const u8 *salt,
	     enum rgf_kdf_label label, u64 r, u8 *out, unsigned int len)
{
	__be64 iv[2] = {};

	memcpy(iv, salt, RGF_SALT_LEN);
	iv[0] ^= cpu_to_be64(label);
	iv[1] ^= cpu_to_be64(r << 16);
	rgf_kdf_keystream(prf, (const u8 *)iv, out, len);
	memzero_explicit(iv, sizeof(iv));
}
