// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * wolfSSL's own check isn't enough: version 5.5.4, as Debian configures it, takes
 * a response that any certificate of a trusted CA has signed, the revoked one too.
 *
 * The names of the fields are those of RFC 6960, 4.2.1.
 */
#include "cert/ocsp.h"

#include <string.h>

#include <wolfssl/options.h>
#include <wolfssl/ssl.h>
#include <wolfssl/wolfcrypt/asn.h>
#include <wolfssl/wolfcrypt/hash.h>

#include "cert/date.h"
#include "cert/signature.h"
#include "cert/strength.h"
#include "cert/trust.h"
#include "cert/words.h"

#define SEQUENCE   0x30
#define INTEGER	   0x02
#define BITS	   0x03
#define OCTETS	   0x04
#define OID	   0x06
#define ENUMERATED 0x0a
#define TIME	   0x18 /* GeneralizedTime */
#define CONTEXT_0  0xa0
#define GOOD	   0x80 /* of CertStatus */
#define REVOKED	   0xa1

#define TRY_LATER 3 /* of OCSPResponseStatus */

static const uint8_t basic_oid[] = { 0x2b, 6, 1, 5, 5, 7, 48, 1, 1 };
static const uint8_t sha1_oid[] = { 0x2b, 0x0e, 3, 2, 0x1a };
static const uint8_t sha256_oid[] = { 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1 };

/* The pieces of a BasicOCSPResponse. */
struct basic {
	struct der signed_data; /* tbsResponseData, with tag and length */
	struct der responses;
	struct der algorithm; /* with tag and length */
	struct der signature;
	struct der certs; /* none: empty */
};

struct single {
	struct der hash_oid, name_hash, key_hash, serial;
	uint8_t status;
	struct der this_update, next_update; /* with tag and length */
};

static bool same(struct der a, const uint8_t *p, size_t len)
{
	return a.len == len && !memcmp(a.p, p, len);
}

/* Take the next element, with its tag and length, too. */
static bool take_whole(struct der *in, uint8_t tag, struct der *whole)
{
	struct der value;

	whole->p = in->p;
	if (!der_take(in, tag, &value))
		return false;
	whole->len = (size_t)(in->p - whole->p);
	return true;
}

static bool split_data(struct der data, struct der *responses)
{
	struct der value;
	uint8_t tag;

	der_take(&data, CONTEXT_0, &value); /* version */
	return der_next(&data, &tag, &value) && /* responderID */
	       der_take(&data, TIME, &value) && /* producedAt */
	       der_take(&data, SEQUENCE, responses);
}

static bool split_basic(struct der in, struct basic *b)
{
	struct der all, data, value;

	if (!der_take(&in, SEQUENCE, &all) ||
	    !take_whole(&all, SEQUENCE, &b->signed_data) ||
	    !take_whole(&all, SEQUENCE, &b->algorithm) ||
	    !der_take(&all, BITS, &b->signature) || b->signature.len < 2 ||
	    b->signature.p[0] != 0) /* unused bits */
		return false;
	b->signature.p++;
	b->signature.len--;
	data = b->signed_data;
	if (!der_take(&data, SEQUENCE, &value) ||
	    !split_data(value, &b->responses))
		return false;
	return !der_take(&all, CONTEXT_0, &value) ||
	       der_take(&value, SEQUENCE, &b->certs);
}

/* Down to the BasicOCSPResponse. @status: why there is none. */
static bool split(struct der in, struct basic *b, uint8_t *status)
{
	struct der all, value, bytes, type;

	if (!der_take(&in, SEQUENCE, &all) ||
	    !der_take(&all, ENUMERATED, &value) || value.len != 1)
		return false;
	*status = value.p[0];
	return *status == 0 && der_take(&all, CONTEXT_0, &value) &&
	       der_take(&value, SEQUENCE, &bytes) &&
	       der_take(&bytes, OID, &type) &&
	       same(type, basic_oid, sizeof(basic_oid)) &&
	       der_take(&bytes, OCTETS, &value) && split_basic(value, b);
}

static bool split_single(struct der in, struct single *s)
{
	struct der id, value;

	memset(s, 0, sizeof(*s));
	if (!der_take(&in, SEQUENCE, &id) || !der_take(&id, SEQUENCE, &value) ||
	    !der_take(&value, OID, &s->hash_oid) ||
	    !der_take(&id, OCTETS, &s->name_hash) ||
	    !der_take(&id, OCTETS, &s->key_hash) ||
	    !der_take(&id, INTEGER, &s->serial) ||
	    !der_next(&in, &s->status, &value) ||
	    !take_whole(&in, TIME, &s->this_update))
		return false;
	return !der_take(&in, CONTEXT_0, &value) ||
	       take_whole(&value, TIME, &s->next_update);
}

/* What identifies a certificate: RFC 5280, 4.1. */
struct identity {
	struct der serial, issuer, subject, key;
};

static bool split_certificate(const struct DecodedCert *cert,
			      struct identity *ret)
{
	struct der in = { cert->source, cert->maxIdx }, tbs, value, key;

	if (!der_take(&in, SEQUENCE, &value) ||
	    !der_take(&value, SEQUENCE, &tbs))
		return false;
	der_take(&tbs, CONTEXT_0, &value); /* version */
	if (!der_take(&tbs, INTEGER, &ret->serial) ||
	    !der_take(&tbs, SEQUENCE, &value) || /* signature */
	    !take_whole(&tbs, SEQUENCE, &ret->issuer) ||
	    !der_take(&tbs, SEQUENCE, &value) || /* validity */
	    !take_whole(&tbs, SEQUENCE, &ret->subject) ||
	    !der_take(&tbs, SEQUENCE, &key) ||
	    !der_take(&key, SEQUENCE, &value) || /* algorithm */
	    !der_take(&key, BITS, &ret->key) || ret->key.len < 1)
		return false;
	ret->key.p++; /* the number of unused bits */
	ret->key.len--;
	return true;
}

static bool is_hash_of(struct der hash, enum wc_HashType type, struct der data)
{
	byte digest[WC_SHA256_DIGEST_SIZE];
	int len = wc_HashGetDigestSize(type);

	return len > 0 && (size_t)len <= sizeof(digest) &&
	       !wc_Hash(type, data.p, (word32)data.len, digest, (word32)len) &&
	       same(hash, digest, (size_t)len);
}

static bool is_about(const struct single *s, const struct identity *cert,
		     const struct identity *issuer)
{
	enum wc_HashType type;

	if (same(s->hash_oid, sha1_oid, sizeof(sha1_oid)))
		type = WC_HASH_TYPE_SHA;
	else if (same(s->hash_oid, sha256_oid, sizeof(sha256_oid)))
		type = WC_HASH_TYPE_SHA256;
	else
		return false;
	return same(s->serial, cert->serial.p, cert->serial.len) &&
	       is_hash_of(s->name_hash, type, issuer->subject) &&
	       is_hash_of(s->key_hash, type, issuer->key);
}

/* The answer about @cert. */
static bool find_single(const struct basic *b, const struct DecodedCert *cert,
			const struct DecodedCert *issuer, struct single *ret)
{
	struct der list = b->responses, one;
	struct identity id, by;

	if (!split_certificate(cert, &id) || !split_certificate(issuer, &by))
		return false;
	for (int i = 0; i < OCSP_RESPONSES_MAX; i++) {
		if (!der_take(&list, SEQUENCE, &one) || !split_single(one, ret))
			return false;
		if (is_about(ret, &id, &by))
			return true;
	}
	return false;
}

static bool dates_ok(const struct single *s, time_t now, char *why, size_t size)
{
	const struct der *date = NULL;
	time_t from, to;

	if (!s->next_update.p)
		words_add(why, size,
			  " has an OCSP response that doesn't say until when "
			  "it counts");
	else if (!date_read(s->this_update.p, (int)s->this_update.len, &from) ||
		 !date_read(s->next_update.p, (int)s->next_update.len, &to))
		words_add(why, size,
			  " has an OCSP response with a date that is none");
	else if (to < now)
		date = &s->next_update;
	else if (from > now + OCSP_SKEW_SECONDS)
		date = &s->this_update;
	else
		return true;
	if (date) {
		words_add(why, size, " has an OCSP response that counts %s ",
			  date == &s->next_update ? "no longer than to"
						  : "not before");
		words_add_date(why, size, date->p, (int)date->len);
	}
	return false;
}

/* Its issuer lets it answer in its name: RFC 6960, 4.2.2.2. */
static bool may_sign(const struct DecodedCert *signer,
		     const struct DecodedCert *issuer, time_t now)
{
	char what[64];
	time_t from, to;

	return signer->extExtKeyUsageSet &&
	       (signer->extExtKeyUsage & EXTKEYUSE_OCSP_SIGN) &&
	       date_read(signer->beforeDate, signer->beforeDateLen, &from) &&
	       date_read(signer->afterDate, signer->afterDateLen, &to) &&
	       from <= now && now <= to &&
	       strength_key_ok(signer, what, sizeof(what)) &&
	       strength_signature_ok(signer, what, sizeof(what)) &&
	       trust_issued(issuer, signer);
}

static bool signed_by(const struct basic *b, const struct DecodedCert *signer)
{
	return signature_ok(b->signed_data, b->algorithm, b->signature, signer);
}

static bool signed_by_der(const struct basic *b, struct der cert,
			  const struct DecodedCert *issuer, time_t now)
{
	struct DecodedCert signer;
	bool ok;

	wc_InitDecodedCert(&signer, cert.p, (word32)cert.len, NULL);
	ok = !wc_ParseCert(&signer, CERT_TYPE, NO_VERIFY, NULL) &&
	     may_sign(&signer, issuer, now) && signed_by(b, &signer);
	wc_FreeDecodedCert(&signer);
	return ok;
}

static bool is_signed(const struct basic *b, const struct DecodedCert *issuer,
		      time_t now)
{
	struct der list = b->certs, cert;

	if (signed_by(b, issuer))
		return true;
	for (int i = 0; i < OCSP_SIGNERS_MAX; i++) {
		if (!take_whole(&list, SEQUENCE, &cert))
			return false;
		if (signed_by_der(b, cert, issuer, now))
			return true;
	}
	return false;
}

static bool status_ok(uint8_t status, char *why, size_t size)
{
	if (status == GOOD)
		return true;
	words_add(why, size,
		  status == REVOKED ? " has been revoked by its issuer (OCSP)"
				    : " isn't known to its issuer (OCSP)");
	return false;
}

static void say_malformed(uint8_t status, char *why, size_t size)
{
	if (status)
		words_add(why, size,
			  " has an OCSP response that is the responder's error "
			  "%u%s",
			  status, status == TRY_LATER ? ", try later" : "");
	else
		words_add(why, size,
			  " has an OCSP response that can't be understood");
}

bool ocsp_is_good(struct der response, const struct DecodedCert *cert,
		  const struct DecodedCert *issuer, time_t now, char *why,
		  size_t why_len)
{
	struct basic b = { 0 };
	struct single s;
	uint8_t status = 0;

	why[0] = '\0';
	if (response.len > OCSP_BYTES_MAX || !split(response, &b, &status)) {
		say_malformed(status, why, why_len);
		return false;
	}
	if (!find_single(&b, cert, issuer, &s)) {
		words_add(why, why_len,
			  " has an OCSP response about another one");
		return false;
	}
	if (!is_signed(&b, issuer, now)) {
		words_add(why, why_len,
			  " has an OCSP response that neither its issuer ");
		words_add_subject(why, why_len, issuer);
		words_add(why, why_len, " signed, nor who may for it");
		return false;
	}
	return dates_ok(&s, now, why, why_len) &&
	       status_ok(s.status, why, why_len);
}
