# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Shared by the scripts in this folder: paths, kernels, progress lines.

RF_TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
RF_BUILD=${RF_BUILD:-$RF_TOP/build}
# shellcheck disable=SC2034 # for the scripts that source this
KERNELS="6.1 6.12"
# What is expensive to make and depends on packages, not on the checkout.
CACHE=${RINGFENCE_CACHE:-/var/cache/ringfence}

export RF_TOP RF_BUILD

say()
{
	printf '%s: %s\n' "${0##*/}" "$*"
}

warn()
{
	printf '%s: %s\n' "${0##*/}" "$*" >&2
}

die()
{
	warn "$*"
	exit 1
}

# kernel_release SERIES: the newest installed headers' release, e.g. for 6.1
# "6.1.0-56-amd64"; nothing if there are none. Cloud and RT flavours lack 9p.
kernel_release()
{
	local dir

	for dir in "/usr/src/linux-headers-$1".*-amd64; do
		case $dir in
		*-cloud-amd64 | *-rt-amd64 | *'*'*) ;;
		*) printf '%s\n' "${dir#/usr/src/linux-headers-}" ;;
		esac
	done | sort -V | tail -n 1
}

# require_release SERIES: the same, or an error that names the way out.
require_release()
{
	local release

	release=$(kernel_release "$1")
	[ -n "$release" ] ||
		die "no headers of Linux $1 for amd64; run scripts/setup"
	printf '%s\n' "$release"
}

# kernel_image RELEASE: where setup unpacked the kernel image's package.
kernel_image()
{
	printf '%s\n' "$CACHE/image/$1"
}

# debug_kernel: where scripts/debug-kernel keeps its kernel. Its name holds what
# it is made from, the source's version and the configuration.
debug_kernel()
{
	local version key

	version=$(dpkg-query -W -f '${Version}' linux-source-6.12 2>/dev/null) ||
		die "linux-source-6.12 isn't installed; run scripts/setup"
	key=$(sha256sum <"$RF_TOP/selftests/qemu/debug.config")
	printf '%s\n' "$CACHE/debug-kernel/$version-${key:0:12}"
}

# debug_release: the debug kernel's release, or an error that names the way out.
debug_release()
{
	local dir

	dir=$(debug_kernel)
	[ -e "$dir/done" ] || die "no debug kernel; run scripts/debug-kernel"
	cat "$dir/release"
}

# cache_dir NAME: make a folder of the cache and print its path.
cache_dir()
{
	mkdir -p "$CACHE/$1" 2>/dev/null ||
		die "can't write $CACHE; run as root or set RINGFENCE_CACHE"
	printf '%s\n' "$CACHE/$1"
}
