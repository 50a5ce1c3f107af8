# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Line coverage from what gcov wrote. To be sourced.

# figures DIR: "file percent reached lines missing..." of each source. The same line
# counts once, in whichever run it was reached, on whichever kernel.
figures()
{
	find "$1" -name '*.gcda' -print0 | xargs -0 gcov --stdout 2>/dev/null |
	awk -F: '
	$3 == "Source" {
		file = $4
		sub(/^\.\//, "", file)
		sub(/^.*\/build\/module\/[^\/]*\//, "", file)
		next
	}
	{
		sub(/^ */, "", $1)
		line = $2 + 0
		if ($1 == "-" || !line)
			next
		key = file SUBSEP line
		if (!(key in hit)) {
			lines[file]++
			hit[key] = 0
		}
		if ($1 !~ /^[#=]/)
			hit[key] = 1
	}
	END {
		for (key in hit) {
			split(key, part, SUBSEP)
			if (hit[key])
				reached[part[1]]++
			else
				missing[part[1]] = missing[part[1]] " " part[2]
		}
		for (file in lines)
			printf "%s %.1f %d %d%s\n", file,
				100 * reached[file] / lines[file],
				reached[file], lines[file], missing[file]
	}'
}
