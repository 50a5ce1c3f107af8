# SPDX-License-Identifier: GPL-2.0-or-later
# Makes build/results/uml.json: every run, and medians over the repeats.

def median: sort | .[length / 2 | floor];
def medians($keys): . as $all
	| [$keys[] as $k | {key: $k, value: ([$all[][$k]] | median)}] | from_entries;

{
	kernel: $kernel, cpu: $cpu, commit: $commit, packets: $packets,
	settings: $settings[0],
	records: ($spin | group_by([.snap_bytes == 0, .frame_bytes]) | map(
		(.[0] | {frame_bytes, snap_bytes}) + {repeats: length,
			sent: (map(.sent) | add), lost: (map(.lost) | add), max_ns: (map(.max_ns) | max)}
		+ medians(["p50_ns", "p90_ns", "p99_ns", "p99_9_ns", "half_round_trip_ns",
			"clock_ns", "counter_ns", "cold_copy_ns"])
		| .floor_ns = .half_round_trip_ns + .clock_ns
		| .of_floor = .p50_ns / .floor_ns)),
	rates: ($rate | group_by([.case == "matched", .case == "unmatched", .sessions, .rules]) | map(
		(.[0] | {case, rules, sessions, frame_bytes, sent}) + {repeats: length}
		+ medians(["pps", "recorded", "dropped", "matched"])
		| .ns_per_packet = (if .pps > 0 then 1e9 / .pps else null end))),
	runs: ($spin + $rate)
}
