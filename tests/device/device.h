/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the device tests share: the device by its bare ioctls, the network that
 * tests/device/guest sets up, packets sent over it, sockets that receive them.
 *
 * The network: `here` is the interface that packets arrive on, in the initial
 * namespace; `there` is the other end of the cable, in namespace "peer".
 */
#ifndef RTI_DEVICE_DEVICE_H
#define RTI_DEVICE_DEVICE_H

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <rtintercept.h>

#include "tap.h"
#include "packet.h"

#define HERE		"here"
#define THERE		"there"
#define PEER		"peer"
#define RING_BYTES	(1U << 20)
#define MS		1000000LL

/* ---- the bare device: device.c ---- */

int dev_open(void);
int dev_ioctl(int fd, unsigned long cmd, void *arg);
__u32 index_of(const char *ifname);
int dev_attach(int fd, const char *ifname, __u32 hook);
int dev_ring(int fd, __u64 bytes, struct rtintercept_ring_setup *setup);
int dev_rule(int fd, struct rtintercept_rule *rule);
int dev_stats(int fd, struct rtintercept_stats *stats);
int dev_start(int fd);
int dev_stop(int fd);
int answer_known(int err);

/* What of a session a refused call must leave as it was. */
struct dev_state {
	__u64 state, rules, attachments, ring_bytes, generation;
};

struct dev_state dev_state(int fd);

/* ---- sessions through the library: session.c ---- */

struct rtintercept_rule rule_udp(__u16 port);
struct rtintercept *session_open(const char *ifname, __u32 hook, __u64 ring_bytes);
void session_rule(struct rtintercept *rti, struct rtintercept_rule rule);
const struct rtintercept_record *session_next(struct rtintercept *rti);
int session_drain(struct rtintercept *rti);
int sums_are_right(const struct rtintercept_stats *s);
void books_close(struct rtintercept *rti, const char *name);
void session_close(struct rtintercept *rti, const char *name);

/* ---- set up for real time: steady.c ---- */

void steady(struct rtintercept *rti, int raw, __u16 port);

/* ---- what ends a wait: ends.c ---- */

void ends(struct rtintercept *(*open)(void), int raw, __u16 port);

/* ---- sleeping and being woken: cycles.c, by io_uring: uring.c ---- */

void cycles(struct rtintercept *rti, int raw, __u16 port);
int uring_open(void);
int uring_poll(int fd, int timeout_ms);
void uring_close(void);

/* ---- the network: net.c ---- */

int netns_enter(const char *name);
void netns_leave(int fd);
void stay_on_cpu(int cpu);
int raw_open(const char *netns, const char *ifname);
void raw_send(int fd, struct packet *p);
void packet_checksum(struct packet *p);
void packet_to_here(struct packet *p, __u16 port, __u32 payload);
int udp_open(const char *netns, __u16 port);
void udp_send(int fd, __u16 port, const void *data, __u32 bytes);
int udp_receive(int fd, void *data, __u32 bytes, int timeout_ms);
int run(const char *format, ...) __attribute__((format(printf, 1, 2)));
void sleep_ms(int ms);
__u64 now_ns(void);
__u64 setting(const char *name, __u64 otherwise);

#endif /* RTI_DEVICE_DEVICE_H */
