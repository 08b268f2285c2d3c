#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# make-certs.sh DIR - certificates for the tests of TLS, in DIR
#
# ca, other-ca and alike-ca (the subject of ca, another key); NAME.pem and
# NAME.key for each certificate below; NAME-both.pem holds both.
set -eu
umask 077
is_ca=
cd "$1"

key()
{
	openssl genpkey -quiet -algorithm EC -pkeyopt ec_paramgen_curve:P-256 \
		-out "$1.key" 2>/dev/null ||
		openssl genpkey -algorithm EC \
			-pkeyopt ec_paramgen_curve:P-256 -out "$1.key" 2>/dev/null
}

# ca NAME SUBJECT
ca()
{
	key "$1"
	openssl req -x509 -new -key "$1.key" -subj "$2" -days 30 -out "$1.pem" \
		-addext basicConstraints=critical,CA:TRUE \
		-addext keyUsage=critical,keyCertSign,cRLSign
}

# cert NAME CA CN SAN|- [START END]
cert()
{
	name=$1 issuer=$2 cn=$3 san=$4
	start=${5:-$(date -u -d '1 hour ago' +%Y%m%d%H%M%SZ)}
	end=${6:-$(date -u -d '1 day' +%Y%m%d%H%M%SZ)}
	[ -f "$name.key" ] || key "$name"
	openssl req -new -key "$name.key" -subj "/CN=$cn" -out "$name.csr"
	rm -rf db
	mkdir db
	: >db/index
	cat >db/conf <<-CONF
		[ca]
		default_ca = here
		[here]
		database = db/index
		new_certs_dir = db
		rand_serial = yes
		default_md = sha256
		policy = any
		unique_subject = no
		x509_extensions = ext
		[any]
		commonName = optional
		[ext]
	CONF
	if [ -n "$is_ca" ]; then
		echo "basicConstraints = critical,CA:TRUE"
		echo "keyUsage = critical,keyCertSign"
	else
		echo "basicConstraints = CA:FALSE"
	fi >>db/conf
	[ "$san" = - ] || echo "subjectAltName = $san" >>db/conf
	openssl ca -batch -notext -config db/conf -cert "$issuer.pem" \
		-keyfile "$issuer.key" -startdate "$start" -enddate "$end" \
		-in "$name.csr" -out "$name.pem" 2>db/log ||
		{ cat db/log >&2; exit 1; }
	cat "$name.pem" "$name.key" >"$name-both.pem"
}

ca ca "/CN=Test CA"
ca other-ca "/CN=Other CA"
ca alike-ca "/CN=Test CA"
cat ca.pem other-ca.pem >both-ca.pem

cert ip ca ip IP:127.0.0.1
cert otherip ca otherip IP:10.0.0.9
cert dns ca dns DNS:Gate.Example.net,DNS:alt.example.net
cert wildcard ca wildcard DNS:*.example.net
cert cnonly ca gate.example.net -
cert sanwins ca gate.example.net DNS:other.example.net
cert sanip ca gate.example.net IP:10.0.0.9
cert dnsip ca dnsip DNS:127.0.0.1
cert longer ca longer DNS:gate.example.net.evil.org
# "gate.example.net", a zero byte, ".evil.org"
cert nul ca nul "DER:301c821a676174652e6578616d706c652e6e6574002e6576696c2e6f7267"
# A DNS name of the four bytes of 127.0.0.1
cert dnsbytes ca dnsbytes DER:300682047f000001
cert uri ca gate.example.net URI:sip:gate.example.net
cert expired ca expired IP:127.0.0.1 20200101000000Z 20200201000000Z
cert early ca early IP:127.0.0.1 20700101000000Z 20700201000000Z
cert evil other-ca evil IP:127.0.0.1
cert alike alike-ca alike IP:127.0.0.1
cert client ca client DNS:phone.example.net
key selfsigned
openssl req -x509 -new -key selfsigned.key -subj "/CN=selfsigned" -days 2 \
	-addext subjectAltName=IP:127.0.0.1 -out selfsigned.pem

# A chain: ca signs inter, which signs deep; the peer sends both.
is_ca=yes
cert inter ca "Intermediate" -
is_ca=
cert deep inter deep IP:127.0.0.1
cat deep.pem inter.pem >chain.pem
cp deep.key chain.key
# A certificate that is no CA signs another.
cert fake ip fake IP:127.0.0.1
cat fake.pem ip.pem >fakechain.pem
cp fake.key fakechain.key

openssl genpkey -quiet -algorithm RSA -pkeyopt rsa_keygen_bits:2048 \
	-out rsa.key 2>/dev/null ||
	openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 \
		-out rsa.key 2>/dev/null
cert rsa ca rsa IP:127.0.0.1
openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:1024 \
	-out weak.key 2>/dev/null
cert weak ca weak IP:127.0.0.1
openssl ec -in ip.key -aes128 -passout pass:x -out locked.key 2>/dev/null
cp ip.key open.key
chmod 640 open.key
echo "not a certificate" >junk.pem
: >empty.pem
