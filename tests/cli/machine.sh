# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Fabricated machines for the doctor: trees that look like /proc and /sys. Sourced
# behind lib.sh.

# put FILE TEXT...: below $ROOT, one line for each TEXT
put()
{
	local file=$ROOT/$1

	shift
	mkdir -p "$(dirname "$file")"
	printf '%s\n' "$@" >"$file"
}

# machine NAME: an empty one; $ROOT is its root
machine()
{
	ROOT=$TMP/$1
	mkdir -p "$ROOT/sys/class/net"
}

CPUS=sys/devices/system/cpu
FAIR=sys/kernel/debug/sched/fair_server

# tuned: a controller on which everything is as it should be; the reader's CPU is 3
tuned()
{
	machine "$1"
	put $CPUS/cpu3/cpuidle/state0/name POLL
	put $CPUS/cpu3/cpuidle/state0/latency 0
	put $CPUS/cpu3/cpuidle/state0/disable 0
	put $CPUS/cpu3/cpuidle/state1/name C6
	put $CPUS/cpu3/cpuidle/state1/latency 133
	put $CPUS/cpu3/cpuidle/state1/disable 1
	put $CPUS/cpu3/cpufreq/scaling_governor performance
	put $CPUS/cpu3/topology/thread_siblings_list 3
	put $CPUS/isolated 2-3
	put $CPUS/nohz_full 3
	put sys/module/pcie_aspm/parameters/policy \
		'default [performance] powersave powersupersave'
	put proc/cmdline 'BOOT_IMAGE=/vmlinuz isolcpus=2-3 nohz_full=3 rcu_nocbs=3'
	put proc/1/comm systemd
	put proc/sys/kernel/sched_rt_period_us 1000000
	put $FAIR/cpu0/period 1000000000
	put $FAIR/cpu0/runtime 50000000
	put $FAIR/cpu3/period 1000000000
	put $FAIR/cpu3/runtime 0
	put proc/sys/kernel/sched_rt_runtime_us -1
	put proc/version 'Linux version 6.1.0-rt (x@y) #1 SMP PREEMPT_RT Debian'
	put sys/devices/system/clocksource/clocksource0/current_clocksource tsc
	put proc/sys/net/core/bpf_jit_enable 1
	put proc/sys/net/core/rps_sock_flow_entries 0
	put sys/kernel/mm/transparent_hugepage/enabled 'always [madvise] never'
	put proc/swaps 'Filename Type Size Used Priority'
	put proc/sys/kernel/numa_balancing 0
	put proc/self/status 'Name: bash' 'CapEff:	000001ffffffffff'
	put proc/self/limits \
		'Limit                     Soft Limit  Hard Limit  Units' \
		'Max locked memory         unlimited   unlimited   bytes' \
		'Max realtime priority     98          98'
	put proc/self/timerslack_ns 1
	tuned_nic eth0
}

# tuned_nic NAME
tuned_nic()
{
	local net=sys/class/net/$1

	put "$net/device/power/control" on
	mkdir -p "$ROOT/$net/device/msi_irqs"
	touch "$ROOT/$net/device/msi_irqs/120"
	put proc/irq/120/effective_affinity_list 1
	put "$net/queues/rx-0/rps_cpus" 00000000,00000000
	put "$net/queues/rx-0/rps_flow_cnt" 0
	put "$net/queues/tx-0/xps_cpus" 0
	put "$net/threaded" 0
	put "$net/gro_flush_timeout" 0
	put "$net/napi_defer_hard_irqs" 0
	put "ethtool/$1" 'Coalesce parameters:' 'Adaptive RX: off  TX: off' \
		'rx-usecs: 0' 'rx-frames: 1' 'rx-usecs-irq: 7' \
		'generic-receive-offload: on' 'large-receive-offload: off [fixed]' \
		'rx-gro-hw: off' '	EEE status: disabled' 'native XDP: on'
}

# neglected: the same with nothing as it should be
neglected()
{
	local net=sys/class/net/eth0

	tuned "$1"
	put $CPUS/cpu3/cpuidle/state1/disable 0
	put $CPUS/cpu3/cpufreq/scaling_governor powersave
	put $CPUS/cpu3/topology/thread_siblings_list 1,3
	put $CPUS/isolated ''
	put $CPUS/nohz_full '(null)'
	put sys/module/pcie_aspm/parameters/policy '[default] performance powersave'
	put proc/cmdline 'BOOT_IMAGE=/vmlinuz quiet'
	put proc/777/comm irqbalance
	put proc/sys/kernel/sched_rt_runtime_us 950000
	put $FAIR/cpu3/runtime 50000000
	put proc/version 'Linux version 6.1.0-amd64 (x@y) #1 SMP PREEMPT_DYNAMIC Debian'
	put sys/kernel/debug/sched/preempt 'none (voluntary) full'
	put sys/devices/system/clocksource/clocksource0/current_clocksource hpet
	put proc/sys/net/core/bpf_jit_enable 0
	put proc/sys/net/core/rps_sock_flow_entries 32768
	put sys/kernel/mm/transparent_hugepage/enabled '[always] madvise never'
	put proc/swaps 'Filename Type Size Used Priority' '/dev/sda2 partition 1 0 -2'
	put proc/sys/kernel/numa_balancing 1
	put proc/self/status 'Name: bash' 'CapEff:	0000000000000000'
	put proc/self/limits \
		'Max locked memory         8388608     8388608     bytes' \
		'Max realtime priority     0           0'
	put proc/self/timerslack_ns 50000
	put $net/device/power/control auto
	put proc/irq/120/effective_affinity_list 2-3
	put $net/queues/rx-0/rps_cpus 0000000c
	put $net/queues/rx-0/rps_flow_cnt 4096
	put $net/threaded 1
	put $net/gro_flush_timeout 20000
	put ethtool/eth0 'Adaptive RX: on  TX: on' 'rx-usecs: 50' \
		'generic-receive-offload: on' 'large-receive-offload: on' \
		'rx-gro-hw: on' 'EEE status: enabled - active' 'native XDP: off'
}

# hostile: files that are nothing of what they should be
hostile()
{
	local net=sys/class/net bell=$'\033]0;x\a'

	tuned "$1"
	put $CPUS/cpu0/cpufreq/scaling_governor "$bell perform\"ance\\"
	put $CPUS/cpu0/cpuidle/state0/latency 99999999999999999999999
	put $CPUS/isolated '3-1,4294967297,-,x' ',,,'
	rm "$ROOT/proc/swaps"
	mkfifo "$ROOT/proc/swaps"
	rm "$ROOT/proc/version"
	mkdir "$ROOT/proc/version"
	put proc/sys/kernel/numa_balancing one
	ln -sf /etc/shadow "$ROOT/sys/module/pcie_aspm/parameters/policy"
	ln -sf ../../../../../../../../../etc/passwd \
		"$ROOT/proc/sys/net/core/bpf_jit_enable"
	ln -sf timerslack_ns "$ROOT/proc/self/timerslack_ns"
	head -c 3000000 /dev/zero | tr '\0' '[' \
		>"$ROOT/sys/kernel/mm/transparent_hugepage/enabled"
	head -c 100000 /dev/urandom >"$ROOT/proc/self/limits"
	printf 'CapEff' >"$ROOT/proc/self/status"
	put "$net/\$(reboot)/device/x" y
	put "$net/\$(reboot)/threaded" 1
	put "$net/a'b;id/device/x" y
	put "$net/a'b;id/threaded" 1
	put "$net/${bell}0/device/x" y
	put "$net/${bell}0/threaded" 1
	put "$net/a_name_that_is_far_too_long/device/x" y
	put "$net/eth0/queues/rx-$bell/rps_cpus" "$bell"
	put ethtool/eth0 'rx-usecs: n/a' 'Adaptive RX:' ':' 'rx-frames' \
		'generic-receive-offload: ?' "$bell"
}
