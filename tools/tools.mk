# SPDX-License-Identifier: GPL-2.0-or-later
# The tools: build/bin/rtintercept-ctl, linked with the library of this tree.

## make tools      rtintercept-ctl, rtintercept-bench

# The histogram is the bench's.
CTL_SRC := $(wildcard tools/*.c tools/doctor/*.c tools/latency/*.c) \
	tools/bench/hist.c
CTL_OBJ := $(CTL_SRC:%.c=$(BUILD)/obj/%.o)
CTL := $(BUILD)/bin/rtintercept-ctl

tools: $(CTL)

$(BUILD)/obj/tools/%.o: tools/%.c
	@mkdir -p $(@D)
	$(CC) $(RTI_CPPFLAGS) -Ilib -Itools $(CPPFLAGS) $(RTI_CFLAGS) -c -o $@ $<

# Found beside the program, in the build tree and when installed alike.
$(CTL): $(CTL_OBJ) $(LIB_SO)
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(LDFLAGS) -pthread -Wl,-rpath,'$$ORIGIN/../lib' -o $@ $(CTL_OBJ) \
		-L$(BUILD)/lib -lrtintercept -ljson-c -lkmod -lpcap

-include $(CTL_OBJ:.o=.d)

.PHONY: tools
