# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# What `rtintercept-ctl latency` tells of real traffic; the same for both
# backends. Sourced behind lib.sh, as root, in namespaces of its own, with BACKEND
# set and build/bin/rtintercept-bench there. Traffic comes over a veth pair.

. tests/bpf/lib.sh
lay_cable 1500

# traffic COUNT [OPTION...]: from the peer to port 8080 here, 1,000 a second
traffic()
{
	"$BENCH" send --sender-netns peer --to 10.77.0.1 --rate 1000 --warmup 0 \
		--bytes 64 --quiet --count "$@" >/dev/null
}

# latency SECONDS ARG...: while packets come for as long; $status, $TMP/out, $err
latency()
{
	local seconds=$1

	shift
	status=0
	timeout --signal=INT "$seconds" "$CTL" latency --backend "$BACKEND" -i here \
		"$@" >"$TMP/out" 2>"$TMP/err" </dev/null &
	pid=$!
	traffic $((seconds * 1000)) || :
	wait "$pid" || status=$?
	[[ $status -ne 124 ]] || status=0	# timeout's, of an end that was wanted
	out='' err=$(<"$TMP/err")
}

# says NAME FILTER: of all lines of JSON
says()
{
	if [[ $status -eq 0 ]] && jq -se "$2" "$TMP/out" >/dev/null; then
		pass "$1"
	else
		fail "$1" "status $status $err
$(cut -c 1-600 "$TMP/out")"
	fi
}

# books: the last one's closed
books()
{
	if grep -q 'seen [0-9]* = unmatched' <<<"$err" && ! grep -q 'do not close' <<<"$err"; then
		pass "$1: the books close"
	else
		fail "$1: the books close" "$err"
	fi
}

latency 5 --json --seconds 3 udp dport 8080
says "a line for each look, a summary at last" \
	'length >= 3 and (.[:-1] | all(.summary | not)) and .[-1].summary'
says "packets are measured" '.[-1].ring | .n > 1000 and .lost == 0'
says "percentiles ascend" '[.[].ring | select(.n > 0)] | all(.p50_ns > 0 and
	.p50_ns <= .p90_ns and .p90_ns <= .p99_ns and .p99_ns <= .p999_ns and
	.p999_ns <= .max_ns)'
says "the looks sum up" '([.[:-1][].ring.n] | add) <= .[-1].ring.n'
says "the histogram holds what was counted" \
	'.[-1].ring | ([.histogram[][2]] | add) == .n'
says "no socket was asked for" 'all(has("socket") | not)'
books "the ring alone"

latency 5 --json --socket 8080 --interval 0.5
says "a signal ends it with a summary" '.[-1].summary'
says "the rule is the socket's" '.[-1].rule | test("udp dport 8080")'
says "the socket's packets are joined" '.[-1].socket | .n > 1000 and
	.unjoined <= .n / 100'
says "there are as many as in the ring" '.[-1] | .socket.n <= .ring.n and
	.socket.n + .socket.lost + .socket.unjoined >= .ring.n * 0.98'
# In emulation two sleepers wait for each other's CPU, in either order.
[[ $BACKEND != xdp ]] ||
	says "they come later than the ring's" \
		'.[-1] | .socket.p50_ns > .ring.p50_ns / 2'
books "ring and socket"

latency 4 --json --spin --count 500 --rt 5
says "a count ends it" '.[-1].ring.n >= 500 and .[-1].wait == "spin"'
says "set up for real time there is no page fault" '.[-1].ring.page_faults == 0'
books "spinning"

latency 3 --seconds 2 udp dport 8080
if [[ $status -eq 0 ]] && grep -q '^ring *last ' "$TMP/out" &&
	grep -q '^ring *in all ' "$TMP/out" && grep -q '^from ' "$TMP/out" &&
	! grep -q $'\033' "$TMP/out"; then
	pass "a block for each look, without escapes, where there is no terminal"
else
	fail "a block for each look, without escapes, where there is no terminal" \
		"$(cat "$TMP/out" "$TMP/err")"
fi
if command -v script >/dev/null; then
	traffic 3000 &
	TERM=xterm script -qec "'$CTL' latency --backend $BACKEND -i here --seconds 2 \
		--interval 0.5" /dev/null >"$TMP/out" 2>&1 </dev/null || :
	wait $! || :
	succeeds "on a terminal the picture is drawn again" test \
		"$(grep -c $'\033\[H' "$TMP/out")" -ge 3
else
	skip "on a terminal the picture is drawn again" "there is no script(1)"
fi

"$CTL" latency --backend "$BACKEND" -i here --json --seconds 1 --interval 0.2 \
	>"$TMP/out" 2>"$TMP/err" || :
status=0
says "without a packet there is nothing to tell" '.[-1].ring | .n == 0 and .p50_ns == 0'

python3 -c 'import socket, time
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("", 8080))
print("bound", flush=True)
time.sleep(20)' >"$TMP/bound" &
owner=$!
while ! grep -q bound "$TMP/bound"; do sleep 0.05; done
ctl latency --backend "$BACKEND" -i here --socket 8080 --seconds 1
expect "a port that is taken is left to its program" 1 'is another program'
kill "$owner"
wait "$owner" 2>/dev/null || :
silent "nothing is attached any more" bpf_of_ours
cut_cable
tap_end
