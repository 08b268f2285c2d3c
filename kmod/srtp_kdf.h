/* SPDX-License-Identifier: GPL-2.0-only */
/* Key derivation of RFC 3711, 4.3, with the PRF of RFC 6188 for long keys. */
#ifndef _RGF_SRTP_KDF_H
#define _RGF_SRTP_KDF_H

#include <linux/types.h>

#include <crypto/aes.h>

#define RGF_SALT_LEN 14 /* a shorter one is padded with zeros (RFC 7714, 11) */

/* RFC 3711, 4.3.2 */
enum rgf_kdf_label {
	RGF_KDF_RTP_CIPHER = 0,
	RGF_KDF_RTP_AUTH = 1,
	RGF_KDF_RTP_SALT = 2,
	RGF_KDF_RTCP_CIPHER = 3,
	RGF_KDF_RTCP_AUTH = 4,
	RGF_KDF_RTCP_SALT = 5,
};

/**
 * rgf_kdf_keystream() - AES in counter mode over zeros (RFC 3711, 4.1.1)
 * @prf: an expanded key
 * @iv: first counter block
 * @out: @len bytes of key stream
 * @len: up to 2^16 blocks
 *
 * Any context. For key derivation, not for packets: it goes block by block.
 */
void rgf_kdf_keystream(const struct crypto_aes_ctx *prf,
		       const u8 iv[AES_BLOCK_SIZE], u8 *out, unsigned int len);

/**
 * rgf_kdf() - derive one session key (RFC 3711, 4.3.1 and 4.3.3)
 * @prf: the expanded master key
 * @salt: master salt, RGF_SALT_LEN bytes
 * @label: which key
 * @r: packet index DIV key derivation rate, 48 bit; 0 at rate 0
 * @out: @len bytes of key
 * @len: bytes of key wanted
 *
 * Any context.
 */
void rgf_kdf(const struct crypto_aes_ctx *prf, const u8 *salt,
	     enum rgf_kdf_label label, u64 r, u8 *out, unsigned int len);

#endif
