/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The file of a backup: a line that says what it is, then base64. Encrypted it is
 * AES-256-GCM, with that line as associated data, by a key that scrypt (RFC 7914)
 * makes of a passphrase. Who has the passphrase makes the key, the daemon gets
 * the key only: making it takes time on purpose.
 *
 *	ringfence-backup 1 plain
 *	ringfence-backup 1 scrypt COST SALT aes-256-gcm NONCE
 */
#ifndef BACKUP_SEAL_H
#define BACKUP_SEAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BACKUP_PLAIN_MAX (1400 * 1000) /* bytes; more: -EFBIG */
#define BACKUP_HEAD_MAX	 160 /* bytes of the first line */

#define BACKUP_KEY_LEN	 32
#define BACKUP_SALT_LEN	 16
#define BACKUP_NONCE_LEN 12
#define BACKUP_TAG_LEN	 16

/* scrypt's N is 2^cost, its r 8, its p 1: 128 MiB and some tenths of a second. */
#define BACKUP_COST	17
#define BACKUP_COST_MIN 14
#define BACKUP_COST_MAX 20

/* How a key is made of a passphrase. */
struct backup_kdf {
	unsigned int cost;
	uint8_t salt[BACKUP_SALT_LEN];
};

/* A new salt; 0 or -errno. */
int backup_kdf_new(struct backup_kdf *ret);

/* Takes long. 0, or -ENOMEM; the caller wipes @key. */
int backup_key(const struct backup_kdf *kdf, const char *passphrase,
	       uint8_t key[BACKUP_KEY_LEN]);

/**
 * backup_seal() - make a backup's file
 * @kdf, @key: both NULL: not encrypted
 * @ret: text, ended by a zero; the caller frees it
 *
 * Return: 0, -EFBIG or -ENOMEM.
 */
int backup_seal(const void *plain, size_t len, const struct backup_kdf *kdf,
		const uint8_t *key, char **ret);

/**
 * backup_head() - what a backup's file needs
 * @encrypted: whether it needs a key, made as @kdf says
 *
 * Return: 0, or -EBADMSG: that is none.
 */
int backup_head(const char *text, bool *encrypted, struct backup_kdf *kdf);

/**
 * backup_unseal() - what is in a backup's file
 * @key: NULL if it isn't encrypted
 * @ret: ended by a zero that isn't counted; the caller wipes and frees it
 *
 * Return: 0; -EBADMSG: that is none, or it is damaged; -EKEYREJECTED: it is
 * encrypted, and not with @key; -EFBIG, -ENOMEM.
 */
int backup_unseal(const char *text, const uint8_t *key, char **ret,
		  size_t *len);

/* "0a1b…" and back; @text may have no other length. */
void backup_hex(const uint8_t *p, size_t n, char *text);
bool backup_unhex(const char *text, uint8_t *p, size_t n);

#endif
