// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <wolfssl/options.h>
#include <wolfssl/wolfcrypt/aes.h>
#include <wolfssl/wolfcrypt/coding.h>
#include <wolfssl/wolfcrypt/pwdbased.h>

#include "backup/seal.h"
#include "base/secret.h"

#define MAGIC	     "ringfence-backup 1 "
#define PLAIN	     MAGIC "plain"
#define SCRYPT_BLOCK 8 /* r */

/* The first line, taken apart. */
struct head {
	char line[BACKUP_HEAD_MAX]; /* without its end */
	bool encrypted;
	struct backup_kdf kdf;
	uint8_t nonce[BACKUP_NONCE_LEN];
};

void backup_hex(const uint8_t *p, size_t n, char *text)
{
	for (size_t i = 0; i < n; i++)
		sprintf(text + 2 * i, "%02x", p[i]);
	text[2 * n] = '\0';
}

bool backup_unhex(const char *text, uint8_t *p, size_t n)
{
	static const char digits[] = "0123456789abcdef";

	if (strlen(text) != 2 * n || strspn(text, digits) != 2 * n)
		return false;
	for (size_t i = 0; i < n; i++)
		p[i] = (uint8_t)((strchr(digits, text[2 * i]) - digits) << 4 |
				 (strchr(digits, text[2 * i + 1]) - digits));
	return true;
}

int backup_kdf_new(struct backup_kdf *ret)
{
	struct backup_kdf kdf = { .cost = BACKUP_COST };
	int err = secret_random(kdf.salt, sizeof(kdf.salt));

	if (!err)
		*ret = kdf;
	return err;
}

int backup_key(const struct backup_kdf *kdf, const char *passphrase,
	       uint8_t key[BACKUP_KEY_LEN])
{
	int r = wc_scrypt(key, (const byte *)passphrase,
			  (int)strlen(passphrase), kdf->salt, sizeof(kdf->salt),
			  (int)kdf->cost, SCRYPT_BLOCK, 1, BACKUP_KEY_LEN);

	return r ? -ENOMEM : 0;
}

static void write_head(struct head *h)
{
	char salt[2 * BACKUP_SALT_LEN + 1], nonce[2 * BACKUP_NONCE_LEN + 1];

	backup_hex(h->kdf.salt, sizeof(h->kdf.salt), salt);
	backup_hex(h->nonce, sizeof(h->nonce), nonce);
	snprintf(h->line, sizeof(h->line), MAGIC "scrypt %u %s aes-256-gcm %s",
		 h->kdf.cost, salt, nonce);
}

/* Returns where the next line begins; NULL: that is no backup. */
static const char *read_head(const char *text, struct head *ret)
{
	char salt[2 * BACKUP_SALT_LEN + 1], nonce[2 * BACKUP_NONCE_LEN + 1];
	char cost[3];
	const char *end = strchr(text, '\n');
	struct head h = { .encrypted = true };
	struct head again;

	if (!end || end - text >= (long)sizeof(h.line))
		return NULL;
	memcpy(h.line, text, (size_t)(end - text));
	if (!strcmp(h.line, PLAIN)) {
		h.encrypted = false;
		*ret = h;
		return end + 1;
	}
	if (sscanf(h.line, MAGIC "scrypt %2[0-9] %32s aes-256-gcm %24s", cost,
		   salt, nonce) != 3)
		return NULL;
	h.kdf.cost = (unsigned int)strtoul(cost, NULL, 10);
	if (h.kdf.cost < BACKUP_COST_MIN || h.kdf.cost > BACKUP_COST_MAX ||
	    !backup_unhex(salt, h.kdf.salt, sizeof(h.kdf.salt)) ||
	    !backup_unhex(nonce, h.nonce, sizeof(h.nonce)))
		return NULL;
	/* There is one way to write it. */
	again = h;
	write_head(&again);
	if (strcmp(again.line, h.line) != 0)
		return NULL;
	*ret = h;
	return end + 1;
}

int backup_head(const char *text, bool *encrypted, struct backup_kdf *kdf)
{
	struct head h;

	if (!read_head(text, &h))
		return -EBADMSG;
	*encrypted = h.encrypted;
	*kdf = h.kdf;
	return 0;
}

/* The line @head, then @n bytes in base64. */
static int armor(const char *head, const uint8_t *p, size_t n, char **ret)
{
	size_t head_len = strlen(head) + 1;
	word32 size = (word32)(n / 3 * 4 + n / 48 + 128);
	char *text = malloc(head_len + size + 1);

	if (!text)
		return -ENOMEM;
	sprintf(text, "%s\n", head);
	if (!n) {
		size = 0; /* which wolfSSL takes for an error */
	} else if (Base64_Encode(p, (word32)n, (byte *)text + head_len,
				 &size) != 0) {
		free(text);
		return -ENOMEM;
	}
	text[head_len + size] = '\0';
	*ret = text;
	return 0;
}

/* wc_AesFree() it, even after an error. */
static int begin(Aes *aes, const uint8_t *key)
{
	int r = wc_AesInit(aes, NULL, INVALID_DEVID);

	return r ? r : wc_AesGcmSetKey(aes, key, BACKUP_KEY_LEN);
}

/* In place: @buf has room for the tag behind @len bytes. */
static int encrypt(const struct head *h, const uint8_t *key, uint8_t *buf,
		   size_t len)
{
	Aes aes;
	int r = begin(&aes, key);

	if (!r)
		r = wc_AesGcmEncrypt(&aes, buf, buf, (word32)len, h->nonce,
				     sizeof(h->nonce), buf + len,
				     BACKUP_TAG_LEN, (const byte *)h->line,
				     (word32)strlen(h->line));
	wc_AesFree(&aes);
	return r ? -ENOMEM : 0;
}

static int decrypt(const struct head *h, const uint8_t *key, uint8_t *buf,
		   size_t len)
{
	Aes aes;
	int r = begin(&aes, key);

	if (!r)
		r = wc_AesGcmDecrypt(&aes, buf, buf, (word32)len, h->nonce,
				     sizeof(h->nonce), buf + len,
				     BACKUP_TAG_LEN, (const byte *)h->line,
				     (word32)strlen(h->line));
	wc_AesFree(&aes);
	return r ? -EKEYREJECTED : 0;
}

int backup_seal(const void *plain, size_t len, const struct backup_kdf *kdf,
		const uint8_t *key, char **ret)
{
	size_t size = len + BACKUP_TAG_LEN;
	struct head h = { .encrypted = true };
	uint8_t *buf;
	int err;

	if (len > BACKUP_PLAIN_MAX)
		return -EFBIG;
	if (!key)
		return armor(PLAIN, plain, len, ret);
	h.kdf = *kdf;
	err = secret_random(h.nonce, sizeof(h.nonce));
	buf = err ? NULL : malloc(size);
	if (!buf)
		return -ENOMEM;
	memcpy(buf, plain, len);
	write_head(&h);
	err = encrypt(&h, key, buf, len);
	if (!err)
		err = armor(h.line, buf, size, ret);
	secret_free(buf, size);
	return err;
}

int backup_unseal(const char *text, const uint8_t *key, char **ret, size_t *len)
{
	size_t tag, size = strlen(text);
	const char *body;
	struct head h;
	uint8_t *buf;
	word32 n;
	int err = 0;

	body = read_head(text, &h);
	if (!body)
		return -EBADMSG;
	if (size > 2 * BACKUP_PLAIN_MAX)
		return -EFBIG;
	if (h.encrypted != !!key)
		return -EKEYREJECTED;
	tag = h.encrypted ? BACKUP_TAG_LEN : 0;
	n = (word32)size;
	buf = malloc(size + 1);
	if (!buf)
		return -ENOMEM;
	if (!*body)
		n = 0;
	else if (Base64_Decode((const byte *)body, (word32)strlen(body), buf,
			       &n))
		err = -EBADMSG;
	if (!err && n < tag)
		err = -EBADMSG;
	if (!err && h.encrypted)
		err = decrypt(&h, key, buf, n - tag);
	if (err) {
		secret_free(buf, size + 1);
		return err;
	}
	buf[n - tag] = '\0';
	*ret = (char *)buf;
	*len = n - tag;
	return 0;
}
