# SPDX-License-Identifier: GPL-2.0-or-later
# The programs of tests/bpf, which run on this machine and in a virtual one.

BPF_TESTS := $(BUILD)/guest/corpus
BPF_TESTS_SHARED := $(patsubst %,$(BUILD)/obj/tests/bpf/%.o,session arrivals test-run) \
	$(DEVICE_OBJ)

$(BUILD)/obj/tests/bpf/%.o: tests/bpf/%.c
	@mkdir -p $(@D)
	$(CC) $(RTI_CPPFLAGS) -Ilib -Itests/unit -Itests/device $(RTI_CFLAGS) -c -o $@ $<

$(BPF_TESTS): $(BUILD)/guest/%: $(BUILD)/obj/tests/bpf/%.o $(BPF_TESTS_SHARED) \
		$(BUILD)/lib/librtintercept.a
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) -o $@ $^ $(LIB_LIBS) -pthread

bpf-tests: $(BPF_TESTS)

.PHONY: bpf-tests
