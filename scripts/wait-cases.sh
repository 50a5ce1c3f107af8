# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# What `make wait` measures, natively and in the virtual machine alike: every way to
# wait, and the socket's. Each on the CPU that the sender has not; the other receiver
# only looks every 10 ms. For real time, and the one that spins is let: the kernel
# would stop it for 50 ms in each second.

# shellcheck disable=SC2034,SC2154	# for its includer; of scripts/demo-net.sh
cases=(--sender-netns "$sender" --receiver-netns "$receiver" --interface veth0
	--to 198.18.0.2 --bytes 64 --rate 1000 --jitter 10 --cpu 1 --rt 50
	--case poll:lazy --case block:lazy --case spin:lazy --case spin-block:lazy
	--case periodic:lazy --case lazy:block --case lazy:spin)

# As it was again with the shell.
spinners_are_let()
{
	trap 'rt_as_before
		net_down' EXIT
	rt_unbounded
}
