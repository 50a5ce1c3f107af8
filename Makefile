# SPDX-License-Identifier: GPL-2.0-or-later
# Builds, tests and installs everything of rtintercept. `make help` lists the targets.

VERSION := 0.1.0
SOVERSION := 0

PREFIX ?= /usr/local
DESTDIR ?=
BINDIR := $(PREFIX)/bin
LIBDIR := $(PREFIX)/lib
INCLUDEDIR := $(PREFIX)/include
MANDIR := $(PREFIX)/share/man
COMPLETIONDIR := $(PREFIX)/share/bash-completion/completions
UDEVDIR := /lib/udev/rules.d
DKMS_SRC := /usr/src/rtintercept-$(VERSION)

CC ?= gcc
CFLAGS ?= -O2 -g
BUILD := build

WARN := -Wall -Wextra -Wstrict-prototypes -Wmissing-prototypes -Wshadow -Wno-unused-parameter
RTI_CPPFLAGS := -Iuapi -I. -D_GNU_SOURCE -DRTINTERCEPT_VERSION='"$(VERSION)"'
RTI_CFLAGS := -std=gnu11 $(WARN) -MMD -MP $(CFLAGS)

all: lib tools

include lib/lib.mk
include tools/tools.mk
include tools/bench/bench.mk
include tests/tests.mk
include scripts/install.mk
-include scripts/demo.mk
include scripts/bench.mk

help:
	@sed -n 's/^## //p' $(MAKEFILE_LIST)

clean:
	rm -rf $(BUILD)/obj $(BUILD)/lib $(BUILD)/bin $(BUILD)/include \
		$(BUILD)/unit $(BUILD)/bpf $(BUILD)/guest $(BUILD)/module

.PHONY: all help clean
.DELETE_ON_ERROR:
