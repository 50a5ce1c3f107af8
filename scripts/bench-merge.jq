# SPDX-License-Identifier: GPL-2.0-or-later
# Makes build/results/bench.json of the files of all units: an object per receiver
# that was measured. --arg mode selection|full

def median: sort | if length == 0 then null else .[length / 2 | floor] end;

# Only what differs between units.
def settings: .settings | {rate_pps, payload_bytes, payload_max_bytes, train_pkts, flows,
	background_pps, warmup_pkts, seed, first, ring_bytes, rt_priority, watermark, rules,
	sessions: .readers};

def machine: {kernel, cpu, emulated, clocksource, kernel_command_line, nice};

def run($unit): $unit as {$case, $environment, $machine, $peer, $stress, $repeat, $options}
	| {$case, $environment, $machine, $peer, $stress, $repeat, $options}
	+ ($unit | settings)
	+ . + {p99_9_ns: .p999_ns, ring_peak_bytes: .books.ring_peak_bytes};

[inputs] as $units
| {
	$mode,
	commit: ([$units[].commit] | unique | join(", ")),
	sources: ([$units[].sources] | unique | join(", ")),
	machines: ($units | map(select(.runs)) | group_by(.machine) | map({
		key: .[0].machine,
		value: ((.[0] | machine) + {
			clock_ns: ([.[].clock_ns] | median),
			cacheline_half_rtt_ns: ([.[].cacheline_half_rtt_ns] | median)})})
		| from_entries),
	units: [$units[] | "\(.case).\(.machine).\(.peer).\(.stress).\(.repeat)"],
	not_run: [$units[] | select(.not_run)
		| {case, environment, receiver: .peer, stress, repeat, reason: .not_run}],
	runs: [$units[] | select(.runs) | . as $unit | .runs[] | run($unit)]
}
