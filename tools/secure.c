/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Secure Boot, lockdown and module.sig_enforce. */
#include <stdio.h>
#include <string.h>

#include "secure.h"

#define SIG_ENFORCE	"/sys/module/module/parameters/sig_enforce"
#define LOCKDOWN	"/sys/kernel/security/lockdown"
/* UEFI specification: the global variable SecureBoot, 4 bytes of attributes first. */
#define SECURE_BOOT	"/sys/firmware/efi/efivars/" \
			"SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"

/* The begin of a file, NUL-terminated. Return: bytes read. */
static size_t read_begin(const char *path, char *text, size_t bytes)
{
	FILE *f = fopen(path, "r");
	size_t n = 0;

	if (f) {
		n = fread(text, 1, bytes - 1, f);
		fclose(f);
	}
	text[n] = '\0';
	return n;
}

/* What keeps unsigned modules out. NULL: nothing that can be seen from here. */
const char *secure_reason(void)
{
	char text[128];

	if (read_begin(SIG_ENFORCE, text, sizeof(text)) && text[0] == 'Y')
		return "module.sig_enforce";
	if (read_begin(LOCKDOWN, text, sizeof(text)) && strchr(text, '[') &&
	    !strstr(text, "[none]"))
		return "kernel lockdown";
	if (read_begin(SECURE_BOOT, text, sizeof(text)) == 5 && text[4] == 1)
		return "Secure Boot";
	return NULL;
}
