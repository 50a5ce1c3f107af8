# SPDX-License-Identifier: GPL-2.0-or-later
# The library: build/lib/librtintercept.so and .a, its pkg-config file, its headers
# in build/include. With lib/xdp.c comes the XDP backend and what it needs.

## make lib        librtintercept, shared and static

comma := ,
LIB_SRC := $(filter-out lib/xdp%,$(wildcard lib/*.c))
LIB_LIBS := -ludev
LIB_CPPFLAGS := $(RTI_CPPFLAGS)

-include driver/bpf/bpf.mk

ifneq ($(wildcard lib/xdp.c),)
LIB_SRC += $(wildcard lib/xdp*.c)
LIB_LIBS += -lxdp -lbpf
LIB_CPPFLAGS += -DRTI_HAVE_XDP -I$(BUILD)/bpf
LIB_REQUIRES_XDP := libxdp libbpf
endif

# No symbol may be left open, but those that a sanitizer brings with the program.
LIB_COMPLETE := $(if $(findstring -fsanitize,$(CFLAGS)),,-Wl$(comma)-z$(comma)defs)
LIB_OBJ := $(LIB_SRC:%.c=$(BUILD)/obj/%.o)
LIB_SO := $(BUILD)/lib/librtintercept.so.$(SOVERSION)
LIB_A := $(BUILD)/lib/librtintercept.a
LIB_PC := $(BUILD)/lib/pkgconfig/librtintercept.pc
LIB_HEADERS := $(BUILD)/include/rtintercept.h $(BUILD)/include/linux/rtintercept.h

lib: $(LIB_SO) $(LIB_A) $(LIB_PC) $(LIB_HEADERS)

$(BUILD)/obj/lib/%.o: lib/%.c
	@mkdir -p $(@D)
	$(CC) $(LIB_CPPFLAGS) $(CPPFLAGS) $(RTI_CFLAGS) -fPIC -fvisibility=hidden \
		-c -o $@ $<

# Whether there is an XDP backend is known to this one.
$(BUILD)/obj/lib/session.o: $(wildcard lib/xdp.c)

# The skeleton is generated: it must be there before the first dependency file is.
$(filter $(BUILD)/obj/lib/xdp%,$(LIB_OBJ)): | $(BUILD)/bpf/rtintercept.skel.h

$(LIB_SO): $(LIB_OBJ) lib/librtintercept.map
	@mkdir -p $(@D)
	$(CC) -shared $(CFLAGS) -Wl,-soname,$(@F) -Wl,-z,relro,-z,now \
		$(LIB_COMPLETE) -Wl,--version-script=lib/librtintercept.map \
		$(LDFLAGS) \
		-o $@ $(LIB_OBJ) $(LIB_LIBS)
	ln -sf $(@F) $(BUILD)/lib/librtintercept.so

$(LIB_A): $(LIB_OBJ)
	@mkdir -p $(@D)
	rm -f $@
	$(AR) rcs $@ $^

$(LIB_PC): lib/librtintercept.pc.in Makefile lib/lib.mk $(wildcard lib/xdp.c)
	@mkdir -p $(@D)
	sed -e 's,@PREFIX@,$(PREFIX),' -e 's,@LIBDIR@,$(LIBDIR),' \
		-e 's,@INCLUDEDIR@,$(INCLUDEDIR),' -e 's,@VERSION@,$(VERSION),' \
		-e 's/@REQUIRES@/$(strip libudev $(LIB_REQUIRES_XDP))/' $< >$@

$(BUILD)/include/rtintercept.h: lib/rtintercept.h
	@mkdir -p $(@D)
	cp $< $@

$(BUILD)/include/linux/rtintercept.h: uapi/linux/rtintercept.h
	@mkdir -p $(@D)
	cp $< $@

-include $(LIB_OBJ:.o=.d)

.PHONY: lib
