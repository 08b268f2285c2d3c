#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""make-chains.py DIR - good and bad certificate chains, for test-chains.c

DIR/CASE/chain.pem  the peer's certificate, and those that it sends with it
DIR/CASE/key.pem    its private key
DIR/CASE/ca.pem     the CAs that are trusted
DIR/CASE/crl.pem    what is revoked, in some cases
DIR/CASE/staple.der an OCSP response about it, in some cases

Debian's Python, for newer versions of its cryptography package refuse to make
weak signatures.
"""

import datetime
import ipaddress
import os
import sys
import warnings

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID as EKU
from cryptography.x509.oid import NameOID, ObjectIdentifier

warnings.simplefilter("ignore")
NOW = datetime.datetime.utcnow()
HOUR = datetime.timedelta(hours=1)
DAY = datetime.timedelta(days=1)
NAME = "gate.example.net"
USAGES = ("digital_signature", "content_commitment", "key_encipherment",
          "data_encipherment", "key_agreement", "key_cert_sign", "crl_sign",
          "encipher_only", "decipher_only")
UNKNOWN = x509.UnrecognizedExtension(ObjectIdentifier("1.3.6.1.4.1.55555.1"),
                                     b"\x05\x00")
WEAK_RSA = rsa.generate_private_key(65537, 1024)
RSA = rsa.generate_private_key(65537, 2048)


def ec_key(curve=None):
    return ec.generate_private_key(curve or ec.SECP256R1())


def dns(*names):
    return [x509.DNSName(n) for n in names]


def uri(*uris):
    return [x509.UniformResourceIdentifier(u) for u in uris]


def ip(*addresses):
    return [x509.IPAddress(ipaddress.ip_address(a)) for a in addresses]


def net(text):
    return x509.IPAddress(ipaddress.ip_network(text))


def usage(*bits):
    return x509.KeyUsage(**{u: u in bits for u in USAGES})


def constraints(permitted=None, excluded=None):
    return x509.NameConstraints(permitted, excluded)


class Cert:
    """A certificate with its key; signed by @issuer, or by itself."""

    def __init__(self, cn, issuer=None, key=None, san=None, ca=None,
                 pathlen=None, start=NOW - HOUR, end=NOW + DAY, ku=None,
                 eku=None, extra=(), sign=None, dn=None):
        self.key = key or ec_key()
        self.name = x509.Name(dn if dn is not None else [
            x509.NameAttribute(NameOID.COMMON_NAME, cn)])
        by = issuer or self
        b = (x509.CertificateBuilder().subject_name(self.name)
             .issuer_name(by.name).public_key(self.key.public_key())
             .serial_number(x509.random_serial_number())
             .not_valid_before(start).not_valid_after(end))
        if ca is not None:
            b = b.add_extension(x509.BasicConstraints(ca, pathlen), True)
        if san is not None:
            b = b.add_extension(x509.SubjectAlternativeName(san), not
                                self.name.rdns)
        if ku:
            b = b.add_extension(ku, True)
        if eku:
            b = b.add_extension(x509.ExtendedKeyUsage(eku), False)
        b = b.add_extension(
            x509.SubjectKeyIdentifier.from_public_key(self.key.public_key()),
            False)
        if issuer:
            b = b.add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(
                    by.key.public_key()), False)
        for extension in extra:
            b = b.add_extension(extension, True)
        if isinstance(by.key, ed25519.Ed25519PrivateKey):
            sign = None
        else:
            sign = sign or hashes.SHA256()
        self.cert = b.sign(by.key, sign)
        self.pem = self.cert.public_bytes(serialization.Encoding.PEM)


def root(cn="Test CA", **how):
    how.setdefault("ku", usage("key_cert_sign", "crl_sign"))
    how.setdefault("ca", True)
    return Cert(cn, **how)


def inter(issuer, cn="Intermediate", **how):
    return root(cn, issuer=issuer, **how)


def leaf(issuer, cn="peer", san="default", **how):
    how.setdefault("ca", False)
    return Cert(cn, issuer=issuer, san=dns(NAME) if san == "default" else san,
                **how)


def crl(issuer, *revoked, start=NOW - HOUR, end=NOW + DAY, key=None):
    b = (x509.CertificateRevocationListBuilder().issuer_name(issuer.name)
         .last_update(start).next_update(end))
    for c in revoked:
        b = b.add_revoked_certificate(
            x509.RevokedCertificateBuilder()
            .serial_number(c.cert.serial_number).revocation_date(start)
            .build())
    return b.sign(key or issuer.key, hashes.SHA256()).public_bytes(
        serialization.Encoding.PEM)


def write(path, data):
    with open(path, "wb") as f:
        f.write(data)
    os.chmod(path, 0o600)


def answer(cert, issuer, signer=None, certs=(),
           status=ocsp.OCSPCertStatus.GOOD,
           start=NOW - HOUR, end=NOW + DAY, cert_id=hashes.SHA1(),
           sign=hashes.SHA256()):
    """An OCSP response that the issuer signs, or @signer, who sends @certs."""
    signer = signer or issuer
    revoked = status == ocsp.OCSPCertStatus.REVOKED
    b = (ocsp.OCSPResponseBuilder()
         .add_response(cert.cert, issuer.cert, cert_id, status, start, end,
                       start if revoked else None, None)
         .responder_id(ocsp.OCSPResponderEncoding.HASH, signer.cert))
    if certs:
        b = b.certificates([c.cert for c in certs])
    return b.sign(signer.key, sign).public_bytes(serialization.Encoding.DER)


def case(name, chain, trusted, crls=(), pem=None, staple=None):
    path = os.path.join(sys.argv[1], name)
    os.mkdir(path)
    write(path + "/chain.pem", pem or b"".join(c.pem for c in chain))
    write(path + "/key.pem", chain[0].key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption()))
    write(path + "/ca.pem", b"".join(c.pem for c in trusted))
    if crls:
        write(path + "/crl.pem", b"".join(crls))
    if staple:
        write(path + "/staple.der", staple)


CA = root()
OTHER = root("Other CA")
ALIKE = root()


def one(name, **how):
    """One certificate, signed by CA."""
    case(name, [leaf(CA, **how)], [CA])


def names():
    one("good")
    one("upper-case", san=dns("Gate.EXAMPLE.net"))
    one("second-name", san=dns("other.example.net", NAME))
    one("ip", san=ip("192.0.2.7"))
    one("ip6", san=ip("2001:db8::7"))
    one("wrong-ip", san=ip("192.0.2.8"))
    one("dns-ip", san=dns("192.0.2.7"))
    one("cn", cn=NAME, san=None)
    one("cn-ip", cn="192.0.2.7", san=None)
    one("wrong-cn", cn="other.example.net", san=None)
    one("wrong-name", san=dns("other.example.net"))
    one("san-beats-cn", cn=NAME, san=dns("other.example.net"))
    one("longer", san=dns(NAME + ".evil.example"))
    one("shorter", san=dns("example.net"))
    one("nul", san=dns(NAME + "\0.evil.example"))
    one("no-subject", dn=[])
    one("wildcard", san=dns("*.example.net"))
    one("wildcard-two", san=dns("*.net"))
    one("wildcard-deep", san=dns("*.example.net"))
    one("wildcard-part", san=dns("g*.example.net"))
    one("wildcard-second", san=dns("gate.*.net"))
    one("wildcard-cn", cn="*.example.net", san=None)
    one("uri", san=uri("sip:" + NAME))
    one("uri-port", san=uri("sip:%s:5061;transport=tls" % NAME))
    one("uri-user", san=uri("sip:bob@" + NAME))
    one("uri-password", san=uri("sip:%s:x@evil.example" % NAME))
    one("uri-sips", san=uri("sips:" + NAME))
    one("uri-http", san=uri("https://%s/" % NAME))
    one("uri-and-dns", san=uri("sip:other.example.net") + dns(NAME))
    one("uri-or-dns", san=uri("sip:" + NAME) + dns("other.example.net"))
    one("srv", san=dns("sip1.example.net"))


def dates_and_use():
    one("expired", start=NOW - 3 * DAY, end=NOW - DAY)
    one("early", start=NOW + DAY, end=NOW + 3 * DAY)
    one("eku-both", eku=[EKU.SERVER_AUTH, EKU.CLIENT_AUTH])
    one("eku-any", eku=[EKU.ANY_EXTENDED_KEY_USAGE])
    one("eku-server", eku=[EKU.SERVER_AUTH])
    one("eku-client", eku=[EKU.CLIENT_AUTH])
    one("eku-mail", eku=[EKU.EMAIL_PROTECTION])
    one("ku-sign", ku=usage("digital_signature"))
    one("ku-encipher", ku=usage("key_encipherment"))
    one("critical", extra=[UNKNOWN])
    one("rsa", key=RSA)
    one("p384", key=ec_key(ec.SECP384R1()))
    one("ed25519", key=ed25519.Ed25519PrivateKey.generate())
    one("p224", key=ec_key(ec.SECP224R1()))
    one("weak-rsa", key=WEAK_RSA)
    one("weak-ec", key=ec_key(ec.SECP192R1()))
    one("sha1", sign=hashes.SHA1())
    rsa_ca = root(key=RSA)
    case("md5", [leaf(rsa_ca, sign=hashes.MD5())], [rsa_ca])


def chains():
    i = inter(CA)
    case("chain", [leaf(i), i], [CA])
    case("chain-with-root", [leaf(i), i, CA], [CA])
    case("no-intermediate", [leaf(i)], [CA])
    case("trusted-intermediate", [leaf(i)], [i])
    j = inter(i, "Intermediate 2")
    case("deep", [leaf(j), j, i], [CA])
    case("two-alike", [leaf(CA)], [ALIKE, OTHER, CA])
    case("unknown-ca", [leaf(OTHER)], [CA])
    case("unknown-ca-sent", [leaf(OTHER), OTHER], [CA])
    case("alike", [leaf(ALIKE)], [CA])
    own = Cert("own", san=dns(NAME))
    case("self-signed", [own], [CA])
    case("self-signed-trusted", [own], [own])
    good = leaf(CA, key=RSA)
    der = bytearray(good.cert.public_bytes(serialization.Encoding.DER))
    der[-1] ^= 1
    bad = x509.load_der_x509_certificate(bytes(der))
    case("bad-signature", [good], [CA],
         pem=bad.public_bytes(serialization.Encoding.PEM))
    for name, how in (
            ("expired-intermediate", {"start": NOW - 3 * DAY,
                                      "end": NOW - DAY}),
            ("weak-intermediate", {"key": WEAK_RSA}),
            ("sha1-intermediate", {"sign": hashes.SHA1()}),
            ("not-a-ca", {"ca": False, "ku": None}),
            ("no-constraints", {"ca": None, "ku": None}),
            ("no-cert-sign", {"ku": usage("digital_signature", "crl_sign")}),
            ("critical-intermediate", {"extra": [UNKNOWN]}),
            ("eku-intermediate", {"eku": [EKU.CODE_SIGNING]})):
        i = inter(CA, **how)
        case(name, [leaf(i), i], [CA])
    old = root(start=NOW - 3 * DAY, end=NOW - DAY)
    case("expired-root", [leaf(old)], [old])
    long = [CA]
    for n in range(10):
        long.insert(0, inter(long[0], "CA %d" % n))
    case("too-long", [leaf(long[0])] + long[:-1], [CA])


def limits():
    zero = inter(CA, pathlen=0)
    case("pathlen", [leaf(zero), zero], [CA])
    j = inter(zero, "Intermediate 2")
    case("pathlen-exceeded", [leaf(j), j, zero], [CA])
    small = root(pathlen=0)
    case("root-pathlen", [leaf(small)], [small])
    i = inter(small)
    case("root-pathlen-exceeded", [leaf(i), i], [small])
    for name, limit, how in (
            ("nc-dns", constraints(dns("example.net")), {}),
            ("nc-dns-wrong", constraints(dns("example.org")), {}),
            ("nc-dns-label", constraints(dns("ate.example.net")), {}),
            ("nc-excluded", constraints(None, dns("example.net")), {}),
            ("nc-cn", constraints(dns("example.org")),
             {"cn": NAME, "san": None}),
            ("nc-ip", constraints([net("192.0.2.0/24")]),
             {"san": ip("192.0.2.7")}),
            ("nc-ip-wrong", constraints([net("198.51.100.0/24")]),
             {"san": ip("192.0.2.7")}),
            ("nc-uri-wrong", constraints(uri("example.org")),
             {"san": uri("sip:" + NAME)}),
            ("nc-directory", constraints([x509.DirectoryName(x509.Name([
                x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Us")]))]), {})):
        i = inter(CA, extra=[limit])
        case(name, [leaf(i, **how), i], [CA])
    first = inter(CA, extra=[constraints(dns("example.org"))])
    second = inter(first, "Intermediate 2")
    case("nc-inherited", [leaf(second), second, first], [CA])
    limited = root(extra=[constraints(dns("example.org"))])
    i = inter(limited)
    case("nc-root", [leaf(i), i], [limited])


def revocation():
    a, b, i = leaf(CA), leaf(CA), inter(CA)
    c = leaf(i)
    case("crl", [a], [CA], [crl(CA, b)])
    case("crl-of-two", [c, i], [CA], [crl(CA, a), crl(i, b)])
    case("revoked", [a], [CA], [crl(CA, b, a)])
    case("revoked-intermediate", [c, i], [CA], [crl(CA, i), crl(i)])
    case("revoked-below", [c, i], [CA], [crl(CA), crl(i, c)])
    case("crl-expired", [a], [CA],
         [crl(CA, start=NOW - 3 * DAY, end=NOW - DAY)])
    case("crl-expired-revoked", [a], [CA],
         [crl(CA, a, start=NOW - 3 * DAY, end=NOW - DAY)])
    case("crl-missing", [a], [CA], [crl(OTHER)])
    case("crl-missing-below", [c, i], [CA], [crl(CA)])
    case("crl-forged", [a], [CA], [crl(CA, key=OTHER.key)])


def responder(issuer=CA, **how):
    how.setdefault("eku", [EKU.OCSP_SIGNING])
    return leaf(issuer, "responder", san=None, **how)


def stapled():
    peer, other = leaf(CA), leaf(CA)
    good = answer(peer, CA)
    rsa_ca = root(key=RSA)
    rsa_peer = leaf(rsa_ca)
    i = inter(CA)
    low = leaf(i)
    one, old = responder(), responder(start=NOW - 3 * DAY, end=NOW - DAY)
    strange = responder(OTHER)
    server = responder(eku=[EKU.SERVER_AUTH])
    for name, staple in (
            ("good", good),
            ("sha256", answer(peer, CA, cert_id=hashes.SHA256())),
            ("delegated", answer(peer, CA, one, certs=[one])),
            ("revoked", answer(peer, CA, status=ocsp.OCSPCertStatus.REVOKED)),
            ("unknown", answer(peer, CA, status=ocsp.OCSPCertStatus.UNKNOWN)),
            ("expired", answer(peer, CA, start=NOW - 3 * DAY,
                               end=NOW - DAY)),
            ("early", answer(peer, CA, start=NOW + DAY, end=NOW + 3 * DAY)),
            ("endless", answer(peer, CA, end=None)),
            ("other", answer(other, CA)),
            ("other-issuer", answer(peer, ALIKE, CA)),
            ("wrong-signer", answer(peer, CA, OTHER, certs=[OTHER])),
            ("forged", good[:-1] + bytes([good[-1] ^ 1])),
            # No certificate of the CA may sign that isn't for OCSP.
            ("self", answer(peer, CA, peer, certs=[peer])),
            ("server", answer(peer, CA, server, certs=[server])),
            ("delegated-expired", answer(peer, CA, old, certs=[old])),
            ("delegated-other", answer(peer, CA, strange, certs=[strange])),
            ("sha1", answer(peer, CA, sign=hashes.SHA1())),
            ("later", ocsp.OCSPResponseBuilder.build_unsuccessful(
                ocsp.OCSPResponseStatus.TRY_LATER).public_bytes(
                    serialization.Encoding.DER)),
            ("broken", good[:-9])):
        case("ocsp-" + name, [peer], [CA], staple=staple)
    case("ocsp-rsa", [rsa_peer], [rsa_ca], staple=answer(rsa_peer, rsa_ca))
    case("ocsp-intermediate", [low, i], [CA], staple=answer(low, i))


names()
dates_and_use()
chains()
limits()
revocation()
stapled()
