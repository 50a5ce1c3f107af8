# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# One unit of the evaluation: a case with one peer, under one kind of stress, once.
# For scripts/bench, and for scripts/bench-guest inside a virtual machine. The network
# of scripts/demo-net.sh must be up.

stress_pid='' run_pid=

# Load has the CPUs on which nobody spins, all but the last; only cpu-all has all: who
# wants a spinning reader keeps its CPU free.
stress_start()
{
	local cpus=$(($(nproc) - 1)) load=()

	case $1 in
	idle) return ;;
	cpu) load=(--cpu "$cpus") ;;
	cpu-all) load=(--cpu "$(nproc)") cpus=$(nproc) ;;
	io) load=(--iomix 1 --iomix-bytes 64M) ;;
	net) load=(--udp 1) ;;
	memory) load=(--vm 1 --vm-bytes 256M) ;;
	*) echo "bench: no stress of the name $1" >&2; return 2 ;;
	esac
	setpriv --pdeathsig TERM taskset -c "0-$((cpus - 1))" stress-ng --quiet --temp-path "$2" "${load[@]}" \
		>/dev/null 2>&1 &
	stress_pid=$!
	sleep 0.5
}

stress_stop()
{
	[[ $stress_pid ]] || return 0
	kill "$stress_pid" 2>/dev/null || :
	wait "$stress_pid" 2>/dev/null || :
	stress_pid=
}

# Neither outlives the shell, whatever ends it.
unit_stop()
{
	[[ ! $run_pid ]] || kill "$run_pid" 2>/dev/null || :
	[[ ! $run_pid ]] || wait "$run_pid" 2>/dev/null || :
	run_pid=
	stress_stop
}

# unit_run DIR ID STRESS OPTION...: leaves DIR/ID.raw, or DIR/ID.log and fails
unit_run()
{
	local raw=$1/$2.raw log=$1/$2.log dir=$1 status=0 stress=$3

	shift 3
	stress_start "$stress" "$dir" || return
	# In the background: a shell that waits for it heeds a signal at once.
	setpriv --pdeathsig TERM build/bin/rtintercept-bench run \
		--sender-netns "${sender:?}" --receiver-netns "${receiver:?}" \
		--interface veth0 --to 198.18.0.2 --quiet --json "$raw" "$@" >"$log" 2>&1 &
	run_pid=$!
	wait "$run_pid" || status=$?
	run_pid=
	stress_stop
	[[ $status -eq 0 ]] || { rm -f "$raw"; return "$status"; }
	rm -f "$log"
}
