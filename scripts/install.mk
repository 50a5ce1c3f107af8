# SPDX-License-Identifier: GPL-2.0-or-later
# Installation, below DESTDIR and PREFIX. With a DESTDIR only files are written:
# the group, the caches and dkms are then the business of whoever packs them.

## make install         library, tools, manual pages, completion, udev rule
## make uninstall       take them away again; the group stays
## make dkms-install    the module for this kernel and all that come, by dkms; takes
##                      the place of an earlier version
## make dkms-uninstall  take it away again
##   DESTDIR=/tmp/x     install there; PREFIX=/usr instead of /usr/local;
##   KVER=6.1.0-1-amd64 dkms-install for another kernel than the running one

INSTALL ?= install
PKGCONFIGDIR := $(LIBDIR)/pkgconfig
LIB_DEV := librtintercept.so
MAN_PAGES := $(wildcard Documentation/man/*.[1-8])
TOOL_BINS := rtintercept-ctl rtintercept-bench
# Directories that an installation may have made: they go if nothing else is in them.
INSTALL_DIRS := $(PKGCONFIGDIR) $(INCLUDEDIR)/linux $(MANDIR)/man1 $(MANDIR)/man3 \
	$(MANDIR)/man4 $(COMPLETIONDIR) $(patsubst %/,%,$(dir $(COMPLETIONDIR)))

install: all
	$(INSTALL) -d $(DESTDIR)$(BINDIR) $(DESTDIR)$(PKGCONFIGDIR) \
		$(DESTDIR)$(INCLUDEDIR)/linux $(DESTDIR)$(COMPLETIONDIR) \
		$(DESTDIR)$(UDEVDIR)
	for f in $(TOOL_BINS); do \
		$(INSTALL) -m 755 $(BUILD)/bin/$$f $(DESTDIR)$(BINDIR)/ || exit; \
	done
	$(INSTALL) -m 755 $(LIB_SO) $(DESTDIR)$(LIBDIR)/
	ln -sf $(notdir $(LIB_SO)) $(DESTDIR)$(LIBDIR)/$(LIB_DEV)
	$(INSTALL) -m 644 $(LIB_A) $(DESTDIR)$(LIBDIR)/
	$(INSTALL) -m 644 $(LIB_PC) $(DESTDIR)$(PKGCONFIGDIR)/
	$(INSTALL) -m 644 lib/rtintercept.h $(DESTDIR)$(INCLUDEDIR)/
	$(INSTALL) -m 644 uapi/linux/rtintercept.h $(DESTDIR)$(INCLUDEDIR)/linux/
	for f in $(MAN_PAGES); do \
		$(INSTALL) -D -m 644 $$f $(DESTDIR)$(MANDIR)/man$${f##*.}/$${f##*/} \
			|| exit; \
	done
	for t in $(TOOL_BINS); do \
		$(INSTALL) -m 644 tools/$$t.bash \
			$(DESTDIR)$(COMPLETIONDIR)/$$t || exit; \
	done
	$(INSTALL) -m 644 udev/60-rtintercept.rules $(DESTDIR)$(UDEVDIR)/
ifeq ($(DESTDIR),)
	getent group rtintercept >/dev/null || groupadd -r rtintercept
	ldconfig
# udev looks the group up when it reads its rules.
	! command -v udevadm >/dev/null || udevadm control --reload || :
endif

uninstall:
	rm -f $(TOOL_BINS:%=$(DESTDIR)$(BINDIR)/%) \
		$(DESTDIR)$(LIBDIR)/$(notdir $(LIB_SO)) \
		$(DESTDIR)$(LIBDIR)/$(LIB_DEV) \
		$(DESTDIR)$(LIBDIR)/$(notdir $(LIB_A)) \
		$(DESTDIR)$(PKGCONFIGDIR)/$(notdir $(LIB_PC)) \
		$(DESTDIR)$(INCLUDEDIR)/rtintercept.h \
		$(DESTDIR)$(INCLUDEDIR)/linux/rtintercept.h \
		$(foreach f,$(notdir $(MAN_PAGES)),\
			$(DESTDIR)$(MANDIR)/man$(lastword $(subst ., ,$(f)))/$(f)) \
		$(TOOL_BINS:%=$(DESTDIR)$(COMPLETIONDIR)/%) \
		$(DESTDIR)$(UDEVDIR)/60-rtintercept.rules
	for d in $(INSTALL_DIRS); do \
		[ ! -d $(DESTDIR)$$d ] || \
			rmdir --ignore-fail-on-non-empty $(DESTDIR)$$d || exit; \
	done
ifeq ($(DESTDIR),)
	ldconfig
	! command -v udevadm >/dev/null || udevadm control --reload || :
endif

# What kbuild needs, and nothing else.
dkms-install:
	$(INSTALL) -d $(DESTDIR)$(DKMS_SRC)/driver $(DESTDIR)$(DKMS_SRC)/uapi/linux
	$(INSTALL) -m 644 Kbuild Makefile dkms.conf $(DESTDIR)$(DKMS_SRC)/
	$(INSTALL) -m 644 $(wildcard driver/*.[ch]) $(DESTDIR)$(DKMS_SRC)/driver/
	$(INSTALL) -m 644 $(wildcard uapi/linux/*.h) \
		$(DESTDIR)$(DKMS_SRC)/uapi/linux/
ifeq ($(DESTDIR),)
	scripts/dkms install $(VERSION) $(KVER)
endif

dkms-uninstall:
ifeq ($(DESTDIR),)
	scripts/dkms remove
endif
	rm -rf $(DESTDIR)$(DKMS_SRC)

.PHONY: install uninstall dkms-install dkms-uninstall
