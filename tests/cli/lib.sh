# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# What the tests of the command line share. They run without a device.

cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
. tests/tap.sh

CTL=${CTL:-$PWD/build/bin/rtintercept-ctl}
if [[ ! -x $CTL ]]; then
	echo "1..0 # SKIP $CTL is not built"
	exit 0
fi
TMP=$(mktemp -d)
trap 'rm -rf "$TMP"' EXIT

# ctl ARG...: leaves status in $status, output in $out, messages in $err
ctl()
{
	status=0
	"$CTL" "$@" >"$TMP/out" 2>"$TMP/err" </dev/null || status=$?
	out=$(<"$TMP/out")
	err=$(<"$TMP/err")
}

# what ctl() left, for a failure's detail
told()
{
	printf 'status %s\nstdout: %s\nstderr: %s\n' "$status" "$out" "$err"
}

# expect NAME STATUS PATTERN: of the last ctl(); the pattern is looked for on
# stderr if the status is not 0, else on stdout
expect()
{
	local where=$out

	[[ $2 -eq 0 ]] || where=$err
	if [[ $status -eq $2 ]] && grep -qE -- "$3" <<<"$where"; then
		pass "$1"
	else
		fail "$1" "$(told)
expected status $2 and /$3/"
	fi
}

# command_table: "COMMAND" and "COMMAND ACTION", one a line, from the help
command_table()
{
	local command action

	for command in $(listed Commands --help); do
		echo "$command"
		for action in $(listed Actions "$command" --help); do
			echo "$command $action"
		done
	done
}

# listed SECTION ARG...: first words of a section of what ctl prints
listed()
{
	local section=$1

	shift
	"$CTL" "$@" | awk -v section="$section:" '
		$0 == section { inside = 1; next }
		/^$/ { inside = 0 }
		inside { print $1 }'
}
