# SPDX-License-Identifier: GPL-2.0-or-later
# The table of what was to be reached, of all results. $uml, $path and $reply are
# arrays: empty where such a result is not there.
include "report";
include "bench";

# A figure as a row; $all: [what was measured, whether it holds, where, the most possible].
def row($what; $wanted; $all): select(($all | length) > 0)
	| ($all | sort_by(.[0])) as $sorted
	| [$what, $wanted, ($sorted[0][0] | times), ($sorted[-1][0] | times),
	   "\($all | map(select(.[1])) | length) of \($all | length)",
	   ($all | map(.[3]) | if any(. != null) then map(select(. != null)) | min | times else "-" end),
	   ($all | all(.[1]) | yes)];

# What is possible: nobody is sooner than a clock reading and half a round trip.
def limit($machine): .machines[$machine]
	| if . == null or .emulated then null else .clock_ns + .cacheline_half_rtt_ns end;

def pairs($s; $machine; $cases; $ours; $theirs; $key; $least; $limit):
	[$cases[] as $case | ("idle", "cpu") as $stress
		| pair($s; $machine; $case; $stress; $ours; $theirs) as [$a, $b]
		| select($a and $b) | ratio($b[$key]; $a[$key]) as $r
		| [$r, $r >= $least, "\($case) \($stress)",
		   (if $limit then $b[$key] / $limit else null end)]];

# Who sleeps has the processor on which the sender is not, as who spins.
def apart: ["other-cpu", "other-cpu-rt"];

def where($machine): if $machine == "native" then "natively" else "in emulation" end;

def ratio_row($s; $machine; $cases; $what; $ours; $theirs; $key; $least; $limit):
	row("\(where($machine)), \($what): p\($key[1:] | rtrimstr("_ns")), socket \($theirs) / ours \($ours)";
		"at least \($least)"; pairs($s; $machine; $cases; $ours; $theirs; $key; $least; $limit));

# The same packets, ours spinning and the socket asleep.
def together($s): [$s[] | select(.wait == "spin" and (.receiver == "xdp" or .receiver == "module")
		and .beside == "socket block")
	| . as $a | ($s | find({machine: $a.machine, case: $a.case, stress: $a.stress,
		record: $a.record, receiver: "socket", wait: "block", beside: "\($a.receiver) spin"}))
	| select(.) | [$a, .]];

# Rarer, by at least so much: of what never came in n packets, 3/n is taken.
def rarer($s): [together($s)[] as [$a, $b] | select($b.over_100us > 0)
	| (([$a.over_100us, 3] | if .[0] > 0 then .[0] else .[1] end) / $a.n) as $x
	| [($b.over_100us / $b.n / $x), ($b.over_100us / $b.n / $x >= 100), "", null]];

def no_loss($s): [together($s)[] as [$a, $b] | select($b.lost > 0)
	| [$a.lost, $a.lost == 0, "", null]];

def insns($path): $path[0].hooks | to_entries[] | .key as $hook
	| .value.unmatched_added_insns as $i
	| row("unmatched packet, \($hook): instructions added with 1 rule"; "at most 150";
		[[$i["1"], $i["1"] <= 150, "", null]]),
	  row("unmatched packet, \($hook): those with 4,096 rules / with 1"; "at most 2";
		[[$i["4096"] / $i["1"], $i["4096"] <= 2 * $i["1"], "", null]]);

def answers($reply): $reply[0] | to_entries[] | .key as $where | .value
	| (select(.instructions) | .instructions.reply_of_socket
		| row("answer, module: instructions, REPLY / socket's server"; "at most 0.2";
			[[., . <= 0.2, "", null]])),
	  (.loaded.p99_reply_of_socket | select(.)
		| row("answer, \($where), under load: p99, REPLY / socket's server"; "at most 0.1";
			[[., . <= 0.1, "", null]]));

def figures($uml; $path; $reply): situations as $s | limit("native") as $limit
	| [("native", "vm:6.1") as $machine
		| (if $machine == "native" then [40, 30] else [15, 10] end) as [$p50, $p99]
		| (if $machine == "native" then $limit else null end) as $most
		| ratio_row($s; $machine; original; "whole packets"; "spin"; "block"; "p50_ns"; $p50; $most),
		  ratio_row($s; $machine; original; "whole packets"; "spin"; "block"; "p99_ns"; $p99; $most),
		  (select($machine == "native") | "whole packets, sender on another processor" as $apart
			| ratio_row($s; $machine; apart; $apart; "spin"; "block"; "p50_ns"; $p50; $most),
			  ratio_row($s; $machine; apart; $apart; "spin"; "block"; "p99_ns"; $p99; $most)),
		  (select($machine == "native")
			| ratio_row($s; $machine; ["record-64"]; "64 bytes"; "spin"; "block"; "p50_ns"; 100; $most),
			  ratio_row($s; $machine; ["record-64"]; "64 bytes"; "spin"; "block"; "p99_ns"; 50; $most)),
		  ratio_row($s; $machine; original; "whole packets"; "spin"; "spin"; "p50_ns"; 5; $most),
		  ratio_row($s; $machine; original; "whole packets"; "block"; "block"; "p50_ns"; 1.25; null)]
	+ [($uml[0] | select(.) | .records[] | select(.snap_bytes == 64) as $r
		| row("User-Mode Linux, module, 64 bytes, spin: p50 / (clock reading + half a round trip)";
			"at most 2.5"; [[$r.of_floor, $r.of_floor <= 2.5, "", null]]))]
	+ [row("records over 100 us: so many times rarer than the socket's, where it has any";
		"at least 100"; rarer($s)),
	   (no_loss($s) | if length > 0 then row("lost by our reader where the socket loses"; "0"; .)
		else ["lost by our reader where the socket loses", "0", "-", "-",
			"the socket lost none", "-", "-"] end)]
	+ [($path | select(length > 0) | insns(.)), ($reply | select(length > 0) | answers(.))]
	| table(["figure", "to reach", "least", "most", "holds in", "possible here", "holds"]; .);
