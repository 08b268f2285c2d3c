// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <wolfssl/options.h>
#include <wolfssl/wolfcrypt/hmac.h>

#include "base/secret.h"
#include "sip/digest.h"
#include "sip/nonce.h"

#define MADE_HEX 16
#define MAC_LEN	 16 /* bytes that are taken of HMAC-SHA-256 */
#define KEY_LEN	 32

/* One that was answered. */
struct used {
	uint64_t made; /* when, microseconds: no two have the same */
	uint32_t count;
};

static uint8_t key[KEY_LEN];
static uint64_t last_made;
static uint64_t forgotten; /* made until then: no good any more */
static struct used *used; /* NONCES_MAX, the first n_used by time */
static size_t n_used;

int nonces_init(void)
{
	int ret = secret_random(key, sizeof(key));

	if (ret < 0)
		return ret;
	used = calloc(NONCES_MAX, sizeof(*used));
	if (!used)
		return -ENOMEM;
	n_used = 0;
	last_made = 0;
	forgotten = 0;
	return 0;
}

void nonces_exit(void)
{
	free(used);
	used = NULL;
	secret_wipe(key, sizeof(key));
}

static int mac(uint64_t made, struct in_addr peer, char *hex)
{
	uint8_t data[sizeof(made) + sizeof(peer)], out[WC_SHA256_DIGEST_SIZE];
	Hmac state;
	int err;

	memcpy(data, &made, sizeof(made));
	memcpy(data + sizeof(made), &peer, sizeof(peer));
	if (wc_HmacInit(&state, NULL, INVALID_DEVID))
		return -EIO;
	err = wc_HmacSetKey(&state, WC_SHA256, key, sizeof(key));
	if (!err)
		err = wc_HmacUpdate(&state, data, sizeof(data));
	if (!err)
		err = wc_HmacFinal(&state, out);
	wc_HmacFree(&state);
	secret_wipe(&state, sizeof(state));
	if (!err)
		digest_hex(out, MAC_LEN, hex);
	return err ? -EIO : 0;
}

int nonce_make(struct in_addr peer, uint64_t now, char text[NONCE_TEXT_MAX])
{
	uint64_t made = now > last_made ? now : last_made + 1;

	last_made = made;
	snprintf(text, NONCE_TEXT_MAX, "%016" PRIx64, made);
	return mac(made, peer, text + MADE_HEX);
}

static bool same(const char *a, const char *b)
{
	unsigned char differ = 0;

	for (size_t i = 0; i < (size_t)2 * MAC_LEN; i++)
		differ |= (unsigned char)(a[i] ^ b[i]);
	return !differ;
}

static uint64_t made_of(const char *text)
{
	char hex[MADE_HEX + 1];

	memcpy(hex, text, MADE_HEX);
	hex[MADE_HEX] = '\0';
	return strtoull(hex, NULL, 16);
}

enum nonce_verdict nonce_check(const char *text, struct in_addr peer,
			       uint64_t now, unsigned int lifetime_s)
{
	char want[2 * MAC_LEN + 1];
	uint64_t made;

	if (strlen(text) != NONCE_TEXT_MAX - 1 ||
	    strspn(text, "0123456789abcdef") != NONCE_TEXT_MAX - 1)
		return NONCE_FOREIGN;
	made = made_of(text);
	if (mac(made, peer, want) < 0 || !same(want, text + MADE_HEX))
		return NONCE_FOREIGN;
	if (made <= forgotten ||
	    (now > made && now - made >= (uint64_t)lifetime_s * 1000000))
		return NONCE_STALE;
	return NONCE_FRESH;
}

/* The first that isn't older. */
static size_t find(uint64_t made)
{
	size_t low = 0, high = n_used;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (used[mid].made < made)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static void forget_oldest(void)
{
	const size_t n = NONCES_MAX / 8;

	forgotten = used[n - 1].made;
	n_used -= n;
	memmove(used, used + n, n_used * sizeof(*used));
}

bool nonce_use(const char *text, uint32_t count)
{
	uint64_t made = made_of(text);
	size_t at = find(made);

	if (at < n_used && used[at].made == made) {
		if (count <= used[at].count)
			return false;
		used[at].count = count;
		return true;
	}
	if (n_used == NONCES_MAX) {
		forget_oldest();
		if (made <= forgotten)
			return false;
		at = find(made);
	}
	memmove(used + at + 1, used + at, (n_used - at) * sizeof(*used));
	used[at] = (struct used){ made, count };
	n_used++;
	return true;
}
