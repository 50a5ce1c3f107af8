/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel's receive time stamps of a socket, in CLOCK_MONOTONIC. */
#ifndef STAMP_H
#define STAMP_H

#include <stdint.h>
#include <sys/socket.h>
#include <time.h>

/* Room for struct msghdr's @msg_control. */
#define STAMP_CONTROL_BYTES	CMSG_SPACE(sizeof(struct timespec))

int stamp_ask(int fd);
int64_t stamp_offset_ns(void);
uint64_t stamp_ns(struct msghdr *message, int64_t offset_ns);

#endif /* STAMP_H */
