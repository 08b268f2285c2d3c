// SPDX-License-Identifier: GPL-2.0-only
#include "srtp_keys.h"

#include <linux/err.h>
#include <linux/moduleparam.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "srtp_kdf.h"

#define RGF_AUTH_KEY_LEN 20

#define RGF_HMAC_IPAD 0x36
#define RGF_HMAC_OPAD 0x5c
#define RGF_F8_PAD    0x55

/*
 * The packet path must be able to wait for ciphers, but those of x86 hardly
 * ever make it wait: only when a packet comes while the FPU is in use. Contexts
 * set up while this is set always wait. Load aesni_intel before.
 */
static bool rgf_test_async;
module_param_named(test_async, rgf_test_async, bool, 0600);
MODULE_PARM_DESC(test_async, "For tests only: all ciphers are asynchronous");

/*
 * "gcm(aes)" and "ctr(aes)" of x86 are wrappers (crypto_simd), which ask for
 * each request whether the FPU is free. If so they call an internal cipher that
 * never waits, else they give it to cryptd. job.c asks once a packet, so keys
 * do without the wrappers. This is what those have inside; "": they are none.
 */
static char rgf_ctr_inner[CRYPTO_MAX_ALG_NAME];
static char rgf_gcm_inner[CRYPTO_MAX_ALG_NAME];

/* Of a wrapper and what is inside, the driver's names differ by "__". */
static void rgf_inner_name(char *name, const struct crypto_tfm *tfm)
{
	const char *driver = tfm->__crt_alg->cra_driver_name;

	if (!(tfm->__crt_alg->cra_flags & CRYPTO_ALG_ASYNC))
		return;
	if (snprintf(name, CRYPTO_MAX_ALG_NAME, "__%s", driver) >=
		    CRYPTO_MAX_ALG_NAME ||
	    !crypto_has_alg(name, CRYPTO_ALG_INTERNAL, CRYPTO_ALG_INTERNAL))
		*name = '\0';
}

void rgf_keys_init(void)
{
	struct crypto_skcipher *ctr = crypto_alloc_skcipher("ctr(aes)", 0, 0);
	struct crypto_aead *gcm = crypto_alloc_aead("gcm(aes)", 0, 0);

	if (!IS_ERR(ctr)) {
		rgf_inner_name(rgf_ctr_inner, crypto_skcipher_tfm(ctr));
		crypto_free_skcipher(ctr);
	}
	if (!IS_ERR(gcm)) {
		rgf_inner_name(rgf_gcm_inner, crypto_aead_tfm(gcm));
		crypto_free_aead(gcm);
	}
}

static int rgf_keys_alloc_ctr(struct rgf_keys *keys)
{
	struct cryptd_skcipher *queue = ERR_PTR(-ENOENT);

	if (*rgf_ctr_inner)
		queue = cryptd_alloc_skcipher(rgf_ctr_inner,
					      CRYPTO_ALG_INTERNAL,
					      CRYPTO_ALG_INTERNAL);
	if (!IS_ERR(queue)) {
		keys->ctr_queue = queue;
		keys->ctr = cryptd_skcipher_child(queue);
		return 0;
	}
	/* The mask for synchronous ones would exclude the fast ones of x86. */
	keys->ctr = crypto_alloc_skcipher("ctr(aes)", 0, 0);
	if (IS_ERR(keys->ctr))
		return PTR_ERR(keys->ctr);
	keys->waits = crypto_skcipher_tfm(keys->ctr)->__crt_alg->cra_flags &
		      CRYPTO_ALG_ASYNC;
	return 0;
}

static int rgf_keys_alloc_gcm(struct rgf_keys *keys)
{
	struct cryptd_aead *queue = ERR_PTR(-ENOENT);

	if (*rgf_gcm_inner)
		queue = cryptd_alloc_aead(rgf_gcm_inner, CRYPTO_ALG_INTERNAL,
					  CRYPTO_ALG_INTERNAL);
	if (!IS_ERR(queue)) {
		keys->gcm_queue = queue;
		keys->gcm = cryptd_aead_child(queue);
		return 0;
	}
	keys->gcm = crypto_alloc_aead("gcm(aes)", 0, 0);
	if (IS_ERR(keys->gcm))
		return PTR_ERR(keys->gcm);
	keys->waits = crypto_aead_tfm(keys->gcm)->__crt_alg->cra_flags &
		      CRYPTO_ALG_ASYNC;
	return 0;
}

static int rgf_keys_alloc_cipher(struct rgf_keys *keys)
{
	switch ((enum rgf_cipher)keys->cipher) {
	case RGF_CIPHER_NULL:
		break;
	case RGF_CIPHER_AES_CM:
		return rgf_keys_alloc_ctr(keys);
	case RGF_CIPHER_AES_GCM:
		return rgf_keys_alloc_gcm(keys);
	case RGF_CIPHER_AES_F8:
		keys->f8 = kzalloc(sizeof(*keys->f8), GFP_KERNEL_ACCOUNT);
		return keys->f8 ? 0 : -ENOMEM;
	}
	return 0;
}

int rgf_keys_alloc(struct rgf_keys *keys, const struct rgf_suite *suite,
		   u32 flags, bool rtcp, struct crypto_shash *sha1)
{
	bool aead = rgf_suite_is_aead(suite);
	u32 clear = rtcp ? RINGFENCE_LEG_FLAGS_UNENCRYPTED_SRTCP
			 : RINGFENCE_LEG_FLAGS_UNENCRYPTED_SRTP;
	int err;

	keys->encrypt = suite->cipher != RGF_CIPHER_NULL && !(flags & clear);
	keys->cipher = keys->encrypt || aead ? suite->cipher : RGF_CIPHER_NULL;
	keys->tag_len = rgf_keys_tag_len(suite, flags, rtcp);
	keys->sha1 = sha1;
	err = rgf_keys_alloc_cipher(keys);
	keys->waits |= READ_ONCE(rgf_test_async);
	if (!err && keys->cipher == RGF_CIPHER_AES_GCM)
		err = crypto_aead_setauthsize(rgf_keys_gcm(keys, false),
					      keys->tag_len);
	return err;
}

void rgf_keys_free(struct rgf_keys *keys)
{
	switch ((enum rgf_cipher)keys->cipher) {
	case RGF_CIPHER_NULL:
		break;
	case RGF_CIPHER_AES_CM:
		if (keys->ctr_queue)
			cryptd_free_skcipher(keys->ctr_queue);
		else if (!IS_ERR(keys->ctr))
			crypto_free_skcipher(keys->ctr);
		break;
	case RGF_CIPHER_AES_GCM:
		if (keys->gcm_queue)
			cryptd_free_aead(keys->gcm_queue);
		else if (!IS_ERR(keys->gcm))
			crypto_free_aead(keys->gcm);
		break;
	case RGF_CIPHER_AES_F8:
		kfree_sensitive(keys->f8);
		break;
	}
	memzero_explicit(keys, sizeof(*keys));
}

/* m = salt || 0x555..5 */
static int rgf_f8_set(struct rgf_f8 *f8, const struct rgf_suite *suite,
		      const u8 *key, const u8 *salt)
{
	u8 masked[AES_KEYSIZE_128];
	unsigned int i;
	int err;

	for (i = 0; i < sizeof(masked); i++)
		masked[i] = key[i] ^
			    (i < suite->salt_len ? salt[i] : RGF_F8_PAD);
	err = aes_expandkey(&f8->key, key, sizeof(masked))
		      ?: aes_expandkey(&f8->masked, masked, sizeof(masked));
	memzero_explicit(masked, sizeof(masked));
	return err;
}

static int rgf_hmac_half(struct rgf_keys *keys, const u8 *auth, u8 pad,
			 struct sha1_state *state)
{
	SHASH_DESC_ON_STACK(desc, keys->sha1);
	u8 block[SHA1_BLOCK_SIZE];
	unsigned int i;
	int err;

	desc->tfm = keys->sha1;
	memset(block, pad, sizeof(block));
	for (i = 0; i < RGF_AUTH_KEY_LEN; i++)
		block[i] ^= auth[i];
	err = crypto_shash_init(desc)
		      ?: crypto_shash_update(desc, block, sizeof(block))
		      ?: crypto_shash_export(desc, state);
	memzero_explicit(block, sizeof(block));
	shash_desc_zero(desc);
	return err;
}

static int rgf_cipher_set(struct rgf_keys *keys, const struct rgf_suite *suite,
			  const u8 *key, const u8 *salt)
{
	switch ((enum rgf_cipher)keys->cipher) {
	case RGF_CIPHER_NULL:
		break;
	case RGF_CIPHER_AES_CM:
		return crypto_skcipher_setkey(rgf_keys_ctr(keys, false), key,
					      suite->key_len);
	case RGF_CIPHER_AES_GCM:
		return crypto_aead_setkey(rgf_keys_gcm(keys, false), key,
					  suite->key_len);
	case RGF_CIPHER_AES_F8:
		return rgf_f8_set(keys->f8, suite, key, salt);
	}
	return 0;
}

/*
 * All hashes of x86 work on a struct sha1_state, but nothing says that they
 * have to. Is this one's result right when it is used like that?
 */
static int rgf_hmac_try_blocks(struct rgf_keys *keys)
{
	SHASH_DESC_ON_STACK(desc, keys->sha1);
	u8 text[SHA1_BLOCK_SIZE + RGF_SHA1_PAD_MAX] = {};
	u8 block[RGF_HMAC_BLOCK], tag[SHA1_DIGEST_SIZE];
	int err;

	keys->sha1_blocks = false;
	if (crypto_shash_descsize(keys->sha1) != sizeof(struct sha1_state))
		return 0;
	err = rgf_hmac(keys, desc, text, SHA1_BLOCK_SIZE, tag)
		      ?: rgf_hmac_padded(keys, desc, text, SHA1_BLOCK_SIZE,
					 block);
	keys->sha1_blocks = !memcmp(tag, block, sizeof(tag));
	shash_desc_zero(desc);
	return err;
}

static int rgf_hmac_set(struct rgf_keys *keys, const u8 *auth)
{
	return rgf_hmac_half(keys, auth, RGF_HMAC_IPAD, &keys->inner) ?:
	       rgf_hmac_half(keys, auth, RGF_HMAC_OPAD, &keys->outer) ?:
	       rgf_hmac_try_blocks(keys);
}

int rgf_keys_set(struct rgf_keys *keys, const struct rgf_suite *suite,
		 const u8 *key, const u8 *salt, const u8 *auth)
{
	int err = rgf_cipher_set(keys, suite, key, salt);

	memcpy(keys->salt, salt, suite->salt_len);
	return err || !keys->sha1 ? err : rgf_hmac_set(keys, auth);
}

/* All that is secret in a derivation, to be wiped at once. */
struct rgf_derivation {
	struct crypto_aes_ctx prf;
	u8 master_salt[RGF_SALT_LEN];
	u8 key[AES_MAX_KEY_SIZE];
	u8 salt[RGF_SALT_LEN];
	u8 auth[RGF_AUTH_KEY_LEN];
};

static const struct {
	enum rgf_kdf_label cipher, auth, salt;
} rgf_labels[2] = {
	{ RGF_KDF_RTP_CIPHER, RGF_KDF_RTP_AUTH, RGF_KDF_RTP_SALT },
	{ RGF_KDF_RTCP_CIPHER, RGF_KDF_RTCP_AUTH, RGF_KDF_RTCP_SALT },
};

int rgf_keys_derive(struct rgf_keys *keys, const struct rgf_suite *suite,
		    const u8 *master, bool rtcp, u64 r)
{
	struct rgf_derivation *d;
	int err;

	d = kzalloc(sizeof(*d), GFP_KERNEL);
	if (!d)
		return -ENOMEM;
	memcpy(d->master_salt, master + suite->key_len, suite->salt_len);
	err = aes_expandkey(&d->prf, master, suite->key_len);
	if (err)
		goto out;
	rgf_kdf(&d->prf, d->master_salt, rgf_labels[rtcp].cipher, r, d->key,
		suite->key_len);
	rgf_kdf(&d->prf, d->master_salt, rgf_labels[rtcp].salt, r, d->salt,
		suite->salt_len);
	rgf_kdf(&d->prf, d->master_salt, rgf_labels[rtcp].auth, r, d->auth,
		suite->auth_key_len);
	err = rgf_keys_set(keys, suite, d->key, d->salt, d->auth);
out:
	kfree_sensitive(d);
	return err;
}

/* Those that wait need more room. */
unsigned int rgf_keys_reqsize(const struct rgf_keys *keys)
{
	unsigned int size = keys->sha1 ? crypto_shash_descsize(keys->sha1) : 0;

	switch ((enum rgf_cipher)keys->cipher) {
	case RGF_CIPHER_AES_CM:
		return max(size,
			   crypto_skcipher_reqsize(rgf_keys_ctr(keys, false)));
	case RGF_CIPHER_AES_GCM:
		return crypto_aead_reqsize(rgf_keys_gcm(keys, false));
	case RGF_CIPHER_AES_F8:
	case RGF_CIPHER_NULL:
		break;
	}
	return size;
}

struct crypto_shash *rgf_sha1_alloc(void)
{
	struct crypto_shash *sha1 = crypto_alloc_shash("sha1", 0, 0);

	if (IS_ERR(sha1))
		return sha1;
	/* Room for half an HMAC; all of x86 need just that. */
	if (crypto_shash_statesize(sha1) > sizeof(struct sha1_state)) {
		crypto_free_shash(sha1);
		return ERR_PTR(-EOPNOTSUPP);
	}
	return sha1;
}
