# SPDX-License-Identifier: GPL-2.0-or-later
# What `make wait` makes of its measurements.
#
#	merge:  results of rtintercept-bench run, with .environment -> wait.json
#	judge:  wait.json -> a line for each thing that is wanted; the last says how
#	        many do not hold
#	table:  wait.json -> the table of Documentation/waiting.rst
#	points: wait.json -> data for the plot
#	path:   path.json -> the table of where a wake-up goes

def merge:
	{tool: .[0].tool, commit: $commit, settings: .[0].settings,
	 machines: [.[] | {environment, backend, kernel, cpu, emulated, clock_ns,
			   cacheline_half_rtt_ns, settings: (.settings
				| {sender_cpu, spin_cpu, block_cpu, sender_wait, rt_priority,
				   count, rounds})}],
	 runs: [.[] | .environment as $e | .runs[] | {environment: $e, receiver, wait, sent,
		lost, n, p50_ns, p90_ns, p99_ns, p999_ns, max_ns, over_100us, cpu_percent,
		wakeups, rounds_p50_ns, send_late_p99_ns, waits,
		books_closed: (if .books then .books.closed else null end)}]};

def run($e; $ours; $wait):
	.runs[] | select(.environment == $e and .wait == $wait and
			 ((.receiver == "socket") != $ours));

def environments: [.runs[].environment] | unique | .[];

def times: if . < 10000 then "\(.) ns" elif . < 1e6 then "\(. / 100 | round / 10) us"
	else "\(. / 1e4 | round / 100) ms" end;

def line($e; $what; $value; $most; shown):
	{holds: ($value <= $most),
	 text: "\($e): periodic: \($what) \($value | shown), at most \($most | shown)"};

def wanted: . as $all | [environments as $e
	| ($all | run($e; true; "periodic")) as $p | ($all | run($e; true; "spin")) as $s
	| ($all | run($e; true; "block")) as $b
	| line($e; "CPU"; $p.cpu_percent; 15; "\(.) %"),
	  line($e; "p50"; $p.p50_ns; 2 * $s.p50_ns; times),
	  line($e; "p90"; $p.p90_ns; 2 * $s.p90_ns; times),
	  line($e; "p99"; $p.p99_ns; $b.p99_ns / 10 | floor; times),
	  line($e; "lost"; [$all.runs[] | select(.environment == $e and .receiver != "socket")
		| .lost] | add; 0; .)];

def judge: wanted
	| (.[] | "\(.text): \(if .holds then "yes" else "NO" end)"),
	  ([.[] | select(.holds | not)] | length);

def pad($n): tostring | . + " " * ([$n - length, 1] | max);

def rule: "=" * 11 + " " + "=" * 7 + " " + "=" * 10 + (" " + "=" * 9) * 5 + " ======";

def row: (.[0] | pad(12)) + (.[1] | pad(8)) + (.[2] | pad(11))
	+ (.[3:] | map(pad(10)) | add) | sub(" +$"; "");

# How a machine was measured, in a line.
def machine:
	"- ``\(.environment)``: " + if .backend == "xdp" then "the XDP backend" else "the module" end
	+ ", between two network namespaces of Linux \(.kernel)"
	+ if .emulated then ", emulated: only ratios mean anything" else ", \(.cpu)" end
	+ "; \(.settings.count * .settings.rounds) packets each in \(.settings.rounds) rounds;"
	+ " the sender: ``\(.settings.sender_wait)``; real-time priority "
	+ "\(.settings.rt_priority) (0: none).";

def table: rule, (["environment", "of", "wait", "p50", "p90", "p99", "p99.9", "max", "CPU %"]
	| row), rule,
	(.runs[] | [.environment, .receiver, .wait, (.p50_ns | times), (.p90_ns | times),
		    (.p99_ns | times), (.p999_ns | times), (.max_ns | times),
		    (.cpu_percent * 10 | round / 10)] | row), rule, "",
	(.machines[] | machine);

# A block for each environment, two lines apart, as gnuplot counts them.
def points: . as $all | environments as $e
	| ($all.runs[] | select(.environment == $e)
		| "\([.cpu_percent, 0.1] | max) \(.p50_ns) \(.p99_ns) "
		  + "\"\(.receiver) \(.wait)\" \(if .receiver == "socket" then 2 else 1 end)"),
	  "", "";

def ways: [["socket_recv", "a socket, ``recv()``"], ["poll_pass", "``poll()``, packet passed on"],
	["poll_drop", "``poll()``, dropped"], ["wait_pass", "``block``, packet passed on"],
	["wait_drop", "``block``, dropped"], ["futex", "a futex, no packet"]];

def parts: [["hook_and_sender", "hook, and the sender's way out"], ["wake_up", "wake-up"],
	["switch_and_return", "switch and return"], ["stack", "if passed on: the stack"]];

def path_rule: "=" * 34 + " " + "=" * 12 + " " + "=" * 13;

def path_row: (.[0] | pad(35)) + (.[1] | pad(13)) + .[2] | sub(" +$"; "");

def ratio: . * 100 | round | "\(. / 100 | floor).\("0\(.)"[-2:])";

def path: .wake_insns as $w | .wake_way_insns as $p
	| path_rule, (["from T1 to the reader", "instructions", "of the socket"] | path_row), path_rule,
	(ways[] | [.[1], $w[.[0]], ($w[.[0]] / $w.socket_recv | ratio)] | path_row),
	(["of ``block``, dropped:", "", ""] | path_row),
	(parts[] | ["- " + .[1], $p[.[0]], ""] | path_row), path_rule;

if $what == "merge" then merge
elif $what == "judge" then judge
elif $what == "table" then table
elif $what == "path" then path
else points end
