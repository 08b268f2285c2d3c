// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Certificates, keys, CRLs and PKCS#12 in whatever form, as they are imported,
 * and as a peer's chain. What is imported can be written and read again; no
 * chain that the fuzzer makes up is accepted; a refusal is a printable sentence.
 */
#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/secret.h"
#include "cert/certstore.h"
#include "cert/material.h"
#include "cert/pem.h"
#include "cert/request.h"
#include "cert/trust.h"
#include "cert/validate.h"

static struct cert_file ca; /* of our own */
static struct trust *trust;

static void require(bool condition)
{
	if (!condition)
		abort();
}

static void require_sentence(const char *text)
{
	require(*text);
	for (; *text; text++)
		require(isprint((unsigned char)*text));
}

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	struct request req = { .cn = "CA", .days = 9 };
	char *key, *pem, err[256];
	size_t len;

	require(!certstore_init("/nonexistent"));
	require(!request_make(&req, &key, &len, &pem, err, sizeof(err)));
	secret_free(key, len);
	ca.data = (uint8_t *)pem;
	ca.len = strlen(pem);
	require(!trust_new(&ca, "ca", NULL, NULL, &trust, err, sizeof(err)));
	return 0;
}

static void check_again(const struct material *m)
{
	struct material *again = calloc(1, sizeof(*again));
	char err[256], *text = NULL;
	size_t len = 0;

	require(again != NULL);
	require(!material_pem(m, 0, &text, &len));
	if (text) {
		require(!material_read(again, (uint8_t *)text, len, NULL, err,
				       sizeof(err)));
		require(again->n_certs == m->n_certs &&
			!again->key.p == !m->key.p &&
			!again->crl.p == !m->crl.p);
	}
	secret_free(text, len);
	material_free(again);
	free(again);
}

/* The certificates as a chain, and the whole as a bundle of CAs, and as CRL. */
static void check_peer(const struct material *m, const uint8_t *data,
		       size_t len)
{
	struct cert_file file = { (uint8_t *)(uintptr_t)data, len };
	struct cert_der chain[CERT_CHAIN_MAX];
	struct cert_expect want = { .level = CERT_LEVEL_TRUSTED,
				    .name = "gate.example.net",
				    .now = time(NULL) };
	struct trust *other = NULL;
	char why[512];
	size_t n = 0;

	for (; n < m->n_certs && n < CERT_CHAIN_MAX; n++)
		chain[n] = (struct cert_der){ m->cert[n].p, m->cert[n].len };
	require(!cert_validate(trust, chain, n, &want, why, sizeof(why)));
	require_sentence(why);
	if (!trust_new(&file, "file", NULL, NULL, &other, why, sizeof(why))) {
		want.level = CERT_LEVEL_FULL;
		cert_validate(other, chain, n, &want, why, sizeof(why));
		trust_free(other);
	}
	other = NULL;
	if (!trust_new(&ca, "ca", &file, "file", &other, why, sizeof(why)))
		trust_free(other);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct material *m = calloc(1, sizeof(*m));
	uint8_t *copy = malloc(len ? len : 1);
	struct cert_info info;
	char err[512];
	int r;

	/* Not one byte more than there is. */
	require(m && copy);
	memcpy(copy, data, len);
	r = material_read(m, copy, len, "sesame", err, sizeof(err));
	if (r)
		require_sentence(err);
	else
		check_again(m);
	for (size_t i = 0; i < m->n_certs; i++)
		cert_describe(m->cert[i].p, m->cert[i].len, &info);
	check_peer(m, copy, len);
	material_free(m);
	free(m);
	free(copy);
	return 0;
}
