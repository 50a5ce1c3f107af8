# SPDX-License-Identifier: GPL-2.0-or-later
# The fuzzers: each tests/fuzz/fuzz-NAME.c with clang's libFuzzer and sanitizers.
# As of a unit test its head may say what it needs: LINK: lib/ring.c

## make fuzz       fuzz for SECONDS (60) in all; adds to build/results/fuzz.json

SECONDS ?= 60
FUZZ_CC := clang
FUZZ_SRC := $(wildcard tests/fuzz/fuzz-*.c)
FUZZ_NAMES := $(FUZZ_SRC:tests/fuzz/%.c=%)
FUZZ_FLAGS := -O2 -g -fsanitize=fuzzer-no-link,address,undefined \
	-fno-sanitize-recover=all

fuzz_link = $(shell sed -n 's,^/\* LINK: \(.*\) \*/$$,\1,p' tests/fuzz/$(1).c)

$(BUILD)/fuzz/obj/%.o: %.c
	@mkdir -p $(@D)
	$(FUZZ_CC) -Itests/fuzz $(UNIT_CPPFLAGS) -std=gnu11 -MMD -MP -w $(FUZZ_FLAGS) \
		-c -o $@ $<

define fuzz_rule
$(BUILD)/fuzz/$(1): $(BUILD)/fuzz/obj/tests/fuzz/$(1).o \
		$(patsubst %.c,$(BUILD)/fuzz/obj/%.o,$(call fuzz_link,$(1)))
	$$(FUZZ_CC) -fsanitize=fuzzer,address,undefined -o $$@ $$^ \
		-lcheck -lsubunit -lm -lrt -pthread
endef
$(foreach t,$(FUZZ_NAMES),$(eval $(call fuzz_rule,$(t))))

fuzzers: $(FUZZ_NAMES:%=$(BUILD)/fuzz/%)

fuzz: fuzzers
	@tests/fuzz/run "$(SECONDS)"

-include $(shell find $(BUILD)/fuzz -name '*.d' 2>/dev/null)

.PHONY: fuzzers fuzz
