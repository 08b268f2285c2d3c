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
says 2 'add one of: session, config, call, gateway, certificate, registration, extension, policy, keylog, backup, log, netns, rules, ban, trust, limit, stats, monitor, top, status, version, help'
says 2 'unknown command "sess"; there are: session, config,' sess list
says 2 'add one of: show, set' netns
says 2 'add one of: show, set, del, diff, commit, confirm, rollback, history,' config
says 2 'unexpected word "now"' config diff now
says 2 'config set needs a path' config set
says 2 '-s needs a value: -s SOCKET' -s
says 1 'ringfenced is not running: nobody answers at /nonexistent' -s /nonexistent config show
says 1 'ringfenced is not running' config set log level info
says 0 '^Default: 120$' config help media idle-timeout
says 2 'media: unknown word "idle"; allowed: idle-timeout' config help media idle
says 2 'add one of: add, set, del, list, show' session
says 2 'add one of: check, load, confirm, list, clear, set' rules
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
says 2 'unexpected word "now"' top now
says 2 'unexpected word "now"' netns show now
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

# Rules.
says 2 'rules check needs a FILE; - is standard input' rules check
says 2 'unexpected word "x"' rules check - x
says 1 "cannot read $WORK/none: No such file" rules check "$WORK/none"
says 1 'cannot read /: Is a directory' rules check /
says 2 'rules load needs a FILE' rules load
says 2 'rules load needs a FILE' rules load --confirm 60
says 2 '--confirm needs a value: --confirm SECONDS' rules load --confirm
for bad in 0 3601 -1 x; do
	says 2 '--confirm must be a number from 1 to 3600' rules load --confirm "$bad" -
done
says 2 'unexpected word "now"' rules confirm now
says 2 'unexpected word "now"' rules list now
says 2 'unexpected word "now"' rules clear now
says 2 'rules set needs: add, del or replace' rules set
says 2 'rules set needs: add, del or replace' rules set ad s 10.0.0.1
says 2 'rules set needs a value: rules set NAME' rules set add
says 2 'the name of a set has up to 31 bytes' rules set add "$(printf 's%.0s' {1..32})"
says 2 '"10.0.0" is no address' rules set add s 10.0.0
echo 'local accept # so' >"$WORK/rules"
says 0 '^local accept # so$' rules check "$WORK/rules"
says 0 '"text":"local accept # so"' -j rules check "$WORK/rules"
check "rules check needs no privilege" \
	setpriv --reuid 65534 --regid 65534 --clear-groups --bounding-set=-all \
	--inh-caps=-all ringfence rules check - <<<'local accept'
says 1 'module is not loaded' rules load "$WORK/rules"
echo 'local acept' >>"$WORK/rules"
says 2 'rules:2: unknown word "acept"' rules check "$WORK/rules"
says 2 'rules:2: unknown word "acept"' rules load "$WORK/rules"

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
for word in id label idle-timeout flags; do
	says 2 "$word needs a value: $word " session add $word
done
for word in local peer latch flags dscp clock-rate suite kdr tx-key rx-key keys; do
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
for bad in 10.0.1.1 :20000 '[::1]' ::1:20000 10.0.1.256:20000 '[10.0.1.1]:5' \
	'[::ffff:10.0.1.1]:5' '[fe80::1%lo]:5' '[::1:5' '[::1]5' \
	host.example:20000 10.0.1.1.1.1.1.1.1.1:5 ''; do
	says 2 'local must be an address and a port, as 192.0.2.1:20000 or \[2001:db8::1\]:20000, not' \
		session add a local "$bad"
done
for bad in 0 65536 '' 20000x -5; do
	says 2 'the port must be a number from 1 to 65535' session add a peer "10.0.1.2:$bad"
	says 2 'the port must be a number from 1 to 65535' session add a peer "[::1]:$bad"
	says 2 'rtcp must be a number from 1 to 65535' session add a peer 10.0.1.2:5 rtcp "$bad"
done
says 2 'local has port 65535 and there is no next port for RTCP; add: rtcp PORT, or: flags rtcp-mux' \
	session add a local 10.0.1.1:65535
for bad in $ALL aes_cm_128_hmac_sha1_80 NONE ''; do
	says 2 'unknown suite .*; there are: none, AES_CM_128_HMAC_SHA1_80, .*, NULL_HMAC_SHA1_32$' \
		session add a suite "$bad"
done
says 2 'which session\? add: id NUMBER' session set label x
says 2 'nothing to set; add: label,' session set id 7
says 2 'leg b: nothing to set; add what to change: flags, local,' session set id 7 b
for bad in x '' 'rtcp-mux,' RTCP-MUX none,rtcp-mux 0x1; do
	says 2 'unknown flag .*; there are: none, or with commas: rtcp-mux, .*, resync$' \
		session set id 7 a flags "$bad"
done
says 2 'unknown flag "x"; there are: none, or with commas: udptl$' session set id 7 flags x
says 2 'rtcp-mux is a flag of a leg; give it after a or b' session set id 7 flags rtcp-mux
says 2 'udptl is a flag of the session; give it before a or b' session set id 7 a flags udptl
for bad in x '' learn; do
	says 2 'latch must be one of: strict, port, address; not' session set id 7 a latch "$bad"
done
for bad in -1 64 EF ''; do
	says 2 'dscp must be keep or a number from 0 to 63, not' session set id 7 a dscp "$bad"
done
says 2 'kdr must be a number from 0 to 24, not' session set id 7 a kdr 25
for bad in 0 999 192001; do
	says 2 'clock-rate must be a number from 1000 to 192000' session set id 7 a clock-rate "$bad"
done
says 2 'mki must come right after tx-key FILE or rx-key FILE' session set id 7 a mki 00
says 2 'lifetime must come right after tx-key FILE' session set id 7 a lifetime 5

# Settings, and the live view.
says 2 'netns set needs: media-ports MIN-MAX, or: media-ports none$' netns set
says 2 'netns set needs: .*; no other word' netns set ports 1-2
says 2 'media-ports needs a value' netns set media-ports
for bad in 0-1 2-1 1-65536 1 1- -1 1-2-3 '' all; do
	says 2 'media-ports must be none or two ports from 1 to 65535, as 20000-29999' \
		netns set media-ports "$bad"
done
for bad in 0 0.05 3601 x '' 1e1 1,5; do
	says 2 '-d must be a number of seconds from 0.1 to 3600' top -d "$bad"
done
says 2 '-n must be a number from 1 to' top -n 0
says 2 '-n needs a value: -n COUNT' top -n

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
batch 2 '^standard input:1: more than 192 words' 'too many words' \
	"$(printf 'x %.0s' {1..193})"
batch 2 '^standard input:1: the line is longer than 8190 bytes' 'long line' \
	"$(printf 'x%.0s' {1..8191})\nversion\n"
batch 2 '^ringfence [0-9.]*$' 'goes on after a long line' \
	"$(printf 'x%.0s' {1..18000})\nversion\n"
batch 2 'zero byte' 'zero byte' 'ver\0sion\nversion\n'
batch 2 'monitor never ends' 'monitor' 'monitor\n'
batch 2 "top is for watching, so it can't be in a batch" 'top' 'top -n 1\n'
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
says 1 "$MISSING" top
says 1 "$MISSING" netns show
says 1 "$MISSING" netns set media-ports none
# shellcheck disable=SC2086 # words
says 1 "$MISSING" session add $A $B
says 1 '^module not loaded$' status
says 1 '"loaded":false,"version":null' -j status
batch 1 "standard input:1: $MISSING" 'without the module' \
	"session del id 7\nversion\n"

tap_end
