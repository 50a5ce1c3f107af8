# SPDX-License-Identifier: GPL-2.0-or-later
# Expands scripts/bench-matrix into units: "ID ENVIRONMENT SECONDS REPEAT CASE PEER
# STRESS OPTION...", natively first, repeat by repeat, there and back.
# -v mode=selection|full -v beyond=1: with cases that only full has

/^#/ || NF == 0 { next }

$1 == "define" {
	macro["@" $2] = words(3)
	next
}

{
	take = mode == "full" || (beyond && $5 == "-") ? $6 : $5
	if (take == "-")
		next
	split(take, amount, "x")
	peers = split($3, peer, ",")
	stresses = split($4, stress, ",")
	for (p = 1; p <= peers; p++)
		for (s = 1; s <= stresses; s++)
			add($1, $2, peer[p], stress[s])
}

END {
	for (r = 1; r <= repeats; r++)
		for (i = 1; i <= count; i++)
			tell(r % 2 ? i : count + 1 - i, r)
}

# words FIRST: the rest of the line, with macros in place
function words(first,    i, text)
{
	for (i = first; i <= NF; i++)
		text = text (i > first ? " " : "") ($i in macro ? macro[$i] : $i)
	return text
}

function add(name, environment, peer, stress)
{
	count++
	names[count] = name
	environments[count] = environment
	peers_of[count] = peer
	stresses_of[count] = stress
	packets[count] = amount[1]
	repeats_of[count] = amount[2]
	options[count] = words(7)
	if (amount[2] > repeats)
		repeats = amount[2]
}

# How long a unit takes: its cases, with half a second each for coming and going.
function seconds(i,    list, n, w, rate, cases)
{
	n = split(options[i], list, " ")
	for (w = 1; w < n; w++) {
		if (list[w] == "--rate")
			rate = list[w + 1]
		cases += list[w] == "--case"
	}
	return cases * ((packets[i] + 500) / rate + 0.5) + (stresses_of[i] != "idle")
}

function tell(i, r)
{
	if (r > repeats_of[i])
		return
	printf "%s.%s.%s.%s.%d %s %.1f %d %s %s %s --peer %s --count %d --first %s --seed %d %s\n",
		names[i], environments[i], peers_of[i], stresses_of[i], r, environments[i],
		seconds(i), r, names[i], peers_of[i], stresses_of[i], peers_of[i],
		packets[i], r % 2 ? "ours" : "peer", r, options[i]
}
