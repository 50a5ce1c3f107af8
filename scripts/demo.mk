# SPDX-License-Identifier: GPL-2.0-or-later
# The demonstration; scripts/demo says what it does.

## make demo       packages to an application: module and socket, in a virtual machine
## make demo BACKEND=xdp   XDP program and socket, on this machine, at real speed

## make path       instructions that a session adds to a packet's way

## make reply      who answers a request: a socket, a reader, the kernel; BACKEND=xdp too
## make wait       ways to wait side by side: latency and CPU

BACKEND ?= module

demo:
	@scripts/demo --backend $(BACKEND)

path:
	@scripts/path

reply:
	@scripts/reply --backend $(BACKEND)

wait:
	@scripts/wait

.PHONY: demo path reply wait
