# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# What scripts that measure have in common.

# Processors since 2012 copy bytes fast with one instruction, and say so by the
# flags erms and fsrm; the kernel then copies packets with it, here between T1
# and T2 as well as in front of T3. The emulator carries it out byte by byte,
# eight times slower than the same copy by words. So the guest's kernel is told
# to go without: numbers, because names are known from 5.19 on only.
emulated_copies="clearcpuid=297,580"

# Spinning readers need their processors for themselves.
warn_busy()
{
	local load cpus

	read -r load _ </proc/loadavg
	cpus=$(nproc)
	[[ $cpus -ge 2 ]] || say "only one processor: the figures say nothing"
	awk -v l="$load" 'BEGIN { exit l < 0.7 }' || return 0
	say "this machine is busy (load $load on $cpus processors): figures suffer"
}
