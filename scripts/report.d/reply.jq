# SPDX-License-Identifier: GPL-2.0-or-later
# The section of reply.json: a request's way to its answer, by who answers.
include "report";

def who: [["socket", "a socket's server"], ["reader", "our reader, with a socket"],
	["reply", "REPLY"], ["reply_record", "REPLY, and recorded"]];

def rows: to_entries | map(.key as $where | .value | . as $all
	| ("idle", "loaded") as $load | who[] as [$key, $name]
	| select($all[$load][$key])
	| [(if $where == "native" then "native, XDP" else "vm, module" end), $load, $name,
	   ($all[$load][$key].p50 | us), ($all[$load][$key].p99 | us),
	   ($all[$load][$key].max | us),
	   (ratio($all[$load].socket.p50; $all[$load][$key].p50) | times),
	   (ratio($all[$load].socket.p99; $all[$load][$key].p99) | times),
	   ($all.instructions[$key]? // "-")]);

def page: "From a request to its answer at the client; \"times\" is how many times the socket's server took. In the",
	"virtual machine only ratios and instructions mean anything.",
	"",
	table(["where", "load", "who answers", "p50, us", "p99, us", "max, us", "times at p50", "at p99",
		"instructions from the hook on"]; rows),
	"";
