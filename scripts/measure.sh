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

# A reader that spins at a real-time priority has its CPU to itself, as long as anybody
# measures. Who is killed leaves the setting, and here what it was before: the next
# puts it back first.
rt_state=/run/rtintercept-measure.rt rt_lock=

rt_put_back()
{
	[[ -s $rt_state ]] || return 0
	sysctl -qw "kernel.sched_rt_runtime_us=$(<"$rt_state")"
	rm -f "$rt_state"
}

# What the killed have left. Nothing, where somebody measures now; their load may seem to
# until it has ended, a moment later.
rt_clean()
{
	[[ -s $rt_state ]] || return 0
	(flock -w 3 9 && rt_put_back) 9>>"$rt_state.lock" || :
}

rt_unbounded()
{
	rt_clean
	exec {rt_lock}>>"$rt_state.lock"
	flock -s "$rt_lock"
	[[ -s $rt_state ]] || sysctl -n kernel.sched_rt_runtime_us >"$rt_state"
	sysctl -qw kernel.sched_rt_runtime_us=-1
}

# The last that measures puts it back.
rt_as_before()
{
	[[ $rt_lock ]] || return 0
	! flock -n "$rt_lock" || rt_put_back
	exec {rt_lock}>&-
	rt_lock=
}
