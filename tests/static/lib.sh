# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# What the static checks share: where they run, which sources there are, how a
# missing tool is told.

cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
. tests/tap.sh

STATIC=build/static
mkdir -p "$STATIC"

# need COMMAND: or skip the whole test
need()
{
	command -v "$1" >/dev/null && return
	echo "1..0 # SKIP $1 is not installed"
	exit 0
}

# files [FIND-EXPRESSION...]: sources, as paths from the top
files()
{
	find . \( -path ./build -o -path ./.git \) -prune -o \
		-type f \( "${@:--true}" \) -print | sed 's,^\./,,' | LC_ALL=C sort
}

# What runs on the machine itself and not in a kernel.
user_sources()
{
	files ! -name '*.bpf.c' ! -path './tools/bench/uml/send.c' -a \
		\( -path './lib/*.c' -o -path './tools/*.c' \)
}

USER_FLAGS=(-Iuapi -I. -Ilib -Itools -Itools/bench -Ibuild/bpf -D_GNU_SOURCE
	-DRTINTERCEPT_VERSION='"0"')
export USER_FLAGS
