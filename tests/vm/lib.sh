# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034
# What the scripts of tests/vm share: messages, paths, the kernel table, locks.
# Nothing here downloads, builds or boots.

VM_DIR=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
REPO=$(cd "$VM_DIR/../.." && pwd -P)
BUILD=$REPO/build
KERNELS=$BUILD/kernels
TREES=$BUILD/trees

ME=${0##*/}

note()
{
	printf '%s: %s\n' "$ME" "$*" >&2
}

# die [STATUS] MESSAGE: the harness itself cannot go on.
die()
{
	local status=1

	if [[ $1 =~ ^[0-9]+$ ]]; then
		status=$1
		shift
	fi
	note "$*"
	exit "$status"
}

# help SCRIPT: print the comment block that follows the SPDX line.
help()
{
	sed -n '3,/^[^#]/{/^#/!d; s/^# \{0,1\}//; p}' "$1"
	exit 0
}

need_root()
{
	[[ $EUID -eq 0 ]] || die 3 "needs root (trees and caches hold root's files)"
}

need_command()
{
	local c

	for c; do
		command -v "$c" >/dev/null ||
			die 3 "$c is missing: run scripts/deps --for vm"
	done
}

# take_lock FILE: hold an exclusive lock until this process ends.
take_lock()
{
	local fd

	mkdir -p "$(dirname "$1")"
	exec {fd}>"$1"
	flock -n "$fd" && return
	note "waiting for $(basename "$1")"
	flock "$fd"
}

# The row that kernels_row found.
suite='' pocket='' meta='' tcg=''

# kernels_row NAME: set suite, pocket, meta and tcg from the table, or fail.
kernels_row()
{
	local name

	while read -r name suite pocket meta tcg; do
		[[ $name == "$1" ]] && return 0
	done < <(grep -v '^#' "$VM_DIR/kernels")
	return 1
}

kernels_names()
{
	awk '!/^#/ { printf "%s%s", sep, $1; sep = " " } END { print "" }' \
		"$VM_DIR/kernels"
}

# host_suite: the Debian release this machine runs, e.g. bookworm.
host_suite()
{
	(. /etc/os-release && echo "${VERSION_CODENAME:-unknown}")
}

# mirror NAME: the archive of that name (debian, debian-security) which this
# machine's own apt uses, or the one given in RTI_MIRROR.
mirror()
{
	local base

	base=${RTI_MIRROR:-$(cat /etc/apt/sources.list \
		/etc/apt/sources.list.d/* 2>/dev/null |
		grep -v '^#' | grep -om1 'https\?://[^ ]*/debian/\?\( \|$\)')}
	base=${base% }
	base=${base%/}
	[[ $base == */debian ]] ||
		die "no Debian archive in apt's sources: set RTI_MIRROR"
	printf '%s\n' "${base%/debian}/$1"
}

# sources SUITE: an apt source list for a release, its updates and backports.
sources()
{
	local debian security key=/usr/share/keyrings/debian-archive-keyring.gpg

	debian=$(mirror debian) security=$(mirror debian-security)
	[[ ! -e $key ]] || key="[signed-by=$key]"
	printf 'deb %s %s %s main\n' \
		"$key" "$debian" "$1" "$key" "$security" "$1-security"
	# Backports of a release that is no longer supported are gone.
	case $1 in
	bookworm|bullseye) ;;
	*) printf 'deb %s %s %s main\n' "$key" "$debian" "$1-backports" ;;
	esac
}
