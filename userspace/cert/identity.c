// SPDX-License-Identifier: GPL-2.0-or-later
#include "cert/identity.h"

#include <arpa/inet.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#include <wolfssl/options.h>
#include <wolfssl/ssl.h>
#include <wolfssl/wolfcrypt/asn.h>

#include "cert/words.h"

#define NAMES_SHOWN 4

bool identity_is_address(const char *name)
{
	uint8_t addr[16];

	return inet_pton(AF_INET, name, addr) == 1 ||
	       inet_pton(AF_INET6, name, addr) == 1;
}

const char *identity_sip_domain(const char *uri, size_t len, size_t *ret_len)
{
	static const char scheme[] = "sip:";
	const size_t skip = sizeof(scheme) - 1;
	size_t n;

	if (len <= skip || strncasecmp(uri, scheme, skip) ||
	    memchr(uri, '@', len))
		return NULL;
	uri += skip;
	len -= skip;
	/* A zero byte doesn't end it. */
	for (n = 0; n < len && uri[n] != ':' && uri[n] != ';' && uri[n] != '?';
	     n++)
		;
	if (n == 0)
		return NULL;
	*ret_len = n;
	return uri;
}

static bool match_address(const DNS_entry *e, const char *wanted)
{
	uint8_t addr[16];

	if (e->type != ASN_IP_TYPE)
		return false;
	if (e->len == 4)
		return inet_pton(AF_INET, wanted, addr) == 1 &&
		       !memcmp(addr, e->name, 4);
	return e->len == 16 && inet_pton(AF_INET6, wanted, addr) == 1 &&
	       !memcmp(addr, e->name, 16);
}

/* The length comes first: a zero byte inside a name must not end it. */
static bool match_text(const char *name, size_t len, const char *wanted)
{
	return len == strlen(wanted) && !strncasecmp(name, wanted, len);
}

static bool match_wildcard(const char *name, size_t len, const char *wanted)
{
	const char *rest = strchr(wanted, '.');

	return len > 2 && name[0] == '*' && name[1] == '.' && rest &&
	       rest != wanted && memchr(name + 2, '.', len - 2) &&
	       match_text(name + 1, len - 1, rest);
}

static bool match_dns(const DNS_entry *e, const char *wanted, bool strict)
{
	if (e->type != ASN_DNS_TYPE)
		return false;
	return match_text(e->name, (size_t)e->len, wanted) ||
	       (!strict && match_wildcard(e->name, (size_t)e->len, wanted));
}

static bool match_uri(const DNS_entry *e, const char *wanted)
{
	const char *domain;
	size_t len;

	if (e->type != ASN_URI_TYPE)
		return false;
	domain = identity_sip_domain(e->name, (size_t)e->len, &len);
	return domain && match_text(domain, len, wanted);
}

static bool has_sip_domain(const struct DecodedCert *cert)
{
	const DNS_entry *e;
	size_t len;

	for (e = cert->altNames; e; e = e->next) {
		if (e->type == ASN_URI_TYPE &&
		    identity_sip_domain(e->name, (size_t)e->len, &len))
			return true;
	}
	return false;
}

bool identity_matches(const struct DecodedCert *cert, const char *wanted,
		      bool strict)
{
	bool address = identity_is_address(wanted);
	bool dns = !address && !(strict && has_sip_domain(cert));
	const DNS_entry *e;

	if (!cert->extSubjAltNameSet)
		return cert->subjectCN && !(address && strict) &&
		       match_text(cert->subjectCN, (size_t)cert->subjectCNLen,
				  wanted);
	for (e = cert->altNames; e; e = e->next) {
		if (address ? match_address(e, wanted)
			    : match_uri(e, wanted) ||
				      (dns && match_dns(e, wanted, strict)))
			return true;
	}
	return false;
}

static void add_alt_name(char *out, size_t size, const DNS_entry *e)
{
	char text[INET6_ADDRSTRLEN];
	int family = e->len == 4 ? AF_INET : AF_INET6;

	if (e->type != ASN_IP_TYPE)
		words_add_name(out, size, e->name, (size_t)e->len);
	else if ((e->len == 4 || e->len == 16) &&
		 inet_ntop(family, e->name, text, sizeof(text)))
		words_add(out, size, "%s", text);
	else
		words_add(out, size, "?");
}

void identity_list(const struct DecodedCert *cert, char *out, size_t size)
{
	const DNS_entry *e = cert->altNames;
	unsigned int n = 0;

	if (!e && cert->subjectCN && !cert->extSubjAltNameSet)
		words_add_name(out, size, cert->subjectCN,
			       (size_t)cert->subjectCNLen);
	else if (!e)
		words_add(out, size, "no name or address");
	for (; e && n < NAMES_SHOWN; e = e->next, n++) {
		words_add(out, size, "%s", n ? ", " : "");
		add_alt_name(out, size, e);
	}
	words_add(out, size, "%s", e ? ", ..." : "");
}
