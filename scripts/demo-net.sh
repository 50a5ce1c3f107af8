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

# net_end NAMESPACE ADDRESS
net_end()
{
	ip -n "$1" link set lo up
	ip -n "$1" addr add "$2/24" dev veth0
	ip -n "$1" link set veth0 up
}

net_up()
{
	trap net_down EXIT
	ip netns add "$sender"
	ip netns add "$receiver"
	ip link add veth0 netns "$sender" type veth peer name veth0 netns "$receiver"
	net_end "$sender" 198.18.0.1
	net_end "$receiver" 198.18.0.2
}
