# SPDX-License-Identifier: GPL-2.0-or-later
# The section of path.json: instructions that a session adds to a packet's way.
include "report";

def page: "``make path`` counts instructions in an emulator whose clock does, Linux \(.kernel), one processor; two",
	"measurements differ by at most \([.repeat_off_percent[]] | max | fixed(2)) %. What a session of the module adds to the way of a",
	"packet that matches nothing, by number of rules:",
	"",
	table(["hook"] + (.unmatched_added_insns | keys_unsorted);
		[.hooks | to_entries[] | [.key] + [.value.unmatched_added_insns[]]]),
	"",
	"From T1 to the record in the reader's hand, by bytes recorded:",
	"",
	table(["hook"] + (.matched_insns | keys_unsorted);
		[.hooks | to_entries[] | [.key] + [.value.matched_insns[]]]),
	"";
