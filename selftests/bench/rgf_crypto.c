// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the kernel's crypto API alone spends on AES_CM_128_HMAC_SHA1_80 for a
 * packet of 20 ms of G.711: the yardstick for the relay's protection. Reading
 * rgf_crypto in debugfs shows the median of the batches, in cycles.
 */
#include <linux/debugfs.h>
#include <linux/module.h>
#include <linux/scatterlist.h>
#include <linux/seq_file.h>
#include <linux/sort.h>
#include <linux/timex.h>

#include <crypto/hash.h>
#include <crypto/sha1.h>
#include <crypto/skcipher.h>

#define CRYPTO_BATCH   64
#define CRYPTO_ROUNDS  128
#define CRYPTO_HEADER  12
#define CRYPTO_PAYLOAD 160
#define CRYPTO_ROC     4
#define CRYPTO_SIGNED  (CRYPTO_HEADER + CRYPTO_PAYLOAD + CRYPTO_ROC)
#define CRYPTO_KEY     16

static struct crypto_skcipher *cipher;
static struct crypto_shash *auth;
static struct dentry *crypto_file;
static DEFINE_MUTEX(crypto_lock); /* one run at a time, and its buffers */
static u8 packet[CRYPTO_HEADER + CRYPTO_PAYLOAD + SHA1_DIGEST_SIZE];
static u64 cycles[CRYPTO_ROUNDS];

static int crypto_packet(struct skcipher_request *req)
{
	SHASH_DESC_ON_STACK(desc, auth);
	u8 iv[16] = { 0 }, tag[SHA1_DIGEST_SIZE];
	struct scatterlist sg;
	int err;

	sg_init_one(&sg, packet + CRYPTO_HEADER, CRYPTO_PAYLOAD);
	skcipher_request_set_crypt(req, &sg, &sg, CRYPTO_PAYLOAD, iv);
	err = crypto_skcipher_encrypt(req);
	if (err)
		return err;
	desc->tfm = auth;
	return crypto_shash_digest(desc, packet, CRYPTO_SIGNED, tag);
}

static int crypto_batch(struct skcipher_request *req, u64 *spent)
{
	int i, err = 0;
	u64 start;

	local_bh_disable();
	start = get_cycles();
	for (i = 0; i < CRYPTO_BATCH && !err; i++)
		err = crypto_packet(req);
	*spent = get_cycles() - start;
	local_bh_enable();
	return err;
}

static int crypto_cmp(const void *a, const void *b)
{
	u64 x = *(const u64 *)a, y = *(const u64 *)b;

	return x < y ? -1 : x > y;
}

static int rgf_crypto_show(struct seq_file *seq, void *unused)
{
	struct skcipher_request *req;
	int i, err = 0;

	req = skcipher_request_alloc(cipher, GFP_KERNEL);
	if (!req)
		return -ENOMEM;
	/* In bottom-half context, as here, none of them is asynchronous. */
	skcipher_request_set_callback(req, 0, NULL, NULL);
	mutex_lock(&crypto_lock);
	for (i = 0; i < CRYPTO_ROUNDS && !err; i++)
		err = crypto_batch(req, &cycles[i]);
	sort(cycles, CRYPTO_ROUNDS, sizeof(*cycles), crypto_cmp, NULL);
	seq_printf(seq, "median %llu packets %u\n", cycles[CRYPTO_ROUNDS / 2],
		   CRYPTO_BATCH);
	mutex_unlock(&crypto_lock);
	skcipher_request_free(req);
	return err;
}
DEFINE_SHOW_ATTRIBUTE(rgf_crypto);

static int __init rgf_crypto_init(void)
{
	static const u8 key[SHA1_DIGEST_SIZE] = { 1, 2, 3 };
	int err;

	cipher = crypto_alloc_skcipher("ctr(aes)", 0, 0);
	if (IS_ERR(cipher))
		return PTR_ERR(cipher);
	auth = crypto_alloc_shash("hmac(sha1)", 0, 0);
	if (IS_ERR(auth)) {
		err = PTR_ERR(auth);
		goto err_cipher;
	}
	err = crypto_skcipher_setkey(cipher, key, CRYPTO_KEY)
		      ?: crypto_shash_setkey(auth, key, sizeof(key));
	if (err)
		goto err_auth;
	crypto_file = debugfs_create_file("rgf_crypto", 0400, NULL, NULL,
					  &rgf_crypto_fops);
	return 0;

err_auth:
	crypto_free_shash(auth);
err_cipher:
	crypto_free_skcipher(cipher);
	return err;
}

static void __exit rgf_crypto_exit(void)
{
	debugfs_remove(crypto_file);
	crypto_free_shash(auth);
	crypto_free_skcipher(cipher);
}

module_init(rgf_crypto_init);
module_exit(rgf_crypto_exit);

MODULE_DESCRIPTION("Instructions per packet of the crypto API alone");
MODULE_LICENSE("GPL");
