# SPDX-License-Identifier: GPL-2.0-or-later
# What the tables of the report have in common: medians over repeats, units, and
# reStructuredText.

def median: map(select(. != null)) | sort
	| if length == 0 then null else .[length / 2 | floor] end;

# A decimal with so many places, as text.
def fixed($places):
	if . == null then "-" else
		(. * pow(10; $places) | round | tostring) as $digits
		| if $places == 0 then $digits else
			("0" * ([$places + 1 - ($digits | length), 0] | max) // "") + $digits
			| .[:-$places] + "." + .[-$places:]
		end
	end;

# Microseconds from nanoseconds, three digits or more.
def us: if . == null then "-"
	elif . < 9995 then . / 1000 | fixed(2)
	elif . < 99950 then . / 1000 | fixed(1)
	else . / 1000 | fixed(0) end;

def times: if . == null then "-" elif . < 10 then fixed(2) else fixed(1) end;

def ratio($a; $b): if $a == null or $b == null or $b == 0 then null else $a / $b end;

def padded($width): . + (" " * ($width - length) // "");

# A simple table; a first column may not be empty.
def table($head; $rows):
	if ($rows | length) == 0 then "(not measured)" else
		([$head] + $rows | map(map(tostring))) as $all
		| [range($head | length) as $c | [$all[][$c] | length] | max] as $width
		| def line: [., $width] | transpose | map(. as [$t, $w] | $t | padded($w))
			| join("  ") | sub(" +$"; "");
		($width | map("=" * .) | join("  ")) as $rule
		| [$rule, ($all[0] | line), $rule, ($all[1:][] | line), $rule] | join("\n")
	end;

# bench.json: one object per receiver in each situation, over all repeats.
def situations:
	[.runs[] | select(.n > 0)]
	| group_by([.machine, .case, .stress, .receiver, .wait, .record, .beside, .peer])
	| map(. as $runs | .[0] + {
		repeats: length,
		sent: (map(.sent) | add), received: (map(.received) | add),
		lost: (map(.lost) | add), n: (map(.n) | add),
		over_100us: (map(.over_100us) | add),
		lost_each: map(.lost), max_ns: (map(.max_ns) | max),
		ring_peak_bytes: (map(.ring_peak_bytes // 0) | max),
		histogram: [.[].histogram // [] | .[]]}
		+ (["p50_ns", "p90_ns", "p99_ns", "p99_9_ns", "cpu_percent", "wakeups",
		    "voluntary_switches", "involuntary_switches", "softirq_ns", "wall_ns",
		    "memory_bytes", "buffer_bytes",
		    "send_late_max_ns"]
			| map(. as $key | {key: $key, value: ($runs | map(.[$key]) | median)})
			| from_entries));

def find($f): [.[] | select(. as $s | $f | to_entries
	| all(.value == $s[.key]))] | first;

# A percentile of [low, high, count] buckets, as the bench takes it.
def percentile($share):
	group_by(.[0]) | map([.[0][0], .[0][1], (map(.[2]) | add)])
	| (map(.[2]) | add) as $all
	| if $all == null then null else
		(($all * $share | ceil) | if . < 1 then 1 else . end) as $want
		| reduce .[] as $b ({sum: 0}; if .hit then . else
			.sum += $b[2] | if .sum >= $want then .hit = $b[1] else . end end)
		| .hit
	end;

def stress_name: {idle: "idle", cpu: "CPU", "cpu-all": "CPU, all CPUs", io: "I/O",
	net: "network", memory: "memory"}[.] // .;
def original: ["original-1024", "original-512", "original-64"];
def yes: if . then "yes" else "**no**" end;
