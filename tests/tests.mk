# SPDX-License-Identifier: GPL-2.0-or-later
# Builds the unit tests and runs the tests; what there is to run is in tests/list.
#
# A unit test is tests/unit/test-NAME.c, linked with `check`. Its head may say
#	/* LINK: lib/ring.c -ludev */	sources and libraries it needs
#	/* THREADS */			run it under ThreadSanitizer too
# Each is built in variants: plain, asan (with UBSan), gcov, tsan.

## make quick      build, unit tests, house rules: seconds, no root
## make check      everything: also sanitizers, static checks, virtual machines
## make coverage   how much of the pure code the unit tests reach
## make unit       the unit tests, plain
## make cycles     falling asleep and being woken: 1,000,000 times natively, 100,000 in a VM

## make check-kernels  twelve kernels booted, every series of header packages built against
## make check-races    two things at once, ROUNDS (2000) times each
## make check-hostile  all that is wrong, hostile or refused, by itself
## make check-debug    on kernels that find memory and lock errors; builds them first
## make check-mutants  the device tests find the bugs that are put into the module
## make check-library  how much of the library its tests reach, in a copy of the tree
## make soak           mixed load for SOAK seconds (600), and memory stays flat
## make proof      puts the figures that such runs told into Documentation/testing.rst

UNIT_SRC := $(wildcard tests/unit/test-*.c)
UNIT_NAMES := $(UNIT_SRC:tests/unit/%.c=%)
UNIT_THREADED := $(patsubst tests/unit/%.c,%, \
	$(shell grep -l '^/\* THREADS \*/' $(UNIT_SRC) /dev/null))

UNIT_CPPFLAGS := $(RTI_CPPFLAGS) -Ilib -Idriver -Itools -Itests/unit
UNIT_CFLAGS := -std=gnu11 $(WARN) -Werror -g -MMD -MP -pthread
UNIT_LIBS := -lcheck -lsubunit -lm -lrt -pthread

UNIT_FLAGS_plain := -O2
UNIT_FLAGS_asan := -O1 -fno-omit-frame-pointer -fsanitize=address,undefined \
	-fno-sanitize-recover=all
UNIT_FLAGS_tsan := -O1 -fsanitize=thread
UNIT_FLAGS_gcov := -O0 --coverage -fprofile-update=atomic

unit_link = $(shell sed -n 's,^/\* LINK: \(.*\) \*/$$,\1,p' tests/unit/$(1).c)

# $(1) variant, $(2) test
define unit_rule
$(BUILD)/unit/$(1)/$(2): $(BUILD)/unit/$(1)/obj/tests/unit/$(2).o \
	$(patsubst %.c,$(BUILD)/unit/$(1)/obj/%.o,$(filter %.c,$(call unit_link,$(2))))
	$$(CC) $$(UNIT_FLAGS_$(1)) $$(LDFLAGS) -o $$@ $$^ \
		$(filter -l%,$(call unit_link,$(2))) $$(UNIT_LIBS)
unit-$(1): $(BUILD)/unit/$(1)/$(2)
endef

define unit_variant
$(BUILD)/unit/$(1)/obj/%.o: %.c
	@mkdir -p $$(@D)
	$$(CC) $$(UNIT_CPPFLAGS) $$(UNIT_CFLAGS) $$(UNIT_FLAGS_$(1)) -c -o $$@ $$<
$(foreach t,$(2),$(eval $(call unit_rule,$(1),$(t))))
.PHONY: unit-$(1)
unit-$(1):
endef

$(eval $(call unit_variant,plain,$(UNIT_NAMES)))
$(eval $(call unit_variant,asan,$(UNIT_NAMES)))
$(eval $(call unit_variant,gcov,$(UNIT_NAMES)))
$(eval $(call unit_variant,tsan,$(UNIT_THREADED)))

unit-all: unit-plain unit-asan unit-gcov unit-tsan

unit: unit-plain
	@tests/run unit

coverage: unit-gcov
	@tests/coverage

# Programs that run in a virtual machine: each tests/device/test-NAME.c with what
# they share, and one that uses nothing but the uAPI header.
DEVICE_SRC := $(wildcard tests/device/test-*.c)
CALLS_SRC := $(wildcard tests/device/fuzz-*.c)
DEVICE_BIN := $(DEVICE_SRC:tests/device/%.c=$(BUILD)/guest/%)
DEVICE_OBJ := $(patsubst %.c,$(BUILD)/obj/%.o, \
	$(filter-out $(DEVICE_SRC) $(CALLS_SRC) tests/device/uapi-only.c, \
		$(wildcard tests/device/*.c)))

$(BUILD)/obj/tests/device/%.o: tests/device/%.c
	@mkdir -p $(@D)
	$(CC) $(RTI_CPPFLAGS) -Ilib -Itests/unit -Itests/device $(RTI_CFLAGS) -c -o $@ $<

$(DEVICE_BIN): $(BUILD)/guest/%: $(BUILD)/obj/tests/device/%.o $(DEVICE_OBJ) \
		$(BUILD)/lib/librtintercept.a
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) -o $@ $^ $(LIB_LIBS) -pthread

$(BUILD)/guest/uapi-only: tests/device/uapi-only.c uapi/linux/rtintercept.h
	@mkdir -p $(@D)
	$(CC) -Iuapi $(RTI_CFLAGS) -o $@ $<

# The fuzzer of calls: what it must reach is in the kernel, which tells it.
$(BUILD)/guest/fuzz-calls: $(CALLS_SRC:%.c=$(BUILD)/obj/%.o) $(DEVICE_OBJ) \
		$(BUILD)/lib/librtintercept.a
	@mkdir -p $(@D)
	$(FUZZ_CC) $(LDFLAGS) -fsanitize=fuzzer -o $@ $^ $(LIB_LIBS) -pthread

-include tests/bpf/bpf-tests.mk
-include tests/fuzz/fuzz.mk

guest: $(DEVICE_BIN) $(BUILD)/guest/fuzz-calls $(BUILD)/guest/uapi-only

quick:
	@$(MAKE) --no-print-directory -s -j$$(nproc) all unit-plain
	@tests/run unit drift abi

check:
	@tests/check

cycles:
	@tests/cycles native
	@tests/cycles 6.1

# What is too long for `make check`: tiers of tests/list, by themselves.
ALSO_debug := coverage-module
LARGER := kernels races hostile debug mutants library
ROUNDS ?= 2000
SOAK ?= 600
FUZZ ?= 300
export ROUNDS SOAK FUZZ

$(LARGER:%=check-%): check-%:
	@scripts/deps --for build --for check --for vm
	@tests/proof run "make $@" $* $(ALSO_$*)

soak:
	@tests/proof run "make soak" soak

proof:
	@tests/proof merge

-include $(shell find $(BUILD)/unit $(BUILD)/obj/tests -name '*.d' 2>/dev/null)

.PHONY: cycles unit unit-all coverage guest quick check proof soak \
	$(LARGER:%=check-%)
.SECONDARY:
