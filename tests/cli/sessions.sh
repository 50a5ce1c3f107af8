# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# What rtintercept-ctl does with sessions that are there; the same for both
# backends. Sourced behind lib.sh, as root, in a network namespace of its own,
# with BACKEND set. Traffic is UDP on lo.

ip link set lo up

# send PORT [COUNT]
send()
{
	local i

	for ((i = 0; i < ${2:-1}; i++)); do
		echo -n "packet $i" >"/dev/udp/127.0.0.1/$1" || :
	done
} 2>/dev/null

# capture NAME ARG...: in the background, until it is attached; $pid is its own
capture()
{
	capture_on lo "$@"
}

# capture_on INTERFACE NAME ARG...
capture_on()
{
	local name=$2 i

	"$CTL" capture --backend "$BACKEND" -i "$1" "${@:3}" >"$TMP/$name.out" \
		2>"$TMP/$name.err" &
	pid=$!
	for ((i = 0; i < 300; i++)); do
		[[ -z $(id_of "$pid") ]] || return 0
		sleep 0.1
	done
	fail "$name begins to capture" "$(cat "$TMP/$name.err")"
}

# id_of PID: the session of a capture that runs
id_of()
{
	"$CTL" stats --backend "$BACKEND" --json | jq ".sessions[] |
		select(.pid == $1 and .state == \"running\") | .session_id"
}

# ended NAME STATUS PID FILE: the capture's exit status, and its books
ended()
{
	local got=0

	wait "$3" || got=$?
	out=$(cat "$TMP/$4.out") err=$(cat "$TMP/$4.err") status=$got
	if [[ $got -eq $2 ]] && grep -q 'seen [0-9]* = unmatched' <<<"$err" &&
		! grep -q 'do not close' <<<"$err"; then
		pass "$1"
	else
		fail "$1" "$(told)"
	fi
}

# is NAME GOT WANTED
is()
{
	if [[ $2 == "$3" ]]; then
		pass "$1"
	else
		fail "$1" "'$2' instead of '$3'"
	fi
}

# until_stats ID FILTER: until jq finds it true of the session's stats
until_stats()
{
	local i

	for ((i = 0; i < 100; i++)); do
		"$CTL" stats --session "$1" --json |
			jq -e ".sessions[0] | $2" >/dev/null && return
		sleep 0.1
	done
	return 1
}

capture_ends_by_itself()
{
	capture text -c 3 udp dport 8080
	send 8081
	send 8080 5
	ended "a capture ends after its count" 0 "$pid" text
	is "with so many lines" "$(grep -c '127.0.0.1:8080 udp length' <<<"$out")" 3
	capture json --json -c 2 udp dport 8080
	send 8080 2
	ended "so does one that prints JSON" 0 "$pid" json
	is "each line is a record" \
		"$(jq -s 'map(select(.wire_bytes > 0 and .verdict == "pass" and
			.ifname == "lo" and (.data | length) == 2 * .captured_bytes)) |
			length' <<<"$out")" 2
	capture pcapng -s 40 -w "$TMP/x.pcapng" udp dport 8080
	send 8080 4
	until_stats "$(id_of "$pid")" ".recorded == 4" || :
	kill -INT "$pid"
	ended "a signal ends one in good order" 0 "$pid" pcapng
	if command -v tcpdump >/dev/null; then
		is "tcpdump reads what it wrote" \
			"$(tcpdump -nr "$TMP/x.pcapng" 2>/dev/null | grep -c ' > 127.0.0.1')" 4
	else
		skip "tcpdump reads what it wrote" "there is no tcpdump"
	fi
}

rules_of_a_session()
{
	local id=$1 table

	ctl rule list --session "$id"
	expect "rule list prints the rule" 0 '^id 1 proto udp dport 8080 pass record$'
	ctl rule add --session "$id" id 7 priority 5 udp dport 8080 sport 1-65535 \
		drop record first 60 on-full drop
	expect "rule add prints what it added" 0 '^id 7 priority 5 proto udp'
	ctl rule list --session "$id"
	expect "the greatest priority comes first" 0 '^id 7'
	table=$out
	ctl rule add --session "$id" id 7 any pass
	expect "an id that is taken is refused" 1 'is there already'
	ctl rule add --session "$id" reply 3
	expect "a reply that is not there is refused" 1 'rule add: (reply: |there is no such)'
	rule_load "$id" "$table"
	send 8080 3
	until_stats "$id" ".consumed == 3" || :
	ctl stats --session "$id" --json
	is "the rule that drops drops" "$(jq '.sessions[0] | .consumed' <<<"$out")" 3
	is "the books close" "$(jq '.sessions[0] | .seen == .unmatched + .matched and
		.matched == .recorded + .not_to_record + .dropped_ring_full +
		.dropped_too_big + .dropped_hostile_consumer and
		.matched == ([.rule_counters[].matched] | add)' <<<"$out")" true
	ctl rule del --session "$id" 7
	expect "rule del takes it away" 0 ''
	ctl rule del --session "$id" 7
	expect "but not twice" 1 "has no rule 7"
	ctl rule flush --session "$id"
	expect "rule flush succeeds" 0 ''
	ctl rule list --session "$id"
	is "and leaves nothing" "$status:$out" "0:"
}

# random_table COUNT: rules of all kinds that both backends have
random_table()
{
	awk -v count="$1" -v seed="$RANDOM" '
	function below(n) { return int(rand() * n) }
	function one(words, w) { return w[1 + below(split(words, w, " "))] }
	function range(word, max, a) {
		a = below(max)
		return " " word " " a one("? - -" max " -" (a + below(max - a)))
	}
	function address(word, bits) {
		if (six)
			return " " word " " one("::/0 2001:db8::/32 fe80::1 ff02::/16")
		bits = below(25)
		return " " word " " one("0.0.0.0/0 10.0.0.0/8 10.1.2.3 192.168.7.0/24")
	}
	BEGIN {
		srand(seed)
		for (i = 0; i < count; i++) {
			six = below(2)
			line = "id " (1 + i * 7)
			if (below(2)) line = line " priority " below(5)
			if (below(4) == 0) line = line " vlan " one("0 5 4095 untagged")
			if (below(6) == 0) line = line " inner-vlan " one("7 untagged")
			if (below(3) == 0) line = line address("src")
			if (below(3) == 0) line = line address("dst")
			if (below(2)) line = line " proto " one("udp tcp icmp 200")
			if (below(3) == 0) line = line range("sport", 65535)
			if (below(3) == 0) line = line range("dport", 65535)
			if (below(5) == 0) line = line " fragment " one("none first,later")
			if (below(5) == 0) line = line range("length", 9000)
			if (below(5) == 0) line = line " payload " below(99) " " one("00 c0ffee 0a0b/0fff")
			line = line " " one("pass drop")
			if (below(2)) line = line " record" one("? first-" (1 + below(99)))
			gsub(/\?/, "", line)
			sub(/ recordfirst-/, " record first ", line)
			if (line ~ / drop record/ && below(2)) line = line " on-full drop"
			print line
		}
	}'
}

# tables_go_round ID COUNT: what is listed is what was loaded, and loads again
tables_go_round()
{
	local round bad=0

	RANDOM=${RTI_SEED:-$$}
	echo "# RTI_SEED=${RTI_SEED:-$$}"
	for ((round = 0; round < 10; round++)); do
		random_table "$2" | "$CTL" rule check | sort >"$TMP/wanted"
		"$CTL" rule load --session "$1" "$TMP/wanted" || bad=1
		"$CTL" rule list --session "$1" >"$TMP/listed" || bad=1
		sort "$TMP/listed" | diff "$TMP/wanted" - || bad=1
		"$CTL" rule load --session "$1" <"$TMP/listed" || bad=1
		"$CTL" rule list --session "$1" | diff "$TMP/listed" - || bad=1
	done
	is "10 random tables of $2 rules are loaded and listed alike" "$bad" 0
}

# consumed ID: packets that rules of a session have taken away
consumed()
{
	"$CTL" stats --session "$1" --json | jq '.sessions[0].consumed'
}

# programs_of_a_session ID: only the module has them
programs_of_a_session()
{
	local id=$1 table before

	before=$(consumed "$id")
	ctl rule add --session "$id" 'udp port 8080 and src net 127.0.0.0/8' drop
	if [[ $BACKEND == xdp ]]; then
		expect "a filter is refused" 1 'rule add: program: this backend does not'
		ctl program set --session "$id" filter udp
		expect "so is a program" 1 'this backend runs no programs; the module'
		return
	fi
	expect "a filter becomes a program" 0 "^id 1 program 1 bytecode '[0-9]+,40 .*' drop$"
	send 8080 3
	until_stats "$id" ".consumed == $before + 3" || :
	is "that decides" "$(consumed "$id")" $((before + 3))
	ctl rule add --session "$id" program 1 priority 1 tcp pass
	ctl rule add --session "$id" 'udp port 8080 and src net 127.0.0.0/8' icmp pass
	expect "the same filter is the same program" 0 ' program 1 bytecode '
	ctl rule list --session "$id"
	is "the list tells once what it is" "$(grep -c bytecode <<<"$out")" 1
	table=$out
	rule_load "$id" "$table"
	ctl program set --session "$id" 1 'udp port 8081'
	expect "another takes its place" 0 "^program 1 bytecode '"
	send 8080 2
	send 8081 2
	until_stats "$id" ".consumed == $before + 5" || :
	is "while rules name it" "$(consumed "$id")" $((before + 5))
	ctl program del --session "$id" 1
	expect "it cannot be taken away then" 1 'a rule names it'
	echo "$table" | "$CTL" rule load --session "$id" || :
	ctl rule list --session "$id"
	is "a table that is loaded brings its program back" "$out" "$table"
	program_refusals "$id" "$table"
	"$CTL" rule flush --session "$id"
	ctl program list --session "$id" --json
	is "program list --json" "$(jq -c 'map([.program_id, .type, .count == (.program |
		length), .bpf_id])' <<<"$out")" '[[1,"cbpf",true,0]]'
	ctl program del --session "$id" 1
	expect "without rules it can" 0 ''
	ctl program del --session "$id" 1
	expect "but not twice" 1 "has no program 1"
	ctl program list --session "$id"
	is "nothing is left of them" "$status:$out" "0:"
	ebpf_of_a_session "$id"
}

# replies_of_a_session ID: on XDP none may grow
replies_of_a_session()
{
	local id=$1 table grow=' may-grow'

	if [[ $BACKEND == xdp ]]; then
		grow=''
		ctl rule add --session "$id" udp reply text 'so it is' rate 5 may-grow
		expect "an answer that may grow is refused" 1 \
			'backend cannot match or do that'
	fi
	ctl rule add --session "$id" udp dport 8090 reply echo rate 1000
	expect "an answer becomes a reply" 0 \
		'^id 1 proto udp dport 8090 reply 1 echo rate 1000$'
	ctl rule add --session "$id" udp dport 8091 reply echo rate 1000 record
	expect "the same answer is the same reply" 0 ' reply 1 echo rate 1000 record$'
	# shellcheck disable=SC2086
	ctl rule add --session "$id" udp dport 8092 reply text 'so it is' copy 0:0:2 \
		rate 5 $grow
	expect "another is another" 0 \
		" reply 2 hex 736f206974206973 copy 0:0:2 rate 5$grow\$"
	ctl rule list --session "$id"
	is "the list tells once what each is" "$(grep -c echo <<<"$out")" 1
	table=$out
	rule_load "$id" "$table"
	ctl rule add --session "$id" udp dport 8093 reply 9
	expect "a reply that is not there" 1 'no such program or reply'
	ctl rule add --session "$id" id 1 udp reply echo rate 7
	expect "a rule that is refused" 1 'is there already'
	ctl rule add --session "$id" udp dport 8094 reply hex 01 rate 7
	expect "leaves no reply behind" 0 ' reply 3 hex 01 rate 7$'
	is "rule list --json" "$("$CTL" rule list --session "$id" --json |
		jq -c 'map([.reply_id, .reply.type])')" \
		'[[1,"echo"],[1,null],[2,"template"],[3,"template"]]'
	"$CTL" rule flush --session "$id"
	echo "$table" | "$CTL" rule load --session "$id"
	ctl rule list --session "$id"
	is "a table that is loaded brings its replies back" "$out" "$table"
	"$CTL" rule flush --session "$id"
}

# pinned FILE: an eBPF program that wants 20 bytes of each packet, pinned there
pinned()
{
	echo '__attribute__((section("socket"))) int f(void *skb) { return 20; }' >"$TMP/f.c"
	clang -O2 -target bpf -c "$TMP/f.c" -o "$TMP/f.o" &&
		bpftool prog load "$TMP/f.o" "$1" type socket
}

# ebpf_of_a_session ID: by where it is pinned, and by its number
ebpf_of_a_session()
{
	local id=$1 table

	mkdir "$TMP/bpffs"
	mount -t bpf none "$TMP/bpffs"
	if pinned "$TMP/bpffs/f"; then
		ctl rule add --session "$id" program 5 ebpf "$TMP/bpffs/f" udp dport 8090 record
		expect "eBPF by its path" 0 "^id [0-9]+ proto udp dport 8090 program 5 ebpf '/"
		rm "$TMP/bpffs/f"
		ctl rule list --session "$id"
		expect "is listed by its number" 0 'program 5 ebpf [0-9]+ pass record$'
		table=$out
		rule_load "$id" "$table"
		ctl program set --session "$id" 6 ebpf nosuch
		expect "what is no number is refused" 2 'neither a path'
		ctl program set --session "$id" 6 ebpf \
			"$(sed -n 's/.* ebpf \([0-9]*\) .*/\1/p' <<<"$table")"
		expect "it can be set by that" 0 '^program 6 ebpf [0-9]+$'
		"$CTL" rule flush --session "$id"
		"$CTL" program del --session "$id" 5
		"$CTL" program del --session "$id" 6
	else
		fail "eBPF by its path" "no program could be pinned"
	fi
	umount "$TMP/bpffs"
}

# program_refusals ID TABLE: what is refused leaves nothing behind
program_refusals()
{
	ctl rule add --session "$1" id 1 filter arp drop
	expect "a rule that is refused" 1 'is there already'
	ctl rule add --session "$1" bytecode '1,0 0 0 0' drop
	expect "a program that is not sound" 1 'its program is not sound'
	ctl program set --session "$1" 1 bytecode '1,0 0 0 0'
	expect "nor takes it another's place" 1 'it is not sound'
	ctl program set --session "$1" ebpf /sys/fs/bpf/nosuch
	expect "no eBPF program" 1 'program set: '
	ctl rule list --session "$1"
	is "leave the table as it is" "$out" "$2"
	is "and the programs" "$("$CTL" program list --session "$1" | wc -l)" 1
}

# rule_load ID TABLE: loading what was listed changes nothing but the generation
rule_load()
{
	local before

	before=$("$CTL" stats --session "$1" --json | jq '.sessions[0].generation')
	echo "$2" >"$TMP/table"
	ctl rule load --session "$1" "$TMP/table"
	expect "rule load takes what rule list printed" 0 ''
	ctl rule list --session "$1"
	is "and it is the same table" "$out" "$2"
	is "with another generation" \
		"$("$CTL" stats --session "$1" --json |
			jq ".sessions[0].generation > $before")" true
	echo "udp dport x pass" >>"$TMP/table"
	ctl rule load --session "$1" "$TMP/table"
	expect "a table with an error is not loaded" 1 "line $(wc -l <"$TMP/table"):"
	ctl rule list --session "$1"
	is "and the old one stays" "$out" "$2"
}

one_session_and_two()
{
	local one two

	capture one udp dport 8080
	one=$pid
	ctl status --backend "$BACKEND"
	expect "status shows the session" 0 "^session [0-9]+  $BACKEND, running; rtintercept-ctl, pid $one"
	expect "and its interface with the hook" 0 '^  on        lo \([0-9]+\), hook [a-z]'
	ctl stats --backend "$BACKEND"
	expect "stats shows it" 0 '^  seen      [0-9]+ = unmatched'
	ctl stats --backend "$BACKEND" --prometheus
	expect "so it does for Prometheus" 0 '^rtintercept_seen_total\{session_id="[0-9]+",backend="'"$BACKEND"'"\} [0-9]+$'
	is "where each sample is of a metric that was announced" \
		"$(awk '/^# TYPE/ { type[$3] = 1; next } /^#/ { next }
			{ sub(/\{.*/, "", $1); if (!type[$1]) print $1 }' <<<"$out")" ""
	rules_of_a_session "$(id_of "$one")"
	programs_of_a_session "$(id_of "$one")"
	replies_of_a_session "$(id_of "$one")"
	tables_go_round "$(id_of "$one")" 60
	"$CTL" rule flush --session "$(id_of "$one")"

	# On another interface: not every kernel lets two XDP programs share one.
	ip link add rtictl2 type veth peer name rtictl3
	ip link set rtictl2 up
	capture_on rtictl2 two udp dport 8082
	two=$pid
	ctl rule list --backend "$BACKEND"
	expect "with two sessions one has to be named" 2 "say which one: [0-9]+ .*, [0-9]+"
	ctl rule list --session 1000000 --backend "$BACKEND"
	expect "one that is not there is not found" 1 "there is no session 1000000; there are"
	kill -TERM "$two" "$one"
	ended "the first ends" 0 "$one" one
	ended "the second ends" 0 "$two" two
}

# The interface goes: that ends a capture, with its books.
interface_goes()
{
	ip link add rtictl0 type veth peer name rtictl1
	ip link set rtictl0 up
	capture gone -i rtictl0
	ip link del rtictl0
	send 8080
	succeeds "a capture outlives one of its interfaces" kill -0 "$pid"
	kill -INT "$pid"
	ended "and ends in good order" 0 "$pid" gone
}

nobody_may_not()
{
	status=0
	setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps=-all \
		"$CTL" capture --backend "$BACKEND" -i lo >"$TMP/out" 2>"$TMP/err" ||
		status=$?
	out='' err=$(cat "$TMP/err")
	expect "without privileges nothing is captured" 3 '^rtintercept-ctl: '
}

capture_ends_by_itself
one_session_and_two
interface_goes
nobody_may_not
ctl status --backend "$BACKEND" --json
is "nothing is left in this namespace" \
	"$(jq -c "[.sessions[] | select(.netns == $(stat -Lc %i /proc/self/ns/net))]" \
		<<<"$out")" "[]"
tap_end
