/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Making a record: room in the ring, metadata, the packet's bytes. Part of
 * rtintercept.bpf.c, which has the maps and includes it once.
 *
 * The verifier wants each access to have a size known in advance, and a packet
 * has any. Two ways lead there, both with exactly the room that is needed:
 *
 * - A capture of 64, 128, 256, 512 or 1024 bytes, which is what rules with a
 *   snap length ask for, is reserved with that constant: bpf_ringbuf_reserve().
 * - Any other length is reserved through a dynptr, and filled by two pieces of
 *   the greatest power of two that fits, one from the front and one from the
 *   back; they overlap in the middle. Each needs a constant size only.
 *
 * Bytes at hand are copied eight at a time in unrolled code, which beats the
 * call of bpf_xdp_load_bytes() up to RTI_DIRECT_BYTES; measured.
 *
 * A commit waits until all stores before it are in this CPU's cache. The lines
 * that they go to were last touched a whole ring ago, so they come from memory,
 * one after the other; unless they have been fetched ahead: fetch_next().
 */
#ifndef RTI_BPF_RECORD_H
#define RTI_BPF_RECORD_H

#define RTI_DIRECT_BYTES	1024U

/* Fetched ahead at most: a packet of 512 bytes, whole. */
#define RTI_FETCH_BYTES		704U

/**
 * struct rti_packet - one packet on its way through the program
 * @ctx: as the kernel gave it
 * @time_ns: T1
 * @seq: sequence number of its record
 * @frags: may consist of several buffers
 * @captured: bytes to record
 * @verdict: what becomes of it, RTINTERCEPT_VERDICT_*
 * @place: its record in the ring
 * @key: as parsed
 */
struct rti_packet {
	struct xdp_md *ctx;
	__u64 time_ns;
	__u64 seq;
	int frags;
	__u32 captured;
	__u32 verdict;
	const struct rtintercept_record *place;
	struct rti_key key;
};

/* How this interface is attached; the first entry is nearly always the one. */
static __always_inline __u8 hook_of(__u32 ifindex)
{
	__u32 i;

	for (i = 0; i < RTI_XDP_ATTACHMENTS; i++)
		if (rti_session.attachment[i].ifindex == ifindex)
			return (__u8)rti_session.attachment[i].hook;
	return RTINTERCEPT_HOOK_AUTO;
}

/* All of @r but its data; no byte of it is left as it was. */
static __always_inline void fill(struct rtintercept_record *r,
				 const struct rti_packet *packet,
				 const struct rti_matcher *m)
{
	const struct rti_key *key = &packet->key;
	const __u32 ifindex = packet->ctx->ingress_ifindex;

	r->seq = packet->seq;
	r->time_ns = packet->time_ns;
	r->hw_time_ns = 0;
	r->ifindex = ifindex;
	r->rule_id = m->rule_id;
	r->wire_bytes = key->wire_bytes;
	r->captured_bytes = packet->captured;
	r->flags = key->flags | RTINTERCEPT_RECORD_RX_QUEUE |
		   (packet->captured < key->wire_bytes ?
		    RTINTERCEPT_RECORD_TRUNCATED : 0);
	r->flow_hash = 0;
	r->rx_queue = (__u16)packet->ctx->rx_queue_index;
	r->vlan_tci = key->vlan_tci;
	r->vlan_proto = key->vlan_proto;
	r->l3_offset = key->l3_offset;
	r->l4_offset = key->l4_offset;
	r->payload_offset = key->payload_offset;
	r->gso_bytes = 0;
	r->gso_segs = 0;
	r->verdict = (__u8)packet->verdict;
	r->hook = hook_of(ifindex);
	memset(r->__reserved, 0, sizeof(r->__reserved));
}

/* @bytes, a power of two known to the compiler, from @offset of the packet. */
static __always_inline int copy(struct rti_packet *packet, __u32 offset,
				__u8 *to, const __u32 bytes)
{
	const __u8 *from = (const __u8 *)(long)packet->ctx->data + offset;
	const __u8 *end = (const __u8 *)(long)packet->ctx->data_end;
	__u32 i;

	if (bytes > RTI_DIRECT_BYTES ||
	    (packet->frags && from + bytes > end))
		return (int)bpf_xdp_load_bytes(packet->ctx, offset, to, bytes);
	if (from + bytes > end)
		return -1;
	if (bytes < 8) {
		memcpy(to, from, bytes);
		return 0;
	}
#pragma unroll
	for (i = 0; i < bytes; i += 8)
		*(__u64 *)(to + i) = *(const __u64 *)(from + i);
	return 0;
}

/*
 * For fetch_next(). To the verifier the pointer ends with the commit, but a helper
 * may read the number where it lies on the stack: so it must lie there before, as
 * the compiler believes when something else has its address.
 */
static __always_inline void remember(struct rti_packet *packet,
				     const struct rtintercept_record *r)
{
	const void *address = &packet->place;

	packet->place = r;
	rti_keep(address);
}

/*
 * Behind the commit, when nobody waits. The next record lies behind this one, and
 * is likely to be as long. It may be unread by now, or another CPU's: what is
 * fetched is not looked at. Last comes the header of this one, which the next
 * reserve will look at: a reader that spins has taken its line away by now.
 */
static __always_inline void fetch_next(const struct rti_packet *packet)
{
	const __u64 bytes = rti_xdp_room(packet->captured);
	__u64 at = 0, word;
	__u32 i;

	if (!rti_reads)
		return;
	bpf_probe_read_kernel(&at, sizeof(at), &packet->place);
	at += bytes - sizeof(struct rtintercept_ring_header);
#pragma unroll
	for (i = 0; i < RTI_FETCH_BYTES; i += RTI_LINE_BYTES)
		if (i < bytes + RTI_LINE_BYTES)
			bpf_probe_read_kernel(&word, sizeof(word),
					      (const void *)(at + i));
	bpf_probe_read_kernel(&word, sizeof(word), (const void *)(at - bytes));
}

/* A capture of just @bytes, known to the compiler. 0, or -1: no room. */
static __always_inline int record_exact(struct rti_packet *packet,
					const struct rti_matcher *m,
					const __u32 bytes)
{
	struct rtintercept_record *r;

	r = bpf_ringbuf_reserve(&rti_ring, sizeof(*r) + bytes, 0);
	if (!r)
		return -1;
	if (copy(packet, 0, r->data, bytes)) {
		bpf_ringbuf_discard(r, BPF_RB_NO_WAKEUP);
		return -1;
	}
	fill(r, packet, m);
	remember(packet, r);
	bpf_ringbuf_submit(r, BPF_RB_NO_WAKEUP);
	return 0;
}

/*
 * The packet's bytes, where @bytes <= packet->captured <= 2 * @bytes. Returns
 * the record, its other members still to be filled in, or NULL.
 */
static __always_inline struct rtintercept_record *
pieces(struct rti_packet *packet, struct bpf_dynptr *room, const __u32 bytes)
{
	__u32 offset = packet->captured - bytes;
	struct rtintercept_record *r;
	__u8 *to;

	rti_keep(offset);
	r = bpf_dynptr_data(room, 0, sizeof(*r) + bytes);
	if (!r || copy(packet, 0, r->data, bytes))
		return NULL;
	if (!offset)
		return r;
	if (offset > bytes)
		return NULL;
	to = bpf_dynptr_data(room, sizeof(*r) + offset, bytes);
	return to && !copy(packet, offset, to, bytes) ? r : NULL;
}

static __always_inline struct rtintercept_record *
any_pieces(struct rti_packet *packet, struct bpf_dynptr *room)
{
	const __u32 captured = packet->captured;

	if (captured < 16) {
		return captured >= 8 ? pieces(packet, room, 8) :
		       captured >= 4 ? pieces(packet, room, 4) :
		       captured >= 2 ? pieces(packet, room, 2) :
		       captured ? pieces(packet, room, 1) :
		       bpf_dynptr_data(room, 0, sizeof(struct rtintercept_record));
	}
	if (captured < 2048) {
		return captured >= 1024 ? pieces(packet, room, 1024) :
		       captured >= 512 ? pieces(packet, room, 512) :
		       captured >= 256 ? pieces(packet, room, 256) :
		       captured >= 128 ? pieces(packet, room, 128) :
		       captured >= 64 ? pieces(packet, room, 64) :
		       captured >= 32 ? pieces(packet, room, 32) :
		       pieces(packet, room, 16);
	}
	return captured < 4096 ? pieces(packet, room, 2048) :
	       captured < 8192 ? pieces(packet, room, 4096) :
	       captured < 16384 ? pieces(packet, room, 8192) :
	       captured < 32768 ? pieces(packet, room, 16384) :
	       pieces(packet, room, 32768);
}

/* A capture of any length. 0, or -1: no room. */
static __always_inline int record_any(struct rti_packet *packet,
				      const struct rti_matcher *m)
{
	struct rtintercept_record *r = NULL;
	struct bpf_dynptr room;
	long err;

	err = bpf_ringbuf_reserve_dynptr(&rti_ring,
					 sizeof(*r) + packet->captured, 0, &room);
	if (!err)
		r = any_pieces(packet, &room);
	if (!r) {
		bpf_ringbuf_discard_dynptr(&room, BPF_RB_NO_WAKEUP);
		return -1;
	}
	fill(r, packet, m);
	remember(packet, r);
	bpf_ringbuf_submit_dynptr(&room, BPF_RB_NO_WAKEUP);
	return 0;
}

/**
 * record() - hand the reader a record of this packet
 * @packet: parsed; @packet->seq and @packet->captured are set here
 * @m: the rule it matched
 *
 * The sequence number advances whatever the outcome, so that a drop is a gap. It
 * is taken first: an atomic operation waits for all stores before it, and those
 * of the reserve go to cache lines that the reader holds.
 *
 * Return: 0, or -1 there was no room.
 */
static __always_inline int record(struct rti_packet *packet,
				  const struct rti_matcher *m)
{
	__u32 captured = packet->key.wire_bytes;

	if (captured > m->snap_bytes)
		captured = m->snap_bytes;
	if (captured > RTI_XDP_SNAP_MAX)
		captured = RTI_XDP_SNAP_MAX;
	packet->captured = captured;
	packet->seq = __sync_fetch_and_add(&rti_session.next_seq, 1);
	switch (captured) {
	case 64: return record_exact(packet, m, 64);
	case 128: return record_exact(packet, m, 128);
	case 256: return record_exact(packet, m, 256);
	case 512: return record_exact(packet, m, 512);
	case 1024: return record_exact(packet, m, 1024);
	default: return record_any(packet, m);
	}
}

#endif /* RTI_BPF_RECORD_H */
