# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# The demo's network: two namespaces and a veth pair, gone with the shell.
#
#	$sender               $receiver
#	198.18.0.1 veth0 ------ veth0 198.18.0.2
#
# 198.18.0.0/15 is set aside for benchmarks; nothing leaves the two namespaces.

sender=rti-demo-$$-s receiver=rti-demo-$$-r

net_down()
{
	ip netns del "$sender" 2>/dev/null || :
	ip netns del "$receiver" 2>/dev/null || :
}

# Those of shells that were killed.
net_clean()
{
	local name pid

	for name in $(ip netns list | grep -o '^rti-demo-[0-9]*-[rs]'); do
		pid=${name#rti-demo-}
		[[ -e /proc/${pid%-*} ]] || ip netns del "$name"
	done
}

# net_end NAMESPACE INTERFACE ADDRESS
net_end()
{
	ip -n "$1" addr add "$3/24" dev "$2"
	ip -n "$1" link set "$2" up
}

# net_cable NUMBER: that of its interfaces, veth0 and so on, and of its addresses
net_cable()
{
	ip link add "veth$1" netns "$sender" type veth peer name "veth$1" netns "$receiver"
	net_end "$sender" "veth$1" "198.18.$1.1"
	net_end "$receiver" "veth$1" "198.18.$1.2"
}

net_up()
{
	trap net_down EXIT
	ip netns add "$sender"
	ip netns add "$receiver"
	ip -n "$sender" link set lo up
	ip -n "$receiver" link set lo up
	net_cable 0
}
