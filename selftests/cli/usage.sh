#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What is typed wrong: exit status 2, a sentence that says what to change, and
# nothing sent to the kernel. The module is not even loaded.
set -u
. "$RF_TOP/selftests/cli/lib.sh"

ALL=aes
A="a local 10.0.1.1:20000 peer 10.0.1.2:4000"
B="b local 192.0.2.1:20000 peer 192.0.2.2:4000"
SRTP="suite AES_CM_128_HMAC_SHA1_80"

# Commands and options.
says 2 'add one of: session, stats, monitor, status, version, help'
says 2 'unknown command "sess"; there are: session,' sess list
says 2 'add one of: add, set, del, list, show' session
says 2 'unknown command "ls"; there are: add, set, del, list, show' session ls
says 2 'unknown option "-x"; there are: -j,' -x stats
says 2 'unknown option "--json"' --json stats
says 2 '-b needs a value: -b FILE' -b
says 2 '-n needs a value: -n NETNS' -n
says 2 '-force is only for -b FILE' -force stats
says 2 'unexpected word "stats"' -b "$WORK/none" stats
says 2 'a name that "ip netns" knows' -n ../x stats
says 1 'cannot enter network namespace none: No such file' -n none stats
says 2 'unexpected word "now"' stats now
says 2 'unexpected word "now"' status now
says 2 'unexpected word "now"' monitor now
says 2 'unexpected word "now"' version now
says 2 'unexpected word "now"' help now
says 2 'unexpected word "id"' session list id 7
says 1 "cannot read the batch $WORK/none: No such file" -b "$WORK/none"
says 0 '^ringfence [0-9]+\.[0-9]+\.[0-9]+$' version
says 0 '^ringfence [0-9]+\.[0-9]+\.[0-9]+$' -V
says 0 '^\{"version":"[0-9.]+"\}$' -j version
says 0 'usage: ringfence' help
says 0 'usage: ringfence' --help

# Which session.
says 2 'session del needs: id NUMBER, or: all$' session del
says 2 'session del needs: id NUMBER, or: all; no other' session del 7
says 2 'id needs a value: id NUMBER' session del id
says 2 'unexpected word "8"' session del id 7 8
says 2 'unexpected word "x"' session del all x
says 2 'session show needs: id NUMBER$' session show
for bad in 0 -1 +1 '' ' 1' 1x 0x10 4294967296 18446744073709551617 seven; do
	says 2 'id must be a number from 1 to 4294967295, not' session show id "$bad"
done

# Words of add and set.
# shellcheck disable=SC2086 # words
{
says 2 'leg a is not complete; add to it: local ADDRESS:PORT' session add
says 2 'leg b is not complete; add to it: local ADDRESS:PORT' session add $A
says 2 'leg a is not complete; add to it: local' session add a peer 10.0.1.2:4000 $B
says 2 'leg b is not complete; add to it: tx-key FILE' session add $A $B $SRTP
says 2 'unknown word "c"; there are: id, label,' session add $A $B c
says 2 'unknown word "lab"' session add lab x $A $B
says 2 'local belongs to a leg; name the leg before it: a or b' session add local 10.0.1.1:20000
says 2 'rtcp must come right after' session add a suite none rtcp 5
for word in id label idle-timeout; do
	says 2 "$word needs a value: $word " session add $word
done
for word in local peer suite tx-key rx-key keys; do
	says 2 "$word needs a value: $word " session add a $word
done
says 2 'rtcp needs a value: rtcp PORT' session add a local 10.0.1.1:20000 rtcp
says 2 'id is given twice' session add id 7 id 8
says 2 'label is given twice' session add label x label y
says 2 'idle-timeout is given twice' session add idle-timeout 1 idle-timeout 2
says 2 'leg a is given twice' session add $A $A
says 2 'local is given twice for leg a' session add $A local 10.0.1.1:1
says 2 'peer is given twice for leg b' session add $A $B peer 10.0.1.1:1
says 2 'suite is given twice for leg b' session add $A $B $SRTP $SRTP
}
says 2 'label has 64 bytes; it may have 63' session add label "$(printf 'l%.0s' {1..64})"
says 2 'control characters' session add label $'a\nb'
says 2 'control characters' session add label $'\e[31m'
for bad in -1 86401 1.5 never; do
	says 2 'idle-timeout must be a number from 0 to 86400' session add idle-timeout "$bad"
done
for bad in 10.0.1.1 :20000 '[::1]:20000' ::1:20000 10.0.1.256:20000 \
	host.example:20000 10.0.1.1.1.1.1.1.1.1:5 ''; do
	says 2 'local must be an IPv4 address and a port, as 192.0.2.1:20000' \
		session add a local "$bad"
done
for bad in 0 65536 '' 20000x -5; do
	says 2 'the port must be a number from 1 to 65535' session add a peer "10.0.1.2:$bad"
	says 2 'rtcp must be a number from 1 to 65535' session add a peer 10.0.1.2:5 rtcp "$bad"
done
says 2 'local has port 65535 and there is no next port for RTCP; add: rtcp PORT' \
	session add a local 10.0.1.1:65535
for bad in $ALL aes_cm_128_hmac_sha1_80 NONE ''; do
	says 2 'unknown suite .*; there are: none, AES_CM_128_HMAC_SHA1_80, AES_CM_128_HMAC_SHA1_32$' \
		session add a suite "$bad"
done
says 2 'which session\? add: id NUMBER' session set label x
says 2 'nothing to set; add: label,' session set id 7
says 2 'leg b: nothing to set; add what to change: local,' session set id 7 b

# Batches: each line is judged on its own, and named.
batch()
{
	local status=$1 want=$2 name=$3 text got=0

	shift 3
	text=$(printf '%b' "$*" | ringfence -force -b - 2>&1) || got=$?
	judge "batch: $name" "$status" "$want" "$got" "$text"
}
batch 0 '^$' 'empty' ''
batch 0 '^$' 'comments and empty lines' '# one\n\n   # two\n\t\n'
batch 0 '^ringfence [0-9.]*$' 'comment after a command' 'version # which?\n'
batch 0 '^ringfence [0-9.]*$' 'no newline at its end' 'version'
batch 0 '^ringfence [0-9.]*$' 'carriage returns' 'version\r\n'
batch 2 '^standard input:2: unknown command "foo"' 'line number' '\nfoo\n'
batch 2 '^standard input:1: a word that starts with " must' 'open quote' '"version\n'
batch 2 '^standard input:1: a word that starts with " must' 'word after quote' '"version"x\n'
batch 0 '^ringfence [0-9.]*$' 'quoted word' '"version"\n'
batch 2 '^standard input:1: more than 64 words' 'too many words' \
	"$(printf 'x %.0s' {1..65})"
batch 2 '^standard input:1: the line is longer than 4094 bytes' 'long line' \
	"$(printf 'x%.0s' {1..4095})\nversion\n"
batch 2 '^ringfence [0-9.]*$' 'goes on after a long line' \
	"$(printf 'x%.0s' {1..9000})\nversion\n"
batch 2 'zero byte' 'zero byte' 'ver\0sion\nversion\n'
batch 2 'monitor never ends' 'monitor' 'monitor\n'
batch 2 'unknown command "-j"' 'option' '-j version\n'

# Output that can't be written.
text=$(ringfence help 2>&1 >/dev/full)
judge "standard output is full" 1 'cannot write all to standard output' $? "$text"
text=$(ringfence -j version 2>&1 >/dev/full)
judge "standard output is full, JSON" 1 'cannot write all to standard output' $? "$text"
text=$(ringfence version 2>&1 >&-)
judge "standard output is closed" 1 'cannot write all to standard output' $? "$text"
text=$({
	sleep 0.2
	ringfence help 2>&1 >&3 3>&-
	echo "status $?"
} 3> >(exec true) )
judge "standard output is a broken pipe" 0 'status 1' 0 "$text"

# Without the module.
MISSING='the ringfence kernel module is not loaded; load it with: modprobe ringfence'
says 1 "$MISSING" session list
says 1 "$MISSING" session del all
says 1 "$MISSING" session del id 7
says 1 "$MISSING" session show id 7
says 1 "$MISSING" stats
says 1 "$MISSING" monitor
# shellcheck disable=SC2086 # words
says 1 "$MISSING" session add $A $B
says 1 '^module not loaded$' status
says 1 '"loaded":false,"version":null' -j status
batch 1 "standard input:1: $MISSING" 'without the module' \
	"session del id 7\nversion\n"

tap_end
