# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# A Debian tree with a layer in memory above it, in which programs run. Needs lib.sh,
# and a mount namespace of its own: nothing outlives it.

# over LOWER TARGET NAME: a layer in memory over LOWER, seen at TARGET.
over()
{
	mkdir -p "$work/$3/upper" "$work/$3/work" "$2"
	mount -t overlay -o \
		"lowerdir=$1,upperdir=$work/$3/upper,workdir=$work/$3/work" \
		overlay "$2"
}

inside_path=/run/shim:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin

inside()
{
	PATH=$inside_path LC_ALL=C DEBIAN_FRONTEND=noninteractive \
		chroot "$root" "$@"
}

# layer_begin TREE RELEASE: $root is the tree, with this repository in it. Whoever asks
# for the running kernel there gets RELEASE.
layer_begin()
{
	work=$TREES/.install
	root=$work/root
	mkdir -p "$work"
	mount -t tmpfs tmpfs "$work"
	over "$1" "$root" tree
	over "$REPO" "$root$REPO" repo
	mount -t proc proc "$root/proc"
	mount --rbind /dev "$root/dev"
	mkdir -p "$root/run/shim"
	printf '#!/bin/sh\n[ "$*" = -r ] && echo %s || exec /bin/uname "$@"\n' \
		"$2" >"$root/run/shim/uname"
	chmod 755 "$root/run/shim/uname"
}

# layer_kernel DIR: the kernel of tests/vm/kernel, as far as depmod wants it. Its own
# modules are not needed, and depmod would read them all, which takes minutes in
# emulation.
layer_kernel()
{
	local release

	release=$(<"$1/release")
	mkdir -p "$root/lib/modules/$release"
	cp "$1/lib/modules/$release"/modules.{order,builtin*} \
		"$root/lib/modules/$release/"
	inside depmod "$release"
}
