/* SPDX-License-Identifier: GPL-2.0-only */
/* Key derivation of RFC 3711, 4.3, with a key derivation rate of 0. */
#ifndef _RGF_SRTP_KDF_H
#define _RGF_SRTP_KDF_H

#include <linux/types.h>

struct crypto_skcipher;

#define RGF_AES_CM_IV_LEN 16
#define RGF_SALT_LEN	  14

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
 * rgf_aes_cm_keystream() - AES in counter mode over zeros (RFC 3711, 4.1.1)
 * @cipher: "ctr(aes)", its key set
 * @iv: first counter block
 * @out: kmalloc'ed
 * @len: bytes of key stream wanted
 *
 * Process context, waits for the cipher.
 *
 * Return: 0 or -errno.
 */
int rgf_aes_cm_keystream(struct crypto_skcipher *cipher,
			 const u8 iv[RGF_AES_CM_IV_LEN], u8 *out,
			 unsigned int len);

/**
 * rgf_kdf() - derive one session key (RFC 3711, 4.3.1 and 4.3.3)
 * @prf: "ctr(aes)", keyed with the master key
 * @salt: master salt, RGF_SALT_LEN bytes
 * @label: which key
 * @out: kmalloc'ed
 * @len: bytes of key wanted
 *
 * Process context, waits for the cipher.
 *
 * Return: 0 or -errno.
 */
int rgf_kdf(struct crypto_skcipher *prf, const u8 *salt,
	    enum rgf_kdf_label label, u8 *out, unsigned int len);

#endif
