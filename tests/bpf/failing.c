/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the library asks of the system: the linker puts this in between (bpf-tests.mk).
 */
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "failing.h"

struct failing failing;

static int fails(const char *name, int error)
{
	if (!failing.point || --failing.point)
		return 0;
	failing.injected = error;
	failing.failed = name;
	errno = error;
	return 1;
}

/* FAILS(what it returns then, an int, errno, name, parameters, arguments) */
#define FAILS(_failure, _errno, _name, _parameters, _arguments)		\
extern __typeof__(_name) __real_##_name, __wrap_##_name;		\
int __wrap_##_name _parameters						\
{									\
	const int injected = fails(#_name, _errno);			\
									\
	return injected ? _failure : __real_##_name _arguments;		\
}

FAILS(-1, EMFILE, epoll_create1, (int flags), (flags))
FAILS(-1, EMFILE, eventfd, (unsigned int n, int flags), (n, flags))
FAILS(-1, EMFILE, socket, (int domain, int type, int protocol),
      (domain, type, protocol))
FAILS(-1, ENOMEM, bind, (int fd, const struct sockaddr *a, socklen_t bytes),
      (fd, a, bytes))
FAILS(-1, ENOMEM, setsockopt,
      (int fd, int level, int name, const void *value, socklen_t bytes),
      (fd, level, name, value, bytes))
FAILS(-1, ENOMEM, epoll_ctl,
      (int epoll, int op, int fd, struct epoll_event *event), (epoll, op, fd, event))
FAILS(-ENOMEM, ENOMEM, bpf_map_create,
      (enum bpf_map_type type, const char *name, __u32 key, __u32 value, __u32 entries,
       const struct bpf_map_create_opts *opts),
      (type, name, key, value, entries, opts))
FAILS(-ENOMEM, ENOMEM, bpf_map_update_elem,
      (int fd, const void *key, const void *value, __u64 flags),
      (fd, key, value, flags))
FAILS(-EMFILE, EMFILE, bpf_map_get_fd_by_id, (__u32 id), (id))
FAILS(-ENOMEM, ENOMEM, bpf_obj_get_info_by_fd,
      (int fd, void *info, __u32 *bytes), (fd, info, bytes))
FAILS(-EMFILE, EMFILE, bpf_link_create,
      (int program, int target, enum bpf_attach_type type,
       const struct bpf_link_create_opts *opts),
      (program, target, type, opts))
FAILS(-ENOMEM, ENOMEM, bpf_link_update,
      (int link, int program, const struct bpf_link_update_opts *opts),
      (link, program, opts))
FAILS(-EMFILE, EMFILE, bpf_map__reuse_fd, (struct bpf_map *map, int fd),
      (map, fd))
FAILS(-ENOMEM, ENOMEM, bpf_object__open_skeleton,
      (struct bpf_object_skeleton *s, const struct bpf_object_open_opts *opts),
      (s, opts))
FAILS(-ENOMEM, ENOMEM, bpf_object__load_skeleton,
      (struct bpf_object_skeleton *s), (s))

extern __typeof__(mmap) __real_mmap, __wrap_mmap;
void *__wrap_mmap(void *at, size_t bytes, int prot, int flags, int fd, off_t offset)
{
	if (fails("mmap", ENOMEM))
		return MAP_FAILED;
	return __real_mmap(at, bytes, prot, flags, fd, offset);
}

/* Memory, which is counted as well. */
#define ALLOCATES(_name, _parameters, _arguments)			\
extern __typeof__(_name) __real_##_name, __wrap_##_name;		\
void *__wrap_##_name _parameters					\
{									\
	void *block = fails(#_name, ENOMEM) ? NULL : __real_##_name _arguments; \
									\
	failing.allocated += !!block;						\
	return block;							\
}

ALLOCATES(malloc, (size_t bytes), (bytes))
ALLOCATES(calloc, (size_t n, size_t bytes), (n, bytes))
ALLOCATES(aligned_alloc, (size_t boundary, size_t bytes), (boundary, bytes))

extern __typeof__(realloc) __real_realloc, __wrap_realloc;
void *__wrap_realloc(void *block, size_t bytes)
{
	void *moved = fails("realloc", ENOMEM) ? NULL : __real_realloc(block, bytes);

	failing.allocated += !block && moved;
	return moved;
}

extern __typeof__(free) __real_free, __wrap_free;
void __wrap_free(void *block)
{
	failing.allocated -= !!block;
	__real_free(block);
}

/* libbpf frees these, which the skeleton had failing.allocated. */
extern __typeof__(bpf_object__destroy_skeleton) __real_bpf_object__destroy_skeleton;
extern __typeof__(bpf_object__destroy_skeleton) __wrap_bpf_object__destroy_skeleton;
void __wrap_bpf_object__destroy_skeleton(struct bpf_object_skeleton *s)
{
	if (s)
		failing.allocated -= 1 + !!s->maps + !!s->progs;
	__real_bpf_object__destroy_skeleton(s);
}
