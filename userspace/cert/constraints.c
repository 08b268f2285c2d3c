// SPDX-License-Identifier: GPL-2.0-or-later
#include "cert/constraints.h"

#include <stdint.h>
#include <string.h>
#include <strings.h>

#include <wolfssl/options.h>
#include <wolfssl/ssl.h>
#include <wolfssl/wolfcrypt/asn.h>

#include "cert/der.h"
#include "cert/identity.h"

#define SEQUENCE  0x30
#define PERMITTED 0xa0
#define EXCLUDED  0xa1

/* Tags of GeneralName: RFC 5280, 4.2.1.6. */
#define TAG_DNS	      0x82
#define TAG_DIRECTORY 0xa4
#define TAG_URI	      0x86
#define TAG_ADDRESS   0x87

/* 2.5.29.17 and 2.5.29.30 */
static const uint8_t alt_name_oid[] = { 0x55, 0x1d, 0x11 };
static const uint8_t constraints_oid[] = { 0x55, 0x1d, 0x1e };

struct name {
	uint8_t tag;
	struct der value;
};

static bool ends_with(struct der name, struct der base)
{
	return name.len >= base.len &&
	       !strncasecmp((const char *)name.p + name.len - base.len,
			    (const char *)base.p, base.len);
}

/* "example.net" is for itself and all below; ".example.net" for those below. */
static bool dns_is_in(struct der name, struct der base)
{
	if (base.len == 0)
		return true;
	if (!ends_with(name, base))
		return false;
	return name.len == base.len || base.p[0] == '.' ||
	       name.p[name.len - base.len - 1] == '.';
}

/* Of a URI it is the host; without a dot in front that host alone. */
static bool uri_is_in(struct der name, struct der base)
{
	struct der host;

	host.p = (const uint8_t *)identity_sip_domain((const char *)name.p,
						      name.len, &host.len);
	if (!host.p || base.len == 0)
		return false;
	return base.p[0] == '.' ? host.len > base.len && ends_with(host, base)
				: host.len == base.len && ends_with(host, base);
}

static bool address_is_in(struct der name, struct der base)
{
	const uint8_t *mask = base.p + name.len;

	if (base.len != 2 * name.len)
		return false;
	for (size_t i = 0; i < name.len; i++) {
		if ((name.p[i] ^ base.p[i]) & mask[i])
			return false;
	}
	return true;
}

/* Relative names of @base are the first of @name, in the same bytes. */
static bool directory_is_in(struct der name, struct der base)
{
	struct der dn;
	uint8_t tag;

	return der_next(&base, &tag, &dn) && tag == SEQUENCE &&
	       name.len >= dn.len && !memcmp(name.p, dn.p, dn.len);
}

static bool is_in(const struct name *name, struct der base)
{
	switch (name->tag) {
	case TAG_DNS:
		return dns_is_in(name->value, base);
	case TAG_URI:
		return uri_is_in(name->value, base);
	case TAG_ADDRESS:
		return address_is_in(name->value, base);
	case TAG_DIRECTORY:
		return directory_is_in(name->value, base);
	default:
		return false;
	}
}

static bool is_known(const struct name *name)
{
	return name->tag == TAG_DNS || name->tag == TAG_ADDRESS ||
	       name->tag == TAG_DIRECTORY ||
	       (name->tag == TAG_URI &&
		identity_sip_domain((const char *)name->value.p,
				    name->value.len, &(size_t){ 0 }));
}

/* Is there one of the name's kind in the list, and is the name in one? */
static bool look_up(const struct name *name, struct der list, bool *constrained)
{
	struct der subtree, base;
	bool found = false;
	uint8_t tag;

	*constrained = false;
	while (der_next(&list, &tag, &subtree)) {
		if (!der_next(&subtree, &tag, &base) || tag != name->tag)
			continue;
		*constrained = true;
		found = found || is_in(name, base);
	}
	return found;
}

static bool allow(struct der constraints, const struct name *name)
{
	bool constrained, found, ok = true;
	struct der list;
	uint8_t tag;

	while (ok && der_next(&constraints, &tag, &list)) {
		found = look_up(name, list, &constrained);
		if (!constrained)
			continue;
		ok = is_known(name) && tag == (found ? PERMITTED : EXCLUDED);
	}
	return ok;
}

/* The CN counts where there is no subjectAltName: so it is a dNSName. */
static bool allow_subject(struct der constraints,
			  const struct DecodedCert *cert)
{
	struct name dn = { TAG_DIRECTORY,
			   { cert->subjectRaw, (size_t)cert->subjectRawLen } };
	struct name cn = { TAG_DNS,
			   { (const uint8_t *)cert->subjectCN,
			     (size_t)cert->subjectCNLen } };

	if (cert->subjectRaw && cert->subjectRawLen > 2 &&
	    !allow(constraints, &dn))
		return false;
	return cert->extSubjAltNameSet || cert->isCA || !cert->subjectCN ||
	       allow(constraints, &cn);
}

bool constraints_allow(const struct DecodedCert *ca,
		       const struct DecodedCert *cert)
{
	const struct der oid = { constraints_oid, sizeof(constraints_oid) };
	const struct der alt_oid = { alt_name_oid, sizeof(alt_name_oid) };
	struct der constraints, list, names;
	struct name name;
	uint8_t tag;

	if (!ca->extNameConstraintSet)
		return true;
	if (!der_extension((struct der){ ca->source, ca->maxIdx }, oid,
			   &list) ||
	    !der_next(&list, &tag, &constraints) ||
	    !allow_subject(constraints, cert))
		return false;
	if (!cert->extSubjAltNameSet)
		return true;
	if (!der_extension((struct der){ cert->source, cert->maxIdx }, alt_oid,
			   &list) ||
	    !der_next(&list, &tag, &names))
		return false;
	while (der_next(&names, &name.tag, &name.value)) {
		struct der in = name.value;

		if (name.tag == TAG_DIRECTORY &&
		    !der_next(&in, &tag, &name.value))
			return false;
		if (!allow(constraints, &name))
			return false;
	}
	return true;
}
