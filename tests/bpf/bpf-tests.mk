# SPDX-License-Identifier: GPL-2.0-or-later
# The programs of tests/bpf, which run on this machine and in a virtual one.

BPF_TESTS_COMMON := $(patsubst %,tests/bpf/%.c,session arrivals test-run machine)
BPF_TESTS_SHARED := $(BPF_TESTS_COMMON:%.c=$(BUILD)/obj/%.o) $(DEVICE_OBJ)
BPF_TESTS := $(patsubst tests/bpf/%.c,$(BUILD)/guest/%, \
	$(filter-out %.bpf.c %/failing.c $(BPF_TESTS_COMMON),$(wildcard tests/bpf/*.c)))

$(BUILD)/obj/tests/bpf/%.o: tests/bpf/%.c
	@mkdir -p $(@D)
	$(CC) $(RTI_CPPFLAGS) -Ilib -Itests/unit -Itests/device $(RTI_CFLAGS) -c -o $@ $<

$(BPF_TESTS): $(BUILD)/guest/%: $(BUILD)/obj/tests/bpf/%.o $(BPF_TESTS_SHARED) \
		$(BUILD)/lib/librtintercept.a
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) $(LDFLAGS_$*) -o $@ $^ $(LIB_LIBS) -pthread

# What the library calls goes by way of the program.
FAILING := $(shell sed -n -e 's/^FAILS.[^,]*,[^,]*, \([a-z_0-9]*\),.*/\1/p' \
	-e 's/^ALLOCATES.\([a-z_]*\),.*/\1/p' -e 's/^[a-z].*__wrap_\([a-z_]*\).*;$$/\1/p' \
	tests/bpf/failing.c)
$(BUILD)/guest/failures: $(BUILD)/obj/tests/bpf/failing.o
LDFLAGS_failures := $(FAILING:%=-Wl,--wrap=%)

# The rules that make path measures with.
$(BUILD)/guest/cost: $(BUILD)/obj/tools/bench/table.o

$(BUILD)/guest/%.bpf.o: tests/bpf/%.bpf.c tests/bpf/least.h
	@mkdir -p $(@D)
	$(BPF_CLANG) $(BPF_CFLAGS) -MF $(@:.o=.d) -c -o $@ $<

bpf-tests: $(BPF_TESTS) $(BUILD)/guest/least.bpf.o

.PHONY: bpf-tests
