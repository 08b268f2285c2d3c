// SPDX-License-Identifier: GPL-2.0-only
/*
 * Key derivation and ciphers with the vectors of RFC 3711, appendix B, RFC
 * 6188, 7, and RFC 7714, 16 and 17.
 */
#include "srtp-fixture.h"

#include "../srtp_kdf.c"
#include "../srtp_keys.c"
#include "../suite.c"

#include <linux/kmod.h>

#include "../srtp_cipher.h"
#include "../srtp_ctx.h"

void rgf_test_set_async(bool on)
{
	*rgf_ctr_inner = '\0';
	*rgf_gcm_inner = '\0';
	if (on) {
		request_module("aesni_intel");
		rgf_keys_init();
	}
	rgf_test_async = on;
}

/* Key stream from block 0, and from block 0xfeff of the same packet. */
static const struct {
	const char *name;
	unsigned int key_len;
	const char *key;
	const char *first; /* 48 bytes each */
	const char *last;
} keystreams[] = {
	{ "RFC 3711, B.2", 16,
	  "\x2b\x7e\x15\x16\x28\xae\xd2\xa6\xab\xf7\x15\x88\x09\xcf\x4f\x3c",
	  "\xe0\x3e\xad\x09\x35\xc9\x5e\x80\xe1\x66\xb1\x6d\xd9\x2b\x4e\xb4"
	  "\xd2\x35\x13\x16\x2b\x02\xd0\xf7\x2a\x43\xa2\xfe\x4a\x5f\x97\xab"
	  "\x41\xe9\x5b\x3b\xb0\xa2\xe8\xdd\x47\x79\x01\xe4\xfc\xa8\x94\xc0",
	  "\xec\x8c\xdf\x73\x98\x60\x7c\xb0\xf2\xd2\x16\x75\xea\x9e\xa1\xe4"
	  "\x36\x2b\x7c\x3c\x67\x73\x51\x63\x18\xa0\x77\xd7\xfc\x50\x73\xae"
	  "\x6a\x2c\xc3\x78\x78\x89\x37\x4f\xbe\xb4\xc8\x1b\x17\xba\x6c\x44" },
	{ "RFC 6188, 7.1", 32,
	  "\x57\xf8\x2f\xe3\x61\x3f\xd1\x70\xa8\x5e\xc9\x3c\x40\xb1\xf0\x92"
	  "\x2e\xc4\xcb\x0d\xc0\x25\xb5\x82\x72\x14\x7c\xc4\x38\x94\x4a\x98",
	  "\x92\xbd\xd2\x8a\x93\xc3\xf5\x25\x11\xc6\x77\xd0\x8b\x55\x15\xa4"
	  "\x9d\xa7\x1b\x23\x78\xa8\x54\xf6\x70\x50\x75\x6d\xed\x16\x5b\xac"
	  "\x63\xc4\x86\x8b\x70\x96\xd8\x84\x21\xb5\x63\xb8\xc9\x4c\x9a\x31",
	  "\xce\xa5\x18\xc9\x0f\xd9\x1c\xed\x9c\xbb\x18\xc0\x78\xa5\x47\x11"
	  "\x3d\xbc\x48\x14\xf4\xda\x5f\x00\xa0\x87\x72\xb6\x3c\x6a\x04\x6d"
	  "\x6e\xb2\x46\x91\x30\x62\xa1\x68\x91\x43\x3e\x97\xdd\x01\xa5\x7f" },
	{ "RFC 6188, 7.3", 24,
	  "\xea\xb2\x34\x76\x4e\x51\x7b\x2d\x3d\x16\x0d\x58\x7d\x8c\x86\x21"
	  "\x97\x40\xf6\x5f\x99\xb6\xbc\xf7",
	  "\x35\x09\x6c\xba\x46\x10\x02\x8d\xc1\xb5\x75\x03\x80\x4c\xe3\x7c"
	  "\x5d\xe9\x86\x29\x1d\xcc\xe1\x61\xd5\x16\x5e\xc4\x56\x8f\x5c\x9a"
	  "\x47\x4a\x40\xc7\x78\x94\xbc\x17\x18\x02\x02\x27\x2a\x4c\x26\x4d",
	  "\xd1\x08\xd1\xa3\x1a\x00\xba\xd6\x36\x7e\xc2\x3e\xb0\x44\xb4\x15"
	  "\xc8\xf5\x71\x29\xfd\xeb\x97\x0b\x59\xf9\x17\xb2\x57\x66\x2d\x4c"
	  "\xa5\xda\xb6\x25\x81\x10\x34\xe8\xce\xbd\xfe\xb6\xdc\x15\x8d\xd3" },
};

static void rgf_test_keystreams(struct kunit *test)
{
	u8 iv[16] = "\xf0\xf1\xf2\xf3\xf4\xf5\xf6\xf7\xf8\xf9\xfa\xfb\xfc\xfd";
	struct crypto_aes_ctx prf;
	unsigned int i;
	u8 out[48];

	for (i = 0; i < ARRAY_SIZE(keystreams); i++) {
		KUNIT_EXPECT_EQ(test,
				aes_expandkey(&prf, keystreams[i].key,
					      keystreams[i].key_len),
				0);
		iv[14] = 0;
		iv[15] = 0;
		rgf_kdf_keystream(&prf, iv, out, sizeof(out));
		KUNIT_EXPECT_MEMEQ_MSG(test, out, keystreams[i].first,
				       sizeof(out), "%s", keystreams[i].name);
		iv[14] = 0xfe;
		iv[15] = 0xff;
		rgf_kdf_keystream(&prf, iv, out, sizeof(out));
		KUNIT_EXPECT_MEMEQ_MSG(test, out, keystreams[i].last,
				       sizeof(out), "%s", keystreams[i].name);
	}
}

/* Session keys of RTP. */
static const struct {
	const char *name;
	unsigned int key_len;
	const char *master; /* and salt */
	const char *cipher;
	const char *salt;
	const char *auth; /* 20 bytes of it */
} derivations[] = {
	{ "RFC 3711, B.3", 16,
	  "\xe1\xf9\x7a\x0d\x3e\x01\x8b\xe0\xd6\x4f\xa3\x2c\x06\xde\x41\x39"
	  "\x0e\xc6\x75\xad\x49\x8a\xfe\xeb\xb6\x96\x0b\x3a\xab\xe6",
	  "\xc6\x1e\x7a\x93\x74\x4f\x39\xee\x10\x73\x4a\xfe\x3f\xf7\xa0\x87",
	  "\x30\xcb\xbc\x08\x86\x3d\x8c\x85\xd4\x9d\xb3\x4a\x9a\xe1",
	  "\xce\xbe\x32\x1f\x6f\xf7\x71\x6b\x6f\xd4\xab\x49\xaf\x25\x6a\x15"
	  "\x6d\x38\xba\xa4" },
	{ "RFC 6188, 7.2", 32,
	  "\xf0\xf0\x49\x14\xb5\x13\xf2\x76\x3a\x1b\x1f\xa1\x30\xf1\x0e\x29"
	  "\x98\xf6\xf6\xe4\x3e\x43\x09\xd1\xe6\x22\xa0\xe3\x32\xb9\xf1\xb6"
	  "\x3b\x04\x80\x3d\xe5\x1e\xe7\xc9\x64\x23\xab\x5b\x78\xd2",
	  "\x5b\xa1\x06\x4e\x30\xec\x51\x61\x3c\xad\x92\x6c\x5a\x28\xef\x73"
	  "\x1e\xc7\xfb\x39\x7f\x70\xa9\x60\x65\x3c\xaf\x06\x55\x4c\xd8\xc4",
	  "\xfa\x31\x79\x16\x85\xca\x44\x4a\x9e\x07\xc6\xc6\x4e\x93",
	  "\xfd\x9c\x32\xd3\x9e\xd5\xfb\xb5\xa9\xdc\x96\xb3\x08\x18\x45\x4d"
	  "\x13\x13\xdc\x05" },
	{ "RFC 6188, 7.4", 24,
	  "\x73\xed\xc6\x6c\x4f\xa1\x57\x76\xfb\x57\xf9\x50\x5c\x17\x13\x65"
	  "\x50\xff\xda\x71\xf3\xe8\xe5\xf1"
	  "\xc8\x52\x2f\x3a\xcd\x4c\xe8\x6d\x5a\xdd\x78\xed\xbb\x11",
	  "\x31\x87\x47\x36\xa8\xf1\x14\x38\x70\xc2\x6e\x48\x57\xd8\xa5\xb2"
	  "\xc4\xa3\x54\x40\x7f\xaa\xda\xbb",
	  "\x23\x72\xb8\x2d\x63\x9b\x6d\x85\x03\xa4\x7a\xdc\x0a\x6c",
	  "\x35\x5b\x10\x97\x3c\xd9\x5b\x9e\xac\xf4\x06\x1c\x7e\x1a\x71\x51"
	  "\xe7\xcf\xbf\xcb" },
};

static void rgf_test_derivations(struct kunit *test)
{
	struct crypto_aes_ctx prf;
	unsigned int i, len;
	const char *salt;
	u8 out[32];

	for (i = 0; i < ARRAY_SIZE(derivations); i++) {
		len = derivations[i].key_len;
		salt = derivations[i].master + len;
		KUNIT_EXPECT_EQ(test,
				aes_expandkey(&prf, derivations[i].master, len),
				0);
		rgf_kdf(&prf, salt, RGF_KDF_RTP_CIPHER, 0, out, len);
		KUNIT_EXPECT_MEMEQ_MSG(test, out, derivations[i].cipher, len,
				       "%s", derivations[i].name);
		rgf_kdf(&prf, salt, RGF_KDF_RTP_SALT, 0, out, 14);
		KUNIT_EXPECT_MEMEQ_MSG(test, out, derivations[i].salt, 14, "%s",
				       derivations[i].name);
		rgf_kdf(&prf, salt, RGF_KDF_RTP_AUTH, 0, out, 20);
		KUNIT_EXPECT_MEMEQ_MSG(test, out, derivations[i].auth, 20, "%s",
				       derivations[i].name);
	}
}

/* The whole of RFC 3711, B.3's authentication key: six blocks. */
static void rgf_test_long_key(struct kunit *test)
{
	static const u8 want[95] =
		"\xce\xbe\x32\x1f\x6f\xf7\x71\x6b\x6f\xd4\xab\x49\xaf\x25\x6a"
		"\x15\x6d\x38\xba\xa4\x8f\x0a\x0a\xcf\x3c\x34\xe2\x35\x9e\x6c"
		"\xdb\xce\xe0\x49\x64\x6c\x43\xd9\x32\x7a\xd1\x75\x57\x8e\xf7"
		"\x22\x70\x98\x63\x71\xc1\x0c\x9a\x36\x9a\xc2\xf9\x4a\x8c\x5f"
		"\xbc\xdd\xdc\x25\x6d\x6e\x91\x9a\x48\xb6\x10\xef\x17\xc2\x04"
		"\x1e\x47\x40\x35\x76\x6b\x68\x64\x2c\x59\xbb\xfc\x2f\x34\xdb"
		"\x60\xdb\xdf\xb2";
	struct crypto_aes_ctx prf;
	u8 out[94];

	KUNIT_EXPECT_EQ(test, aes_expandkey(&prf, derivations[0].master, 16),
			0);
	rgf_kdf(&prf, derivations[0].master + 16, RGF_KDF_RTP_AUTH, 0, out,
		sizeof(out));
	KUNIT_EXPECT_MEMEQ(test, out, want, sizeof(out));
}

/* RFC 3711, B.1, whose salt has 4 bytes only. */
static void rgf_test_f8(struct kunit *test)
{
	static const struct rgf_suite suite = { .salt_len = 4, .key_len = 16 };
	static const u8 want[] =
		"\x01\x9c\xe7\xa2\x6e\x78\x54\x01\x4a\x63\x66\xaa\x95\xd4\xee"
		"\xfd\x1a\xd4\x17\x2a\x14\xf9\xfa\xf4\x55\xb7\xf1\xd4\xb6\x2b"
		"\xd0\x8f\x56\x2c\x0e\xef\x7c\x48\x02";
	static const u8 header[] =
		"\x80\x6e\x5c\xba\x50\x68\x1d\xe5\x5c\x62\x15\x99";
	u8 data[12 + 39 + 1] =
		"            pseudorandomness is the next best thing";
	struct rgf_keys keys = { .cipher = RGF_CIPHER_AES_F8 };
	struct rgf_pkt pkt = { .len = 12 + 39, .hdr_len = 12 };
	struct rgf_crypt *crypt;

	memcpy(data, header, 12);
	crypt = kzalloc(sizeof(*crypt), GFP_KERNEL);
	keys.f8 = kzalloc(sizeof(*keys.f8), GFP_KERNEL);
	KUNIT_EXPECT_TRUE(test, crypt && keys.f8);
	if (crypt && keys.f8) {
		KUNIT_EXPECT_EQ(test,
				rgf_f8_set(keys.f8, &suite,
					   "\x23\x48\x29\x00\x84\x67\xbe\x18"
					   "\x6c\x3d\xe1\x4a\xae\x72\xd6\x2c",
					   "\x32\xf2\x87\x0d"),
				0);
		crypt->keys = &keys;
		crypt->pkt = &pkt;
		crypt->data = data;
		crypt->index = 0xd462564aULL << 16 | 0x5cba;
		KUNIT_EXPECT_EQ(test, rgf_cipher_run(crypt), 0);
		KUNIT_EXPECT_MEMEQ(test, data + 12, want, 39);
	}
	kfree(keys.f8);
	kfree(crypt);
}

/* RFC 2202, 3, cases 1 and 3, whose keys are as long as ours. */
static void rgf_test_hmac(struct kunit *test)
{
	static const struct {
		u8 key[21];
		u8 data[50];
		unsigned int len;
		u8 tag[21];
	} cases[] = {
		{ "\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b"
		  "\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b",
		  "Hi There", 8,
		  "\xb6\x17\x31\x86\x55\x05\x72\x64\xe2\x8b"
		  "\xc0\xb6\xfb\x37\x8c\x8e\xf1\x46\xbe\x00" },
		{ "\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa"
		  "\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa",
		  "\xdd\xdd\xdd\xdd\xdd\xdd\xdd\xdd\xdd\xdd"
		  "\xdd\xdd\xdd\xdd\xdd\xdd\xdd\xdd\xdd\xdd"
		  "\xdd\xdd\xdd\xdd\xdd\xdd\xdd\xdd\xdd\xdd"
		  "\xdd\xdd\xdd\xdd\xdd\xdd\xdd\xdd\xdd\xdd"
		  "\xdd\xdd\xdd\xdd\xdd\xdd\xdd\xdd\xdd\xdd",
		  50,
		  "\x12\x5d\x73\x42\xb9\xac\x11\xcd\x91\xa3"
		  "\x9a\xf4\x8a\xa1\x7b\x4f\x63\xf1\x75\xd3" },
	};
	struct rgf_keys keys = {};
	u8 tag[SHA1_DIGEST_SIZE], block[RGF_HMAC_BLOCK];
	u8 text[50 + RGF_SHA1_PAD_MAX];
	struct shash_desc *desc;
	unsigned int i;

	keys.sha1 = rgf_sha1_alloc();
	KUNIT_EXPECT_FALSE(test, IS_ERR(keys.sha1));
	if (IS_ERR(keys.sha1))
		return;
	desc = kzalloc(sizeof(*desc) + rgf_keys_reqsize(&keys), GFP_KERNEL);
	for (i = 0; desc && i < ARRAY_SIZE(cases); i++) {
		KUNIT_EXPECT_EQ(test,
				rgf_keys_set(&keys, rgf_suite_get(SUITE_80),
					     NULL, "12345678901234",
					     cases[i].key),
				0);
		KUNIT_EXPECT_EQ(test,
				rgf_hmac(&keys, desc, cases[i].data,
					 cases[i].len, tag),
				0);
		KUNIT_EXPECT_MEMEQ(test, tag, cases[i].tag, sizeof(tag));
		KUNIT_EXPECT_TRUE(test, keys.sha1_blocks);
		memcpy(text, cases[i].data, cases[i].len);
		KUNIT_EXPECT_EQ(test,
				rgf_hmac_padded(&keys, desc, text, cases[i].len,
						block),
				0);
		KUNIT_EXPECT_MEMEQ(test, block, cases[i].tag, sizeof(tag));
	}
	kfree(desc);
	crypto_free_shash(keys.sha1);
}

/* Padding may be as short as 9 bytes, and as long as 72. */
static void rgf_test_hmac_lengths(struct kunit *test)
{
	u8 tag[SHA1_DIGEST_SIZE], block[RGF_HMAC_BLOCK];
	struct rgf_keys keys = {};
	struct shash_desc *desc;
	unsigned int len;
	u8 *text;

	keys.sha1 = rgf_sha1_alloc();
	KUNIT_EXPECT_FALSE(test, IS_ERR(keys.sha1));
	if (IS_ERR(keys.sha1))
		return;
	KUNIT_EXPECT_EQ(test,
			rgf_keys_set(&keys, rgf_suite_get(SUITE_80), NULL,
				     "12345678901234", "12345678901234567890"),
			0);
	desc = kzalloc(sizeof(*desc) + rgf_keys_reqsize(&keys), GFP_KERNEL);
	for (len = 0; desc && len <= 3 * SHA1_BLOCK_SIZE; len++) {
		text = kzalloc(len + RGF_SHA1_PAD_MAX, GFP_KERNEL);
		if (!text)
			break;
		memset(text, len, len);
		KUNIT_EXPECT_EQ(test, rgf_hmac(&keys, desc, text, len, tag), 0);
		KUNIT_EXPECT_EQ(test,
				rgf_hmac_padded(&keys, desc, text, len, block),
				0);
		KUNIT_EXPECT_MEMEQ(test, block, tag, sizeof(tag));
		kfree(text);
	}
	KUNIT_EXPECT_EQ(test, len, 3 * SHA1_BLOCK_SIZE + 1);
	kfree(desc);
	crypto_free_shash(keys.sha1);
}

/* RFC 7714: session keys are given, RTCP has index 0x5d4. */
#define GCM_RTP	 "\x80\x40\xf1\x7b\x80\x41\xf8\xd3\x55\x01\xa0\xb2"
#define GCM_RTCP "\x81\xc8\x00\x0d\x4d\x61\x72\x73"
#define GCM_SR                                                         \
	"\x4e\x54\x50\x31\x4e\x54\x50\x32\x52\x54\x50\x20\x00\x00\x04" \
	"\x2a\x00\x00\xe9\x30\x4c\x75\x6e\x61\xde\xad\xbe\xef\xde\xad" \
	"\xbe\xef\xde\xad\xbe\xef\xde\xad\xbe\xef\xde\xad\xbe\xef"

static const struct gcm_vector {
	const char *name;
	enum ringfence_suite suite;
	u32 flags;
	bool rtcp;
	unsigned int len;
	const char *plain;
	const char *wire;
} gcm_vectors[] = {
	{ "16.1", RINGFENCE_SUITE_AEAD_AES_128_GCM, 0, false, 50,
	  GCM_RTP "Gallia est omnis divisa in partes tres",
	  GCM_RTP
	  "\xf2\x4d\xe3\xa3\xfb\x34\xde\x6c\xac\xba\x86\x1c\x9d\x7e\x4b\xca"
	  "\xbe\x63\x3b\xd5\x0d\x29\x4e\x6f\x42\xa5\xf4\x7a\x51\xc7\xd1\x9b"
	  "\x36\xde\x3a\xdf\x88\x33\x89\x9d\x7f\x27\xbe\xb1\x6a\x91\x52\xcf"
	  "\x76\x5e\xe4\x39\x0c\xce" },
	{ "16.2", RINGFENCE_SUITE_AEAD_AES_256_GCM, 0, false, 50,
	  GCM_RTP "Gallia est omnis divisa in partes tres",
	  GCM_RTP
	  "\x32\xb1\xde\x78\xa8\x22\xfe\x12\xef\x9f\x78\xfa\x33\x2e\x33\xaa"
	  "\xb1\x80\x12\x38\x9a\x58\xe2\xf3\xb5\x0b\x2a\x02\x76\xff\xae\x0f"
	  "\x1b\xa6\x37\x99\xb8\x7b\x7a\xa3\xdb\x36\xdf\xff\xd6\xb0\xf9\xbb"
	  "\x78\x78\xd7\xa7\x6c\x13" },
	{ "17.1", RINGFENCE_SUITE_AEAD_AES_128_GCM, 0, true, 52,
	  GCM_RTCP GCM_SR,
	  GCM_RTCP
	  "\x63\xe9\x48\x85\xdc\xda\xb6\x7c\xa7\x27\xd7\x66\x2f\x6b\x7e\x99"
	  "\x7f\xf5\xc0\xf7\x6c\x06\xf3\x2d\xc6\x76\xa5\xf1\x73\x0d\x6f\xda"
	  "\x4c\xe0\x9b\x46\x86\x30\x3d\xed\x0b\xb9\x27\x5b\xc8\x4a\xa4\x58"
	  "\x96\xcf\x4d\x2f\xc5\xab\xf8\x72\x45\xd9\xea\xde\x80\x00\x05\xd4" },
	{ "17.2", RINGFENCE_SUITE_AEAD_AES_256_GCM, 0, true, 52,
	  GCM_RTCP GCM_SR,
	  GCM_RTCP
	  "\xd5\x0a\xe4\xd1\xf5\xce\x5d\x30\x4b\xa2\x97\xe4\x7d\x47\x0c\x28"
	  "\x2c\x3e\xce\x5d\xbf\xfe\x0a\x50\xa2\xea\xa5\xc1\x11\x05\x55\xbe"
	  "\x84\x15\xf6\x58\xc6\x1d\xe0\x47\x6f\x1b\x6f\xad\x1d\x1e\xb3\x0c"
	  "\x44\x46\x83\x9f\x57\xff\x6f\x6c\xb2\x6a\xc3\xbe\x80\x00\x05\xd4" },
	{ "17.3", RINGFENCE_SUITE_AEAD_AES_128_GCM,
	  RINGFENCE_LEG_FLAGS_UNENCRYPTED_SRTCP, true, 52, GCM_RTCP GCM_SR,
	  GCM_RTCP GCM_SR
	  "\x84\x1d\xd9\x68\x3d\xd7\x8e\xc9\x2a\xe5\x87\x90\x12\x5f\x62\xb3"
	  "\x00\x00\x05\xd4" },
	{ "17.4", RINGFENCE_SUITE_AEAD_AES_256_GCM,
	  RINGFENCE_LEG_FLAGS_UNENCRYPTED_SRTCP, true, 52, GCM_RTCP GCM_SR,
	  GCM_RTCP GCM_SR
	  "\x91\xdb\x4a\xfb\xfe\xee\x5a\x97\x8f\xab\x43\x93\xed\x26\x15\xfe"
	  "\x00\x00\x05\xd4" },
};

static void gcm_vector(struct kunit *test, const struct gcm_vector *v)
{
	struct rgf_srtp_spec spec = test_spec(v->suite, 0);
	unsigned int added = v->rtcp ? 20 : 16, i;
	static const char salt[] = "Quid pro quo";
	struct bench b;
	u8 key[32];

	for (i = 0; i < sizeof(key); i++)
		key[i] = i;
	spec.flags = v->flags;
	if (!bench_open(test, &b, &spec, NULL))
		return;
	KUNIT_EXPECT_EQ(test,
			rgf_keys_set(&b.srtp->key->keys[v->rtcp],
				     rgf_suite_get(v->suite), key, salt, NULL),
			0);
	bench_load(&b, v->wire, v->len + added, v->rtcp, v->rtcp ? 8 : 12,
		   false);
	KUNIT_EXPECT_EQ_MSG(test, bench_unprotect(&b), 0, "%s", v->name);
	bench_expect(test, &b, v->plain, v->len, v->name);
	bench_close(&b);

	if (!bench_open(test, &b, &spec, NULL))
		return;
	KUNIT_EXPECT_EQ(test,
			rgf_keys_set(&b.srtp->key->keys[v->rtcp],
				     rgf_suite_get(v->suite), key, salt, NULL),
			0);
	bench_load(&b, v->plain, v->len, v->rtcp, v->rtcp ? 8 : 12, true);
	if (v->rtcp)
		test_set_top(&b, b.pkt.ssrc, true, 0x5d3);
	KUNIT_EXPECT_EQ_MSG(test, bench_protect(&b), 0, "%s", v->name);
	bench_expect(test, &b, v->wire, v->len + added, v->name);
	bench_close(&b);
}

static void rgf_test_gcm(struct kunit *test)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(gcm_vectors); i++)
		gcm_vector(test, &gcm_vectors[i]);
}

static struct kunit_case rgf_srtp_keys_cases[] = {
	KUNIT_CASE(rgf_test_keystreams), KUNIT_CASE(rgf_test_derivations),
	KUNIT_CASE(rgf_test_long_key),	 KUNIT_CASE(rgf_test_f8),
	KUNIT_CASE(rgf_test_hmac),	 KUNIT_CASE(rgf_test_hmac_lengths),
	KUNIT_CASE(rgf_test_gcm),	 {}
};

struct kunit_suite rgf_srtp_keys_suite = {
	.name = "srtp-keys",
	.test_cases = rgf_srtp_keys_cases,
};
