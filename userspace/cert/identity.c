// SPDX-License-Identifier: GPL-2.0-or-later
#include "cert/identity.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include <wolfssl/options.h>
#include <wolfssl/ssl.h>
#include <wolfssl/wolfcrypt/asn.h>
#include <wolfssl/wolfcrypt/error-crypt.h>

#define NAME_MAX_SHOWN 64 /* bytes of a hostile name in a reason */
#define NAMES_SHOWN    4

bool identity_is_address(const char *name)
{
	uint8_t addr[16];

	return inet_pton(AF_INET, name, addr) == 1 ||
	       inet_pton(AF_INET6, name, addr) == 1;
}

/* Append what a stranger wrote, cut and without control bytes. */
static void append_name(char *out, size_t size, const char *name, size_t len)
{
	size_t i, n = strlen(out);

	for (i = 0; i < len && i < NAME_MAX_SHOWN && n + 1 < size; i++)
		out[n++] = isprint((unsigned char)name[i]) ? name[i] : '?';
	out[n] = '\0';
}

static void append(char *out, size_t size, const char *text)
{
	size_t n = strlen(out);

	snprintf(out + n, size - n, "%s", text);
}

static void subject(const struct DecodedCert *cert, char *out, size_t size)
{
	append(out, size, "certificate \"CN=");
	if (cert->subjectCN)
		append_name(out, size, cert->subjectCN, cert->subjectCNLen);
	append(out, size, "\"");
}

static bool match_address(const DNS_entry *e, const char *peer_name)
{
	uint8_t addr[16];

	if (e->type != ASN_IP_TYPE)
		return false;
	if (e->len == 4)
		return inet_pton(AF_INET, peer_name, addr) == 1 &&
		       !memcmp(addr, e->name, 4);
	return e->len == 16 && inet_pton(AF_INET6, peer_name, addr) == 1 &&
	       !memcmp(addr, e->name, 16);
}

/* The length comes first: a zero byte inside a name must not end it. */
static bool match_text(const char *name, size_t len, const char *peer_name)
{
	return len == strlen(peer_name) && !strncasecmp(name, peer_name, len);
}

static bool match(const struct DecodedCert *cert, const char *peer_name)
{
	bool address = identity_is_address(peer_name);
	const DNS_entry *e;

	if (!cert->extSubjAltNameSet)
		return cert->subjectCN &&
		       match_text(cert->subjectCN, cert->subjectCNLen,
				  peer_name);
	for (e = cert->altNames; e; e = e->next) {
		if (address ? match_address(e, peer_name)
			    : e->type == ASN_DNS_TYPE &&
				      match_text(e->name, e->len, peer_name))
			return true;
	}
	return false;
}

static void append_alt_name(char *out, size_t size, const DNS_entry *e)
{
	char text[INET6_ADDRSTRLEN];
	int family = e->len == 4 ? AF_INET : AF_INET6;

	if (e->type != ASN_IP_TYPE)
		append_name(out, size, e->name, e->len);
	else if ((e->len == 4 || e->len == 16) &&
		 inet_ntop(family, e->name, text, sizeof(text)))
		append(out, size, text);
	else
		append(out, size, "?");
}

/* certificate "CN=x" is for 10.0.0.9, x.example.net, not for 192.0.2.2 */
static void explain_mismatch(const struct DecodedCert *cert,
			     const char *peer_name, char *why, size_t size)
{
	const DNS_entry *e = cert->altNames;
	unsigned int n = 0;

	subject(cert, why, size);
	append(why, size, " is for ");
	if (!e && cert->subjectCN && !cert->extSubjAltNameSet)
		append_name(why, size, cert->subjectCN, cert->subjectCNLen);
	else if (!e)
		append(why, size, "no name or address");
	for (; e && n < NAMES_SHOWN; e = e->next, n++) {
		append(why, size, n ? ", " : "");
		append_alt_name(why, size, e);
	}
	append(why, size, e ? ", ..., not for " : ", not for ");
	append(why, size, peer_name);
}

bool identity_check(const uint8_t *der, size_t len, const char *peer_name,
		    char *why, size_t why_len)
{
	struct DecodedCert cert;
	bool ok = false;

	why[0] = '\0';
	wc_InitDecodedCert(&cert, der, len, NULL);
	if (wc_ParseCert(&cert, CERT_TYPE, NO_VERIFY, NULL))
		append(why, why_len, "peer's certificate can't be parsed");
	else if (match(&cert, peer_name))
		ok = true;
	else
		explain_mismatch(&cert, peer_name, why, why_len);
	wc_FreeDecodedCert(&cert);
	return ok;
}

/* @date is an ASN.1 time with tag and length. */
static void append_date(char *out, size_t size, const byte *date, int len)
{
	char text[40] = "an unknown date";
	struct tm tm;
	const byte *p;
	byte format;
	int n;

	if (len > 2 && !wc_GetDateInfo(date, len, &p, &format, &n) &&
	    !wc_GetDateAsCalendarTime(p, n, format, &tm))
		strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S UTC", &tm);
	append(out, size, text);
}

/*
 * @error is wolfSSL's own code, or OpenSSL's when wolfSSL is built to be like
 * it (OPENSSL_COMPATIBLE_DEFAULTS: Debian's is).
 */
static void explain(const struct DecodedCert *cert, int error, int depth,
		    const char *ca_file, char *why, size_t size)
{
	subject(cert, why, size);
	switch (error) {
	case ASN_NO_SIGNER_E:
	case ASN_SELF_SIGNED_E:
	case ASN_SIG_CONFIRM_E:
	case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
	case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
	case X509_V_ERR_CERT_SIGNATURE_FAILURE:
		append(why, size,
		       error == ASN_SELF_SIGNED_E || cert->selfSigned
			       ? " is self-signed and not in "
			       : " is not signed by a CA in ");
		append(why, size, ca_file);
		break;
	case ASN_AFTER_DATE_E:
	case X509_V_ERR_CERT_HAS_EXPIRED:
	case X509_V_ERR_ERROR_IN_CERT_NOT_AFTER_FIELD:
		append(why, size, " expired on ");
		append_date(why, size, cert->afterDate, cert->afterDateLen);
		break;
	case ASN_BEFORE_DATE_E:
	case X509_V_ERR_CERT_NOT_YET_VALID:
	case X509_V_ERR_ERROR_IN_CERT_NOT_BEFORE_FIELD:
		append(why, size, " is not valid before ");
		append_date(why, size, cert->beforeDate, cert->beforeDateLen);
		break;
	default:
		append(why, size, " is refused: ");
		append(why, size,
		       error < 0
			       ? wc_GetErrorString(error)
			       : wolfSSL_X509_verify_cert_error_string(error));
	}
	if (depth > 0)
		append(why, size, " (CA certificate sent by the peer)");
}

void identity_explain(const uint8_t *der, size_t len, int error, int depth,
		      const char *ca_file, char *why, size_t why_len)
{
	struct DecodedCert cert;

	why[0] = '\0';
	wc_InitDecodedCert(&cert, der, len, NULL);
	if (wc_ParseCert(&cert, CERT_TYPE, NO_VERIFY, NULL))
		append(why, why_len, "peer's certificate can't be parsed");
	else
		explain(&cert, error, depth, ca_file, why, why_len);
	wc_FreeDecodedCert(&cert);
}
