# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# What shell tests share: results as TAP lines. To be sourced; no test of its own.

TAP_COUNT=0
TAP_FAILED=0

# pass NAME
pass()
{
	TAP_COUNT=$((TAP_COUNT + 1))
	echo "ok $TAP_COUNT - $1"
}

# fail NAME [DETAIL]: the detail may have many lines
fail()
{
	TAP_COUNT=$((TAP_COUNT + 1))
	TAP_FAILED=$((TAP_FAILED + 1))
	echo "not ok $TAP_COUNT - $1"
	[[ -z ${2:-} ]] || printf "# %s\n" "${2//$'\n'/$'\n'# }"
}

# skip NAME REASON
skip()
{
	TAP_COUNT=$((TAP_COUNT + 1))
	echo "ok $TAP_COUNT - $1 # SKIP $2"
}

# silent NAME COMMAND...: the command must succeed and print nothing
silent()
{
	local name=$1 output status=0

	shift
	output=$("$@" 2>&1) || status=$?
	if [[ $status -eq 0 && -z $output ]]; then
		pass "$name"
	else
		fail "$name" "${output:-exit status $status}"
	fi
}

# succeeds NAME COMMAND...: the command must succeed; what it prints is shown
# only if it does not
succeeds()
{
	local name=$1 output status=0

	shift
	output=$("$@" 2>&1) || status=$?
	if [[ $status -eq 0 ]]; then
		pass "$name"
	else
		fail "$name" "$output
exit status $status"
	fi
}

# tap_end: the plan, and the script's exit status
tap_end()
{
	echo "1..$TAP_COUNT"
	[[ $TAP_FAILED -eq 0 ]]
}
