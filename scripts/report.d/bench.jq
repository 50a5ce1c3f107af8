# SPDX-License-Identifier: GPL-2.0-or-later
# The tables that are made of bench.json. --arg what NAME, --arg machine NAME
include "report";

# What the project promises, as times that the socket is slower.
def promises($machine):
	(if $machine == "native" then
		[["spin", "block", "p50_ns", 40], ["spin", "block", "p99_ns", 30]]
	else [["spin", "block", "p50_ns", 15], ["spin", "block", "p99_ns", 10]] end)
	+ [["spin", "spin", "p50_ns", 5], ["block", "block", "p50_ns", 1.25]];
def promises_64: [["spin", "block", "p50_ns", 100], ["spin", "block", "p99_ns", 50]];

def backend($machine): if $machine == "native" then "xdp" else "module" end;

# Beside whom each was measured: spinning reader and blocking socket together, if at all.
def pair($s; $machine; $case; $stress; $ours; $theirs):
	backend($machine) as $b
	| ({$machine, $case, $stress, receiver: $b, wait: $ours} +
		if $ours == "spin" then {} else {beside: "socket lazy"} end) as $one
	| {$machine, $case, $stress, receiver: "socket", wait: $theirs, beside:
		"\($b) \(if $ours == "spin" and $theirs == "block" then "spin" else "lazy" end)"} as $two
	| [($s | find($one)),
	   (($s | find($two)) // ($s | find($two + {beside: "\($b) lazy"})))];

def promise_row($s; $machine; $case; $stress; $promise):
	$promise as [$ours, $theirs, $key, $least]
	| pair($s; $machine; $case; $stress; $ours; $theirs) as [$a, $b]
	| select($a and $b)
	| ratio($b[$key]; $a[$key]) as $r
	| [$case, ($stress | stress_name), "\(backend($machine)) \($ours)", "socket \($theirs)",
	   ($key | rtrimstr("_ns")), ($a[$key] | us), ($b[$key] | us), ($r | times),
	   ($least | tostring), ($r >= $least | yes)];

def promise_table($machine): situations as $s
	| [original[] as $case | ("idle", "cpu") as $stress | promises($machine)[] as $p
		| promise_row($s; $machine; $case; $stress; $p)]
	+ [("idle", "cpu") as $stress | promises_64[] as $p
		| promise_row($s; $machine; "record-64"; $stress; $p)]
	| table(["case", "load", "ours", "against", "of", "ours, us", "its, us", "times",
		"wanted", "held"]; .);

def matrix($machine; $cases): situations as $s
	| [$cases[] as $case | ("idle", "cpu", "io", "net", "memory", "cpu-all") as $stress
		| $s[] | select(.machine == $machine and .case == $case and .stress == $stress)
		| [$case, ($stress | stress_name), .receiver, .wait, (.beside // "-" | if . == "" then "-" else . end),
		   .sent, .lost, (.p50_ns | us), (.p90_ns | us), (.p99_ns | us), (.p99_9_ns | us),
		   (.max_ns | us), .over_100us]]
	| table(["case", "load", "receiver", "waits", "beside", "sent", "lost", "p50", "p90",
		"p99", "p99.9", "max", ">100 us"]; .);

# All loads of the original together, from their histograms.
def combined($machine): situations as $s
	| [("idle", "cpu") as $stress
		| [[backend($machine), "spin", "socket block"], ["socket", "block", "\(backend($machine)) spin"]][]
		| . as [$receiver, $wait, $beside]
		| [$s[] | select(.machine == $machine and .stress == $stress and .receiver == $receiver
			and .wait == $wait and .beside == $beside and (.case | IN(original[])))]
		| select(length > 0)
		| (map(.histogram) | add) as $h
		| [($stress | stress_name), $receiver, $wait, (map(.sent) | add), (map(.lost) | add)]
		  + ([0.5, 0.9, 0.99, 0.999, 0.9999] | map(. as $p | $h | percentile($p) | us))
		  + [(map(.max_ns) | max | us),
		     ((map(.over_100us) | add) as $over | (map(.n) | add) as $n
			| if $over == 0 then "none: below \(3e6 / $n | fixed(0))"
			  else $over * 1e6 / $n | fixed(0) end)]]
	| table(["load", "receiver", "waits", "sent", "lost", "p50", "p90", "p99", "p99.9",
		"p99.99", "max", ">100 us, a million"]; .);

# Spikes and losses: ours beside the socket, on the same packets.
def spikes: situations as $s
	| [("native", "vm:6.1") as $machine | original[] as $case | ("idle", "cpu") as $stress
		| pair($s; $machine; $case; $stress; "spin"; "block") as [$a, $b]
		| select($a and $b)
		| ($a.over_100us / $a.n) as $x | ($b.over_100us / $b.n) as $y
		| [$machine, $case, ($stress | stress_name), "\($a.over_100us) of \($a.n)",
		   "\($b.over_100us) of \($b.n)",
		   (if $b.over_100us == 0 then "the socket has none"
		    elif $a.over_100us == 0 then "over \($y / (3 / $a.n) | times)"
		    else $y / $x | times end),
		   $a.lost, $b.lost]]
	| table(["where", "case", "load", "ours over 100 us", "socket over 100 us",
		"times rarer", "ours lost", "socket lost"]; .);

def noise: situations as $s
	| [("spin", "block") as $wait
		| [("socket", "socket-again") as $peer | $s | find({machine: "native", case: "a-a",
			receiver: $peer, wait: $wait})]
		| select(.[0] and .[1]) | . as [$a, $b]
		| [$wait, ($a.repeats | tostring)] + ([$a, $b] | map([.p50_ns, .p99_ns, .p99_9_ns] | map(us)) | add)
		  + [(["p50_ns", "p99_ns"][] as $k | [$a[$k], $b[$k]] | max / min | times)]]
	| table(["waits", "repeats", "p50", "p99", "p99.9", "again p50", "p99", "p99.9",
		"differ at p50", "at p99"]; .);

# Packets of the warm-up wake too.
def wakes_a_packet: .wakeups / (.sent / .repeats + .warmup_pkts);

def peers($stress; $wait): situations
	| [.[] | select((.case == "peers" or .case == "peers-ours") and .stress == $stress and .wait == $wait)]
	| (map(select(.case == "peers-ours")) | first) as $ours
	| sort_by(.p50_ns)
	| table(["receiver", "p50", "p90", "p99", "p99.9", "max", "lost", "of xdp at p50", "at p99",
		"CPU, %", "wake-ups a packet", "memory, KiB"];
		map([(if .case == "peers-ours" then "**\(.receiver)**" else .receiver end),
		     (.p50_ns | us), (.p90_ns | us), (.p99_ns | us), (.p99_9_ns | us), (.max_ns | us), .lost,
		     (ratio(.p50_ns; $ours.p50_ns) | times), (ratio(.p99_ns; $ours.p99_ns) | times),
		     (.cpu_percent | fixed(1)), (wakes_a_packet | fixed(2)),
		     ((.memory_bytes + .buffer_bytes) / 1024 | fixed(0))]));

# Who is ahead of us, by how much, and why; nearer than the noise counts as equal.
def ahead($reasons): situations as $s
	| [("spin", "block") as $wait | ("idle", "cpu") as $stress
		| [$s[] | select((.case == "peers" or .case == "peers-ours") and .stress == $stress
			and .wait == $wait)]
		| (map(select(.case == "peers-ours")) | first) as $ours | select($ours)
		| .[] | select(.case == "peers")
		| [(["p50_ns", "p99_ns"][] as $k | ratio($ours[$k]; .[$k]))] as [$p50, $p99]
		| select($p50 > 1.05 or $p99 > 1.05)
		| [.receiver, .wait, ($stress | stress_name), ($p50 | times), ($p99 | times),
		   ($reasons["\(.receiver) \(.wait)"] //
			(if $p50 > 1.05 then $reasons["* \(.wait)"] else $reasons["* \(.wait) p99"] end) // "-")]]
	| table(["receiver", "waits", "load", "ahead at p50, times", "at p99", "why"]; .);

def settings_of_peers: situations
	| map(select(.case == "peers")) | group_by([.receiver, .wait])
	| map([.[0].receiver, .[0].wait, .[0].how])
	| table(["receiver", "waits", "set up as"]; .);

def costs: situations
	| [.[] | select(.machine == "native" and (.case | IN(original[])) and (.beside | test("lazy")))]
	| table(["case", "load", "receiver", "waits", "CPU, %", "wake-ups a packet",
		"voluntary switches", "involuntary", "softirq, % of a CPU", "memory, KiB",
		"shared buffer, KiB", "ring's high-water mark, KiB"];
		map([.case, (.stress | stress_name), .receiver, .wait, (.cpu_percent | fixed(1)),
		     (wakes_a_packet | fixed(2)), .voluntary_switches, .involuntary_switches,
		     (.softirq_ns * 100 / .wall_ns | fixed(1)),
		     (.memory_bytes / 1024 | fixed(0)), (.buffer_bytes / 1024 | fixed(0)),
		     (if .receiver == "socket" then "-" else .ring_peak_bytes / 1024 | fixed(0) end)]));

# The other cure beside ours: their kernel with a socket, ours on an ordinary one.
def realtime: situations as $s
	| [("vm:6.1", "vm:6.1-rt") as $machine | ("idle", "cpu") as $stress
		| $s[] | select(.machine == $machine and .case == "original-512" and .stress == $stress)
		| [($machine | ltrimstr("vm:")), ($stress | stress_name), .receiver, .wait, .beside, .sent, .lost,
		   (.p50_ns | us), (.p99_ns | us), (.p99_9_ns | us), (.max_ns | us)]]
	| table(["kernel", "load", "receiver", "waits", "beside", "sent", "lost", "p50", "p99",
		"p99.9", "max"]; .);

def machines: .machines | to_entries
	| table(["where", "kernel", "processor", "emulated", "nice", "a clock reading, ns",
		"half a cache line's round trip, ns"];
		map([.key, .value.kernel, .value.cpu, (if .value.emulated then "yes" else "no" end), (.value.nice // 0),
		     (.value.clock_ns | fixed(1)), (.value.cacheline_half_rtt_ns | fixed(1))]));

def cases: .runs | group_by([.machine, .case])
	| table(["where", "case", "rate, /s", "payload, bytes", "packets, each time", "repeats", "warm-up",
		"trains of", "flows", "readers", "rules", "background, /s",
		"priority"];
		map([.[0].machine, .[0].case, .[0].rate_pps,
		     (.[0] | if .payload_bytes == .payload_max_bytes then .payload_bytes
			else "\(.payload_bytes)-\(.payload_max_bytes)" end),
		     (.[0].sent / (.[0].readers // 1)), (map(.repeat) | max), .[0].warmup_pkts, .[0].train_pkts,
		     .[0].flows, (.[0].sessions // 1), (.[0].rules // 1), .[0].background_pps,
		     (if .[0].rt_priority > 0 then "FIFO \(.[0].rt_priority)" else "ordinary" end)]));

def provenance: "Measured: \(if .mode == "full" then "everything" else "the selection" end) of "
	+ "``scripts/bench-matrix``, \(.units | length) units, \(.runs | length) measured receivers, "
	+ "\(.runs | map(.sent) | add) packets; sources \(.sources), commit \(.commit | split(", ") | unique | join(", ")).";

def left_out: .not_run | if length == 0 then "" else
	table(["case", "receiver", "load", "not run, because"];
		map([.case, .receiver, .stress, .reason])) end;

# Packets a second: a sender that is late has sent that much slower.
def sent_pps: (.sent / .repeats / (.readers // 1)) as $pkts
	| $pkts / ($pkts / .rate_pps + .send_late_max_ns / 1e9);

# Offered load up to saturation.
def loads($machine): situations as $s
	| [$s[] | select(.machine == $machine and (.case | startswith("load-")))]
	| sort_by(.rate_pps, .receiver)
	| table(["offered, /s", "sent, /s", "receiver", "waits", "sent", "received, /s", "lost", "lost, %",
		"p50", "p99", "max", "ring\u0027s high-water mark, KiB"];
		map(sent_pps as $pps
		| [.rate_pps, ($pps | fixed(0)), .receiver, .wait, .sent,
		   ($pps * .received / .sent | fixed(0)), .lost, (.lost * 100 / .sent | fixed(2)),
		   (.p50_ns | us), (.p99_ns | us), (.max_ns | us),
		   (if .receiver == "socket" then "-" else .ring_peak_bytes / 1024 | fixed(0) end)]));

# Points of distribution functions for gnuplot: a block per receiver, of all loads.
def curves($machine; $stress): situations as $s
	| [[backend($machine), "spin", "socket block"], ["socket", "spin", "\(backend($machine)) lazy"],
	   [backend($machine), "block", "socket lazy"], ["socket", "block", "\(backend($machine)) spin"]][]
	| . as [$receiver, $wait, $beside]
	| [$s[] | select(.machine == $machine and .stress == $stress and .receiver == $receiver
		and .wait == $wait and .beside == $beside and (.case | IN(original[])))
		| .histogram[]]
	| select(length > 0)
	| group_by(.[0]) | map([.[0][1], (map(.[2]) | add)])
	| (map(.[1]) | add) as $all
	| "\"\($receiver), \($wait)\"",
	  (foreach .[] as $b ({sum: 0}; .sum += $b[1] | .before = .sum - $b[1];
		"\($b[0] / 1000) \(.sum / $all) \(1 - .before / $all)")), "", "";

# What a newcomer wants to know first. Only rows that were measured.
def short_row($s; $machine; $case; $what; $ours; $theirs):
	pair($s; $machine; $case; "idle"; $ours; $theirs) as [$a, $b]
	| select($a and $b)
	| [$what, "\($a.receiver), \($ours)s", ($a.p50_ns | us), ($a.p99_ns | us), "socket, \($theirs)s",
	   ($b.p50_ns | us), ($b.p99_ns | us), (ratio($b.p50_ns; $a.p50_ns) | times),
	   (ratio($b.p99_ns; $a.p99_ns) | times), $a.lost, $b.lost];

def short: situations as $s
	| [(["spin", "block"], ["spin", "spin"], ["block", "block"]) as [$ours, $theirs]
		| short_row($s; "native"; "realtime-512"; "natively"; $ours; $theirs),
		  short_row($s; "vm:6.1"; "original-512"; "in emulation"; $ours; $theirs)]
	| sort_by(.[0] == "in emulation")
	| table(["where", "ours", "p50, us", "p99, us", "against", "p50, us", "p99, us",
		"times at p50", "at p99", "ours lost", "its lost"]; .);
