#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# make-imports.sh DIR - what make-chains.py wrote to DIR, in other forms
set -eu
umask 077
cd "$1"
for kind in good rsa; do
	openssl x509 -in $kind/chain.pem -outform DER -out $kind/cert.der
	openssl pkey -in $kind/key.pem -outform DER -out $kind/key.der
	cat $kind/chain.pem $kind/key.pem >$kind/both.pem
	openssl pkey -in $kind/key.pem -aes256 -passout pass:sesame \
		-out $kind/locked.pem
	cat $kind/key.pem $kind/chain.pem >$kind/key-first.pem
	openssl pkcs12 -export -in $kind/chain.pem -inkey $kind/key.pem \
		-passout pass:sesame -out $kind/new.p12
	openssl pkcs12 -export -in $kind/chain.pem -inkey $kind/key.pem \
		-passout pass: -out $kind/open.p12
	openssl pkcs12 -export -in $kind/chain.pem -inkey $kind/key.pem \
		-keypbe PBE-SHA1-3DES -certpbe PBE-SHA1-3DES -macalg sha1 \
		-passout pass:sesame -out $kind/old.p12
	openssl pkcs12 -export -in $kind/chain.pem -inkey $kind/key.pem \
		-legacy -passout pass:sesame -out $kind/rc2.p12
done
openssl pkcs8 -topk8 -in good/key.pem -iter 3000000 -passout pass:sesame \
	-out good/slow.pem
openssl pkcs12 -export -in good/chain.pem -inkey good/key.pem -iter 3000000 \
	-passout pass:sesame -out good/slow.p12
openssl pkcs12 -export -in chain/chain.pem -inkey chain/key.pem \
	-passout pass:sesame -out chain/chain.p12
cat ip/ca.pem chain/chain.pem >chain/mixed.pem
openssl crl -in crl/crl.pem -outform DER -out crl/crl.der
head -c 200 good/cert.der >good/short.der
echo "not a certificate" >junk
