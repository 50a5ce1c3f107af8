/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Makes the calling thread's n-th allocation or copy fail: the kernel's fail-nth. */
#include "device.h"
#include "faults.h"

#define DEBUG		"/sys/kernel/debug/"

static int nth_fd;

static int tell(const char *file, const char *what)
{
	int at = open(file, O_WRONLY), bytes;

	if (at < 0)
		return -1;
	bytes = (int)write(at, what, strlen(what));
	close(at);
	return bytes > 0 ? 0 : -1;
}

/* Memory that may be waited for fails too; of each failure nothing is printed. */
int faults_set_up(void)
{
	nth_fd = open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC);
	if (nth_fd < 0)
		return -1;
	return tell(DEBUG "failslab/ignore-gfp-wait", "N") |
	       tell(DEBUG "failslab/verbose", "0") |
	       tell(DEBUG "fail_page_alloc/ignore-gfp-wait", "N") |
	       tell(DEBUG "fail_page_alloc/ignore-gfp-highmem", "N") |
	       tell(DEBUG "fail_page_alloc/min-order", "0") |
	       tell(DEBUG "fail_page_alloc/verbose", "0") |
	       tell(DEBUG "fail_usercopy/verbose", "0");
}

void faults_arm(int nth)
{
	char text[16];
	int bytes = snprintf(text, sizeof(text), "%d", nth);

	if (pwrite(nth_fd, text, (size_t)bytes, 0) != bytes)
		puts("Bail out! fail-nth cannot be set"), exit(1);
}

/* Has something failed since? Looking may fail in its stead: then nothing had. */
int faults_disarm(void)
{
	char text[16] = { 0 };
	int left = pread(nth_fd, text, sizeof(text) - 1, 0) > 0 ? atoi(text) : 1;

	while (pwrite(nth_fd, "0", 1, 0) != 1)
		;
	return left == 0;
}
