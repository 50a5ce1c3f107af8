# SPDX-License-Identifier: GPL-2.0-or-later
# The section of uml.json: the module at the processor's own speed.
include "report";

def bytes: if .snap_bytes > 0 then "\(.snap_bytes) of \(.frame_bytes)" else "\(.frame_bytes)" end;

def rate_name: if .case == "none" then "no session"
	elif .case == "unmatched" then "none matches" else "one matches, whole packets" end;

def page: "``scripts/uml`` runs the module in User-Mode Linux \(.kernel), two processors, on \(.cpu); sources of commit",
	"\(.commit). Kernel code, ring and a reader that spins run there as fast as anywhere. System calls do not, each is",
	"dozens of times dearer: sockets and sleep are measured elsewhere. Both stamps are the processor's",
	"own counter, and the first is taken before the packet is handed to the stack: so the way to the hook and the",
	"module's reading of its clock, which is T1, are part of these times. A packet every \(.settings.gap_us) us, \(.packets) each time;",
	"medians over repeats, nanoseconds. *Floor* is half a cache line's round trip and one reading of the kernel's clock, in the same run;",
	"the cold copy is a ``memcpy()`` of as many bytes with neither end in a cache.",
	"",
	table(["bytes recorded", "sent", "lost", "p50", "p90", "p99", "p99.9", "max", "half a round trip",
		"clock reading", "counter reading", "cold copy", "p50 of floor, times"];
		.records | map([bytes, .sent, .lost, .p50_ns, .p90_ns, .p99_ns, .p99_9_ns, .max_ns,
			(.half_round_trip_ns | fixed(0)), (.clock_ns | fixed(0)), (.counter_ns | fixed(0)),
			(.cold_copy_ns | fixed(0)), (.of_floor | fixed(2))])),
	"",
	"Packets of 64 bytes through the hook: ``pktgen`` hands the same one to the stack again and again, on one processor; the",
	"stack drops it early, because it is for another machine. What a session costs is what it takes longer than",
	"without one. Several are on the same interface, and get the same packet; one reader spins over all their rings. What it is too slow",
	"for is dropped, and counted:",
	"",
	((.rates | map(select(.case == "none")) | first | .ns_per_packet) as $base
	 | table(["rules", "sessions", "of these", "packets a second", "ns a packet", "more than without, ns", "recorded, %", "dropped, %"];
		.rates | sort_by([.case == "matched", .case == "unmatched", .sessions, .rules])
		| map([(.rules | tostring), (.sessions // (if .case == "none" then 0 else 1 end)), rate_name, .pps, (.ns_per_packet | fixed(1)),
			(.ns_per_packet - $base | fixed(1)),
			(if .matched > 0 then .recorded * 100 / .matched | fixed(1) else "-" end),
			(if .matched > 0 then .dropped * 100 / .matched | fixed(1) else "-" end)]))),
	"";
