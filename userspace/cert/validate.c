// SPDX-License-Identifier: GPL-2.0-or-later
#include "cert/validate.h"

#include <stdlib.h>
#include <string.h>

#include <wolfssl/options.h>
#include <wolfssl/ssl.h>
#include <wolfssl/wolfcrypt/asn.h>
#include <wolfssl/wolfcrypt/error-crypt.h>

#include "cert/constraints.h"
#include "cert/date.h"
#include "cert/identity.h"
#include "cert/ocsp.h"
#include "cert/strength.h"
#include "cert/trust.h"
#include "cert/words.h"

/* The certificates of one peer, and the path that is found among them. */
struct walk {
	const struct trust *trust;
	struct cert_expect want;
	struct DecodedCert cert[CERT_CHAIN_MAX];
	int parsed[CERT_CHAIN_MAX]; /* what wolfSSL had to say */
	size_t n;
	const struct DecodedCert *path[CERT_CHAIN_MAX + 1]; /* peer's first */
	size_t n_path; /* with the trusted CA */
	char *why;
	size_t size;
};

bool cert_level_by_name(const char *name, enum cert_level *ret)
{
	static const char *const names[] = {
		[CERT_LEVEL_NONE] = "none",
		[CERT_LEVEL_TRUSTED] = "trusted-certificate",
		[CERT_LEVEL_DNS_SRV] = "dns-srv",
		[CERT_LEVEL_HOST_NAME] = "host-name",
		[CERT_LEVEL_FULL] = "full",
	};

	for (size_t i = CERT_LEVEL_NONE; i <= CERT_LEVEL_FULL; i++) {
		if (strcmp(names[i], name) == 0) {
			*ret = (enum cert_level)i;
			return true;
		}
	}
	return false;
}

bool cert_ocsp_by_name(const char *name, enum cert_ocsp *ret)
{
	static const char *const names[] = {
		[CERT_OCSP_OFF] = "off",
		[CERT_OCSP_IF_PRESENT] = "if-present",
		[CERT_OCSP_REQUIRED] = "required",
	};

	for (size_t i = CERT_OCSP_OFF; i <= CERT_OCSP_REQUIRED; i++) {
		if (strcmp(names[i], name) == 0) {
			*ret = (enum cert_ocsp)i;
			return true;
		}
	}
	return false;
}

/* A sentence about @cert; returns false. */
__attribute__((format(printf, 3, 4))) static bool
refuse(struct walk *w, const struct DecodedCert *cert, const char *fmt, ...)
{
	bool ca = cert != w->path[0];
	va_list ap;

	w->why[0] = '\0';
	words_add(w->why, w->size, ca ? "CA certificate " : "certificate ");
	words_add_subject(w->why, w->size, cert);
	va_start(ap, fmt);
	words_vadd(w->why, w->size, fmt, ap);
	va_end(ap);
	return false;
}

static bool not_parsed(struct walk *w, size_t i)
{
	if (w->parsed[i] == ECC_CURVE_OID_E)
		return refuse(w, &w->cert[i],
			      " has a key on a curve that is weak, or not "
			      "supported");
	words_add(w->why, w->size, "%s can't be understood: %s",
		  i ? "a CA certificate that the peer sent"
		    : "the peer's certificate",
		  wc_GetErrorString(w->parsed[i]));
	return false;
}

/* Those with an unknown critical extension are parsed all the same. */
static bool parse_all(struct walk *w, const struct cert_der *chain, size_t n)
{
	w->path[0] = &w->cert[0];
	for (size_t i = 0; i < n; i++) {
		struct DecodedCert *cert = &w->cert[i];

		wc_InitDecodedCert(cert, chain[i].p, (word32)chain[i].len,
				   NULL);
		w->n = i + 1;
		w->parsed[i] = wc_ParseCert(cert, CERT_TYPE, NO_VERIFY, NULL);
		if (w->parsed[i] && w->parsed[i] != ASN_CRIT_EXT_E)
			return not_parsed(w, i);
	}
	return true;
}

static bool same_cert(const struct DecodedCert *a, const struct DecodedCert *b)
{
	return a->maxIdx == b->maxIdx &&
	       !memcmp(a->source, b->source, a->maxIdx);
}

/* The trusted CA that issued @cert, or that is @cert. */
static const struct DecodedCert *find_anchor(const struct walk *w,
					     const struct DecodedCert *cert)
{
	for (size_t i = 0; i < trust_count(w->trust); i++) {
		const struct DecodedCert *ca = trust_ca(w->trust, i);

		if (same_cert(ca, cert) || trust_issued(ca, cert))
			return ca;
	}
	return NULL;
}

/* One that the peer sent, and that is not in the path yet. */
static const struct DecodedCert *find_sent(const struct walk *w,
					   const struct DecodedCert *cert)
{
	for (size_t i = 1; i < w->n; i++) {
		const struct DecodedCert *ca = &w->cert[i];
		size_t k = 0;

		while (k < w->n_path && w->path[k] != ca)
			k++;
		if (k == w->n_path && trust_issued(ca, cert))
			return ca;
	}
	return NULL;
}

static bool no_anchor(struct walk *w, const struct DecodedCert *cert)
{
	if (cert->selfSigned)
		return refuse(w, cert, " is self-signed and not in %s",
			      trust_ca_name(w->trust));
	refuse(w, cert, " is not signed by a CA in %s; it names as issuer ",
	       trust_ca_name(w->trust));
	words_add_issuer(w->why, w->size, cert);
	return false;
}

static bool find_path(struct walk *w)
{
	const struct DecodedCert *cert = &w->cert[0], *next;

	for (;;) {
		w->path[w->n_path++] = cert;
		next = find_anchor(w, cert);
		if (next) {
			if (!same_cert(next, cert))
				w->path[w->n_path++] = next;
			return true;
		}
		next = find_sent(w, cert);
		if (!next)
			return no_anchor(w, cert);
		cert = next;
	}
}

static bool check_dates(struct walk *w, const struct DecodedCert *cert)
{
	time_t from, to;

	if (!date_read(cert->beforeDate, cert->beforeDateLen, &from) ||
	    !date_read(cert->afterDate, cert->afterDateLen, &to))
		return refuse(w, cert, " has a date that is none");
	if (w->want.now > to) {
		refuse(w, cert, " expired on ");
		words_add_date(w->why, w->size, cert->afterDate,
			       cert->afterDateLen);
		return false;
	}
	if (w->want.now < from) {
		refuse(w, cert, " is not valid before ");
		words_add_date(w->why, w->size, cert->beforeDate,
			       cert->beforeDateLen);
		return false;
	}
	return true;
}

/* The signature of one that is trusted by itself says nothing. */
static bool check_strength(struct walk *w, const struct DecodedCert *cert,
			   bool trusted)
{
	char what[64];

	if (strength_key_ok(cert, what, sizeof(what)) &&
	    (trusted || strength_signature_ok(cert, what, sizeof(what))))
		return true;
	return refuse(w, cert, " %s", what);
}

static bool usage_ok(const struct walk *w, const struct DecodedCert *cert)
{
	byte wanted = w->want.client ? EXTKEYUSE_CLIENT_AUTH
				     : EXTKEYUSE_SERVER_AUTH;

	return !cert->extExtKeyUsageSet ||
	       (cert->extExtKeyUsage & (EXTKEYUSE_ANY | wanted));
}

static bool check_usage(struct walk *w, const struct DecodedCert *cert)
{
	if (!usage_ok(w, cert))
		return refuse(w, cert,
			      " is not meant for TLS %s (extended key usage)",
			      w->want.client ? "clients" : "servers");
	if (cert == w->path[0] && cert->extKeyUsageSet &&
	    !(cert->extKeyUsage & KEYUSE_DIGITAL_SIG))
		return refuse(w, cert,
			      " is not meant for signatures, which TLS needs "
			      "(key usage)");
	return true;
}

/* @below: CAs between it and the peer, but those that issued themselves */
static bool check_ca(struct walk *w, const struct DecodedCert *ca, size_t below)
{
	if (!ca->isCA)
		return refuse(w, ca,
			      " is none, but signed the next one (basic "
			      "constraints)");
	if (ca->extKeyUsageSet && !(ca->extKeyUsage & KEYUSE_KEY_CERT_SIGN))
		return refuse(w, ca, " may not sign certificates (key usage)");
	if (ca->pathLengthSet && below > ca->pathLength)
		return refuse(
			w, ca,
			" allows %u CAs below it, but there are %zu (path "
			"length)",
			ca->pathLength, below);
	return true;
}

/* Those of the CA at @i bind all that are below it. */
static bool check_constraints(struct walk *w, size_t i)
{
	const struct DecodedCert *ca = w->path[i];

	for (size_t k = 0; k < i; k++) {
		const struct DecodedCert *cert = w->path[k];

		if ((k && cert->selfSigned) || constraints_allow(ca, cert))
			continue;
		refuse(w, cert, " has a name that the name constraints of CA ");
		words_add_subject(w->why, w->size, ca);
		words_add(w->why, w->size, " forbid; it is for ");
		identity_list(cert, w->why, w->size);
		return false;
	}
	return true;
}

static bool is_understood(const struct walk *w, const struct DecodedCert *cert)
{
	for (size_t i = 0; i < w->n; i++) {
		if (&w->cert[i] == cert)
			return !w->parsed[i];
	}
	return true;
}

static bool check_path(struct walk *w)
{
	size_t below = 0;

	for (size_t i = 0; i < w->n_path; i++) {
		const struct DecodedCert *cert = w->path[i];
		bool trusted = i == w->n_path - 1;

		if (!is_understood(w, cert))
			return refuse(w, cert,
				      " has a critical extension that is not "
				      "known here");
		if (!check_dates(w, cert) ||
		    !check_strength(w, cert, trusted) ||
		    ((i == 0 || !trusted) && !check_usage(w, cert)))
			return false;
		if (i > 0 &&
		    (!check_ca(w, cert, below) || !check_constraints(w, i)))
			return false;
		if (i > 0 && !cert->selfSigned)
			below++;
	}
	return true;
}

static bool name_ok(const struct walk *w)
{
	const struct cert_expect *want = &w->want;
	const struct DecodedCert *cert = w->path[0];
	bool strict = want->level == CERT_LEVEL_FULL;

	if (!want->name || want->level <= CERT_LEVEL_TRUSTED ||
	    identity_matches(cert, want->name, strict))
		return true;
	return want->level == CERT_LEVEL_DNS_SRV && want->srv_host &&
	       identity_matches(cert, want->srv_host, false);
}

static bool check_name(struct walk *w)
{
	if (name_ok(w))
		return true;
	refuse(w, w->path[0], " is for ");
	identity_list(w->path[0], w->why, w->size);
	words_add(w->why, w->size, ", not for %s", w->want.name);
	if (identity_matches(w->path[0], w->want.name, false))
		words_add(w->why, w->size, " by the strict rules of RFC 5922");
	return false;
}

/* The first of the path only: CRLs can do more. */
static bool check_staple(struct walk *w)
{
	const struct der staple = { w->want.staple.p, w->want.staple.len };
	char what[256];

	if (w->want.ocsp == CERT_OCSP_OFF || w->n_path < 2)
		return true;
	if (!staple.p)
		return w->want.ocsp == CERT_OCSP_IF_PRESENT ||
		       refuse(w, w->path[0],
			      " came without an OCSP response (stapling)");
	return ocsp_is_good(staple, w->path[0], w->path[1], w->want.now, what,
			    sizeof(what)) ||
	       refuse(w, w->path[0], "%s", what);
}

bool cert_validate(const struct trust *trust, const struct cert_der *chain,
		   size_t n, const struct cert_expect *want, char *why,
		   size_t why_len)
{
	struct walk *w;
	bool ok;

	why[0] = '\0';
	if (want->level == CERT_LEVEL_NONE)
		return true;
	if (n == 0 || n > CERT_CHAIN_MAX) {
		words_add(why, why_len, "peer sent %s",
			  n ? "too many certificates" : "no certificate");
		return false;
	}
	w = calloc(1, sizeof(*w));
	if (!w) {
		words_add(why, why_len, "out of memory");
		return false;
	}
	w->trust = trust;
	w->want = *want;
	if (want->level == CERT_LEVEL_DEFAULT)
		w->want.level = CERT_LEVEL_FULL;
	w->why = why;
	w->size = why_len;
	ok = parse_all(w, chain, n) && find_path(w) && check_path(w) &&
	     !trust_revoked(trust, w->path, w->n_path, why, why_len) &&
	     check_name(w) && check_staple(w);
	for (size_t i = 0; i < w->n; i++)
		wc_FreeDecodedCert(&w->cert[i]);
	free(w);
	return ok;
}
