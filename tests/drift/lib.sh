# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# What the drift tests share: the tree they look at (RTI_TREE, or the one they
# stand in) and its files. They look at sources only and write nothing.

cd "${RTI_TREE:-$(dirname "${BASH_SOURCE[0]}")/../..}" || exit 1
. tests/tap.sh

# files [FIND-EXPRESSION...]: sources, as paths from the top
files()
{
	find . \( -path ./build -o -path ./.git \) -prune -o \
		-type f \( "${@:--true}" \) -print |
		sed 's,^\./,,' | LC_ALL=C sort
}

# c_files: all C
c_files()
{
	files -name '*.[ch]'
}

# same NAME LIST-A LIST-B WHAT-A WHAT-B: two lists of words hold the same words
same()
{
	local only_a only_b

	only_a=$(comm -23 <(sort -u <<<"$2") <(sort -u <<<"$3") | xargs)
	only_b=$(comm -13 <(sort -u <<<"$2") <(sort -u <<<"$3") | xargs)
	if [[ -z $2 && -z $3 ]]; then
		fail "$1" "both are empty"
	elif [[ -z $only_a && -z $only_b ]]; then
		pass "$1"
	else
		fail "$1" "only in $4: ${only_a:-nothing}
only in $5: ${only_b:-nothing}"
	fi
}
