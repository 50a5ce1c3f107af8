# SPDX-License-Identifier: GPL-2.0-or-later
# rtintercept-bench: build/bin/rtintercept-bench, linked with the static library,
# so that its hot loop pays for no indirect call. A peer whose library is missing
# is left out: the bench says so, and which package has it.

## make bench-tool rtintercept-bench alone

# optional NAME PKG-CONFIG-NAME FILE: a peer that is built if its library is there
bench_optional = $(if $(shell pkg-config --exists $(2) 2>/dev/null && echo y),$(1))
BENCH_HAVE := $(call bench_optional,URING,liburing) \
	$(call bench_optional,NFQUEUE,libnetfilter_queue) \
	$(call bench_optional,DPDK,libdpdk)
BENCH_OPT_SRC_URING := tools/bench/peer-uring.c
BENCH_OPT_LIBS_URING := -luring
BENCH_OPT_SRC_NFQUEUE := tools/bench/peer-nfqueue.c
BENCH_OPT_LIBS_NFQUEUE := -lnetfilter_queue -lnfnetlink
# Its drivers are plug-ins: of DPDK's many libraries only these are called.
BENCH_OPT_SRC_DPDK := tools/bench/peer-dpdk.c
BENCH_OPT_LIBS_DPDK := -lrte_eal -lrte_ethdev -lrte_mempool -lrte_mbuf
BENCH_OPTIONS := URING NFQUEUE DPDK
BENCH_ABSENT := $(filter-out $(BENCH_HAVE),$(BENCH_OPTIONS))
BENCH_LIBS := $(foreach o,$(BENCH_HAVE),$(BENCH_OPT_LIBS_$(o)))

# What the command has, too.
BENCH_SRC := $(filter-out %.bpf.c $(foreach o,$(BENCH_ABSENT),$(BENCH_OPT_SRC_$(o))), \
	$(wildcard tools/bench/*.c)) tools/realtime.c tools/stamp.c
BENCH_OBJ := $(BENCH_SRC:%.c=$(BUILD)/obj/%.o)
BENCH_BIN := $(BUILD)/bin/rtintercept-bench
BENCH_BPF := $(BUILD)/bpf/peers.bpf.o
BENCH_SKEL := $(BUILD)/bpf/peers.skel.h
BENCH_CONFIG := $(BUILD)/obj/tools/bench/have

bench-tool: $(BENCH_BIN)

tools: bench-tool

$(BENCH_BPF): tools/bench/peers.bpf.c
	@mkdir -p $(@D)
	$(BPF_CLANG) $(BPF_CFLAGS) -MF $(@:.o=.d) -c -o $@ $<
	$(BPF_STRIP) -g $@

$(BENCH_SKEL): $(BENCH_BPF)
	$(BPFTOOL) gen skeleton $< name peers_bpf >$@

# Changes when a library comes or goes.
$(BENCH_CONFIG): FORCE
	@mkdir -p $(@D)
	@echo '$(BENCH_HAVE)' | cmp -s - $@ || echo '$(BENCH_HAVE)' >$@

$(BUILD)/obj/tools/bench/%.o: tools/bench/%.c $(BENCH_CONFIG) | $(BENCH_SKEL)
	@mkdir -p $(@D)
	$(CC) $(RTI_CPPFLAGS) -Ilib -I$(BUILD)/bpf $(BENCH_HAVE:%=-DBENCH_HAVE_%) \
		$(CPPFLAGS) $(RTI_CFLAGS) -pthread -c -o $@ $<

$(BUILD)/obj/tools/bench/peer-dpdk.o: CPPFLAGS += $(shell pkg-config --cflags libdpdk)

$(BENCH_BIN): $(BENCH_OBJ) $(LIB_A)
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) -pthread -o $@ $(BENCH_OBJ) $(LIB_A) $(LIB_LIBS) -ljson-c -lm \
		-lpcap $(BENCH_LIBS)

# What measures in User-Mode Linux; scripts/uml builds the module that belongs to it.
UML_COMMON := $(BUILD)/obj/tools/bench/uml/common.o $(BUILD)/obj/tools/bench/uml/floors.o \
	$(BUILD)/obj/tools/bench/hist.o $(BUILD)/obj/tools/bench/table.o
UML_BINS := $(BUILD)/uml/spin $(BUILD)/uml/rate

$(UML_BINS): $(BUILD)/uml/%: $(BUILD)/obj/tools/bench/uml/%.o $(UML_COMMON) $(LIB_A)
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) -pthread -o $@ $< $(UML_COMMON) $(LIB_A) $(LIB_LIBS)

bench-uml: $(UML_BINS)

-include $(UML_COMMON:.o=.d) $(UML_BINS:$(BUILD)/uml/%=$(BUILD)/obj/tools/bench/uml/%.d)
-include $(BENCH_OBJ:.o=.d) $(BENCH_BPF:.o=.d)

FORCE:

.PHONY: bench-tool bench-uml FORCE
