# SPDX-License-Identifier: GPL-2.0-or-later
# rtintercept-bench: build/bin/rtintercept-bench, linked with the static library,
# so that its hot loop pays for no indirect call.

## make bench      rtintercept-bench

# What the command has, too.
BENCH_SRC := $(wildcard tools/bench/*.c) tools/realtime.c tools/stamp.c
BENCH_OBJ := $(BENCH_SRC:%.c=$(BUILD)/obj/%.o)
BENCH_BIN := $(BUILD)/bin/rtintercept-bench

bench: $(BENCH_BIN)

tools: bench

$(BUILD)/obj/tools/bench/%.o: tools/bench/%.c
	@mkdir -p $(@D)
	$(CC) $(RTI_CPPFLAGS) -Ilib $(CPPFLAGS) $(RTI_CFLAGS) -pthread -c -o $@ $<

$(BENCH_BIN): $(BENCH_OBJ) $(LIB_A)
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) -pthread -o $@ $(BENCH_OBJ) $(LIB_A) $(LIB_LIBS) -ljson-c -lm

-include $(BENCH_OBJ:.o=.d)

.PHONY: bench
