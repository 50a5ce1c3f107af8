# SPDX-License-Identifier: GPL-2.0-or-later
# The results of rtintercept-bench reply, in one object for $environment. Inputs: what
# was there, instructions (or null), idle, loaded.
def share($percentile): (.reply[$percentile] / .socket[$percentile] * 10000 | round) / 10000;
def times: {bytes, load, socket, reader, reply, reply_record,
	p50_reply_of_socket: share("p50"), p99_reply_of_socket: share("p99"),
	p99_reader_of_socket: ((.reader.p99 / .socket.p99 * 10000 | round) / 10000)};
def insns: if . == null then null else
	{socket: .socket.from_hook, reader: .reader.from_hook, reply: .reply.from_hook,
	reply_record: .reply_record.from_hook, bytes,
	reply_of_socket: ((.reply.from_hook / .socket.from_hook * 10000 | round) / 10000)}
	end;
.[0] + {($environment): {kernel: .[2].kernel, instructions: (.[1] | insns),
	idle: (.[2] | times), loaded: (.[3] | times)}}
