/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Requests, what their answers must be, and the frames that come back: answers.c. */
#ifndef RTI_DEVICE_ANSWERS_H
#define RTI_DEVICE_ANSWERS_H

#include "device.h"
#include "sums.h"

#define PORT		7001	/* what the rules answer */
#define BYSTANDER	7002
#define FAST		1000000	/* a rate that no test reaches */

/* A frame as it came: tags in place, and is its checksum to be computed yet? */
struct arrival {
	__u8 data[PACKET_MAX];
	__u32 bytes;
	int partial;
	int outgoing;
};

/* Rules and replies. */
struct rtintercept_reply_set reply_echo(__u32 rate_pps);
struct rtintercept_reply_set reply_text(const char *text, __u32 rate_pps);
struct rtintercept_rule rule_reply(__u16 port, __u32 reply_id);
struct rtintercept *answering(__u32 hook, struct rtintercept_reply_set reply,
			      __u32 flags);

/* Requests, from the peer to here, whole and with right checksums. */
void request_here(struct packet *p, __u8 family, __u32 payload);
void request_tagged(struct packet *p, __u16 outer, __u16 inner, __u32 payload);

/* The backend's answers are frames as long as their requests, as XDP's are. */
extern int answers_keep_length;

/* What must come back: the request turned, with these bytes. */
void answer_of(struct packet *p, const void *payload, __u32 bytes);

/* Frames on an interface, this one's own included. */
int listen_open(const char *netns, const char *ifname);
int listen_next(int fd, struct arrival *a, int timeout_ms);
int same_frame(const struct arrival *a, const struct packet *p);
int answer_arrives(int fd, const struct packet *expected);
int silence(int fd);
void drain(int fd);

#endif /* RTI_DEVICE_ANSWERS_H */
