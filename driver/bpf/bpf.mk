# SPDX-License-Identifier: GPL-2.0-or-later
# The XDP program: build/bpf/rtintercept.bpf.o, and the skeleton that goes into the library.

BPF_CLANG ?= clang-14
BPF_STRIP ?= llvm-strip-14
BPFTOOL ?= /usr/sbin/bpftool

# v3: atomics that return the old value, and 32-bit jumps. Linux 5.12.
BPF_CFLAGS := -target bpf -mcpu=v3 -O2 -g -Wall -Wextra -Wshadow \
	-Wno-unused-parameter -Werror -Iuapi -I. \
	-I/usr/include/$(shell $(CC) -print-multiarch) -MMD -MP
BPF_OBJ := $(BUILD)/bpf/rtintercept.bpf.o
BPF_SKEL := $(BUILD)/bpf/rtintercept.skel.h

bpf: $(BPF_SKEL)

# What the debugger wants goes, what the verifier's messages and the loader need stays.
$(BPF_OBJ): driver/bpf/rtintercept.bpf.c
	@mkdir -p $(@D)
	$(BPF_CLANG) $(BPF_CFLAGS) -MF $(@:.o=.d) -c -o $@ $<
	$(BPF_STRIP) -g $@

$(BPF_SKEL): $(BPF_OBJ)
	$(BPFTOOL) gen skeleton $< name rtintercept_bpf >$@

-include $(BPF_OBJ:.o=.d)

.PHONY: bpf
