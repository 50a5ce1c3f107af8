# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# What the tests of the XDP backend share: a network of their own, that nobody
# else sees and that goes with them.
#
#	this namespace             namespace peer
#	here 10.77.0.1/24  <---->  there 10.77.0.2/24

cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
GUEST=${GUEST:-$PWD/build/guest}
CTL=${CTL:-$PWD/build/bin/rtintercept-ctl}
BENCH=${BENCH:-$PWD/build/bin/rtintercept-bench}

# skip_all REASON
skip_all()
{
	echo "1..0 # SKIP $1"
	exit 0
}

# in_private SCRIPT [ARG...]: runs the script again, as `inside ARG...`, in
# namespaces of its own; returns in there.
in_private()
{
	local script=$1

	shift
	if [[ ${1:-} == inside ]]; then
		mount -t tmpfs none /run/netns
		return 0
	fi
	[[ $EUID -eq 0 ]] || skip_all "needs root"
	mkdir -p /run/netns
	unshare -mn true 2>/dev/null || skip_all "needs namespaces"
	exec unshare -mn "$script" inside "$@"
}

# lay_cable [MTU]
lay_cable()
{
	local mtu=${1:-1500}

	ip netns add peer
	ip link add here address 02:00:00:00:00:01 type veth \
		peer name there address 02:00:00:00:00:02 netns peer
	echo 1 >/proc/sys/net/ipv6/conf/here/disable_ipv6
	ip netns exec peer sh -c 'echo 1 >/proc/sys/net/ipv6/conf/there/disable_ipv6'
	ip link set lo up
	ip addr add 10.77.0.1/24 dev here
	ip link set here mtu "$mtu" up
	ip -n peer addr add 10.77.0.2/24 dev there
	ip -n peer link set there mtu "$mtu" up
	ip neigh replace 10.77.0.2 lladdr 02:00:00:00:00:02 dev here
	ip -n peer neigh replace 10.77.0.1 lladdr 02:00:00:00:00:01 dev there
}

cut_cable()
{
	ip link del here 2>/dev/null || :
	ip netns del peer 2>/dev/null || :
}

# needs_xdp PROGRAM...: of build/guest; or all is skipped
needs_xdp()
{
	local program

	for program; do
		[[ -x $GUEST/$program ]] || skip_all "$program is not built"
	done
	if "$CTL" status --backend xdp | grep -q '^xdp *not usable'; then
		skip_all "there is no XDP backend here"
	fi
}

# bpf_of_ours: what is attached to an interface of this namespace or the peer's
bpf_of_ours()
{
	ip -d link show | grep -o 'prog/xdp.*' || :
	[[ ! -e /run/netns/peer ]] ||
		ip -n peer -d link show | grep -o 'prog/xdp.*' || :
}

# capture INTERFACE ARG...: in the background, until it runs; sets $pid
capture()
{
	local i

	"$CTL" capture --backend xdp -i "$@" >"$TMP/out" 2>"$TMP/err" &
	pid=$!
	for ((i = 0; i < 100; i++)); do
		"$CTL" status --backend xdp >"$TMP/status"
		if grep -q "running; .*pid $pid," "$TMP/status"; then
			return 0
		fi
		sleep 0.1
	done
	fail "capture on $1 begins" "$(cat "$TMP/err")"
}

# end_capture: as Ctrl-C would
end_capture()
{
	kill -INT "$pid"
	wait "$pid" || :
}

# refused NAME STATUS PATTERN COMMAND...
refused()
{
	local name=$1 wanted=$2 pattern=$3 status=0

	shift 3
	timeout --signal=INT 5 "$@" >"$TMP/out" 2>"$TMP/err" || status=$?
	if [[ $status -eq $wanted ]] && grep -qE "$pattern" "$TMP/err"; then
		pass "$name"
	else
		fail "$name" "status $status: $(cat "$TMP/err")"
	fi
}

# traffic COUNT RATE: from the peer to port 8080 here, in the background
traffic()
{
	"$BENCH" send --sender-netns peer --to 10.77.0.1 --port 8080 --bytes 64 \
		--count "$1" --rate "$2" --sender-wait spin --warmup 0 \
		--quiet >/dev/null &
	sender=$!
}

# documented COLUMN: rows of xdp.rst as tests/bpf/parity.c prints them; 2: the
# module's, 3: XDP's
documented()
{
	sed -n 's/^``\([A-Za-z0-9_]*\)`` */\1 /p' Documentation/xdp.rst |
		awk -v c="$1" '$2 ~ /^(yes|no)$/ && $3 ~ /^(yes|no)$/ { print $1, $c }' |
		sort
}

# parity BACKEND: what it can do is what the tables say. A flag that the cable
# may not cause is not missed.
parity()
{
	local column=3 output status=0

	[[ $1 != module ]] || column=2
	lay_cable
	output=$(timeout 60 "$GUEST/parity" "$1") || status=$?
	cut_cable
	grep -v '^# row' <<<"$output" | sed '/^# /!s/^/# /'
	succeeds "parity $1" test "$status" -eq 0
	silent "$1: what it can do is what xdp.rst says" diff \
		<(documented "$column" | uncaused) \
		<(sed -n 's/^# row //p' <<<"$output" | sort -u | uncaused)
	silent "$1: no flag that it cannot have" comm -12 \
		<(documented "$column" | grep '^RTINTERCEPT_RECORD_.* no$') \
		<(sed -n 's/^# row \(RTINTERCEPT_RECORD_.*\) yes$/\1 no/p' <<<"$output" | sort)
}

# uncaused: without the flags that this network need not cause
uncaused()
{
	grep -vE '^RTINTERCEPT_RECORD_(RX_QUEUE|HW_TIME|FLOW_HASH|GRO|NO_MAC) ' || :
}
