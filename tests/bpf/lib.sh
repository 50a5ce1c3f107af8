# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# What the tests of the XDP backend share: a network of their own, that nobody
# else sees and that goes with them.
#
#	this namespace             namespace peer
#	here 10.77.0.1/24  <---->  there 10.77.0.2/24

cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
GUEST=${GUEST:-$PWD/build/guest}
CTL=${CTL:-$PWD/build/bin/rtintercept-ctl}
BENCH=${BENCH:-$PWD/build/bin/rtintercept-bench}

# skip_all REASON
skip_all()
{
	echo "1..0 # SKIP $1"
	exit 0
}

# in_private SCRIPT [ARG...]: runs the script again, as `inside ARG...`, in
# namespaces of its own; returns in there.
in_private()
{
	local script=$1

	shift
	if [[ ${1:-} == inside ]]; then
		mount -t tmpfs none /run/netns
		return 0
	fi
	[[ $EUID -eq 0 ]] || skip_all "needs root"
	mkdir -p /run/netns
	unshare -mn true 2>/dev/null || skip_all "needs namespaces"
	exec unshare -mn "$script" inside "$@"
}

# lay_cable [MTU]
lay_cable()
{
	local mtu=${1:-1500}

	ip netns add peer
	ip link add here address 02:00:00:00:00:01 type veth \
		peer name there address 02:00:00:00:00:02 netns peer
	echo 1 >/proc/sys/net/ipv6/conf/here/disable_ipv6
	ip netns exec peer sh -c 'echo 1 >/proc/sys/net/ipv6/conf/there/disable_ipv6'
	ip link set lo up
	ip addr add 10.77.0.1/24 dev here
	ip link set here mtu "$mtu" up
	ip -n peer addr add 10.77.0.2/24 dev there
	ip -n peer link set there mtu "$mtu" up
	ip neigh replace 10.77.0.2 lladdr 02:00:00:00:00:02 dev here
	ip -n peer neigh replace 10.77.0.1 lladdr 02:00:00:00:00:01 dev there
}

cut_cable()
{
	ip link del here 2>/dev/null || :
	ip netns del peer 2>/dev/null || :
}

# needs_xdp PROGRAM...: of build/guest; or all is skipped
needs_xdp()
{
	local program

	for program; do
		[[ -x $GUEST/$program ]] || skip_all "$program is not built"
	done
	if "$CTL" status --backend xdp | grep -q '^xdp *not usable'; then
		skip_all "there is no XDP backend here"
	fi
}

# bpf_of_ours: what is attached to an interface of this namespace or the peer's
bpf_of_ours()
{
	ip -d link show | grep -o 'prog/xdp.*' || :
	[[ ! -e /run/netns/peer ]] ||
		ip -n peer -d link show | grep -o 'prog/xdp.*' || :
}
