# SPDX-License-Identifier: GPL-2.0-or-later
# Tables and curves of bench.json: what more readers, rules and bytes cost; and what a
# long run was like, minute by minute.
include "report";
include "bench";

def of_case($machine; $names): map(select(.machine == $machine and (.case | test("^(\($names))-[0-9]+$"))));

# What the name of the case ends with: so many readers, rules or bytes.
def amount: .case | sub(".*-"; "") | tonumber;
def received_share: .received / .sent;
def lost_percent: .lost * 100 / .sent | fixed(2);

def readers($machine): situations | of_case($machine; "readers|batched")
	| sort_by(.watermark // 0, amount, .receiver)
	| table(["readers", "woken at", "sent, /s", "records, /s, all together", "lost", "lost, %",
		"wake-ups a record", "CPU, % each", "p50", "p99", "ring\u0027s high-water mark, KiB"];
		map([(amount | tostring),
		   (if .watermark > 0 then "\(.watermark) records" else "each record" end),
		   (sent_pps | fixed(0)), (sent_pps * (.readers // 1) * received_share | fixed(0)),
		   .lost, lost_percent, (.wakeups / (.sent / .repeats) | fixed(3)), (.cpu_percent | fixed(1)),
		   (.p50_ns | us), (.p99_ns | us), (.ring_peak_bytes / 1024 | fixed(0))]));

def awake($machine): situations | of_case($machine; "awake")
	| sort_by(amount, .beside, .wait != "spin")
	| table(["readers", "of these", "waits", "beside", "sent to each", "lost", "p50", "p90", "p99", "p99.9", "max",
		"CPU, % each"];
		map([(amount | tostring), .readers // 1, .wait, .beside, (.sent / (.readers // 1)), .lost,
		   (.p50_ns | us), (.p90_ns | us), (.p99_ns | us), (.p99_9_ns | us), (.max_ns | us),
		   (.cpu_percent | fixed(1))]));

def rules($machine): situations | of_case($machine; "rules") | map(select(.receiver != "socket")) | sort_by(amount)
	| (map(1e9 / sent_pps) | first) as $one
	| table(["rules", "sent, /s", "ns a packet", "more than with 1, ns", "lost", "lost, %", "p50", "p99"];
		map((1e9 / sent_pps) as $ns
		| [(amount | tostring), (sent_pps | fixed(0)), ($ns | fixed(0)), ($ns - $one | fixed(0)),
		   .lost, lost_percent, (.p50_ns | us), (.p99_ns | us)]));

def sizes($machine): situations | of_case($machine; "size") | sort_by(amount, .receiver)
	| table(["payload, bytes", "receiver", "sent, /s", "ns a packet", "received, /s", "MB/s", "lost", "lost, %",
		"p50", "p99"];
		map((sent_pps * received_share) as $got
		| [(.payload_bytes | tostring), .receiver, (sent_pps | fixed(0)), (1e9 / sent_pps | fixed(0)), ($got | fixed(0)),
		   ($got * .payload_bytes / 1e6 | fixed(1)), .lost, lost_percent, (.p50_ns | us), (.p99_ns | us)]));

# A curve for gnuplot, if there is one.
def curve($name; $points): select(($points | length) > 0)
	| "\"\($name)\"", ($points[] | map(tostring) | join(" ")), "", "";

# Blocks: 0, 1 readers; 2, 3 sizes; 4 rules.
def scaling_curves($machine): situations as $s
	| (("readers", "batched") as $name | curve(if $name == "readers" then "woken for each" else "woken for 256" end;
		[$s | of_case($machine; $name) | sort_by(amount)[]
			| [amount, sent_pps * .readers * received_share]])),
	  (($s | of_case($machine; "size") | group_by(.receiver)[])
		| curve(.[0].receiver; sort_by(.payload_bytes) | map([.payload_bytes, sent_pps * received_share]))),
	  curve("xdp"; [$s | of_case($machine; "rules") | sort_by(amount)[] | [amount, 1e9 / sent_pps]]);

def endurance_runs: [.runs[] | select(.case == "endurance" and .slices)];

def mid($key): map(.[$key]) | median;

# The piece in which the sender stops is no whole one.
def whole_slices: .slices | map(select(.memory_bytes > 0));

# The first and the last fifth.
def endurance: endurance_runs
	| table(["receiver", "waits", "minutes", "packets", "lost", ">100 us", "p50 at first", "at last", "p99 at first",
		"at last", "max", "most behind, packets", "memory at first, KiB", "at last", "ring\u0027s high-water mark, KiB"];
		map(whole_slices as $all | ([($all | length) / 5 | floor, 1] | max) as $n
		| $all[:$n] as $a | $all[-$n:] as $b
		| [.receiver, .wait, (.sent / .rate_pps / 60 | fixed(1)), .sent, .lost, .over_100us,
		   ($a | mid("p50_ns") | us), ($b | mid("p50_ns") | us), ($a | mid("p99_ns") | us), ($b | mid("p99_ns") | us),
		   (.max_ns | us), ($all | map(.behind_pkts) | max),
		   ($all[0].memory_bytes / 1024 | fixed(0)), ($all[-1].memory_bytes / 1024 | fixed(0)),
		   (if .receiver == "socket" then "-" else .ring_peak_bytes / 1024 | fixed(0) end)]));

# A block per receiver, ours first: minute, p50, p99, max in us; packets behind; memory in KiB; lost.
def endurance_curves: endurance_runs | sort_by(.receiver == "socket")[]
	| (whole_slices[] | [.from_s / 60, .p50_ns / 1e3, .p99_ns / 1e3, .max_ns / 1e3, .behind_pkts,
		.memory_bytes / 1024, .lost] | map(tostring) | join(" ")), "", "";
