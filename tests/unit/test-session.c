/* SPDX-License-Identifier: GPL-2.0-or-later */
/* LINK: lib/session.c lib/ring.c lib/wait.c lib/growing.c */
/* LINK: lib/note.c lib/strategy.c lib/timetable.c lib/period.c */
/*
 * The dispatcher, waiting and growing arrays, with a backend made of a pipe and a
 * ring in memory.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include "lib/backend.h"
#include "lib/growing.h"
#include "unit.h"

#define RING_BYTES	4096
#define MS		1000000LL

static int open_error;		/* what the mock's open() returns */
static int event_result;
static int events;
static int pipe_in;		/* the end to write to */
static struct rtintercept_ring_consumer consumer;
static struct rtintercept_ring_producer producer;
static char data[2 * RING_BYTES] __attribute__((aligned(8)));

static int mock_open(struct rtintercept *rti,
		     const struct rtintercept_open_opts *opts)
{
	int ends[2];

	if (open_error)
		return open_error;
	ck_assert_int_eq(pipe(ends), 0);
	rti->fd = ends[0];
	pipe_in = ends[1];
	return 0;
}

static void mock_close(struct rtintercept *rti)
{
	close(rti->fd);
	close(pipe_in);
}

static int mock_ring_setup(struct rtintercept *rti, __u64 bytes)
{
	memset(&consumer, 0, sizeof(consumer));
	memset(&producer, 0, sizeof(producer));
	rti_ring_init(&rti->ring, &consumer, &producer, data, RING_BYTES);
	return 0;
}

static int mock_wakeup(struct rtintercept *rti, __u32 records, __u32 bytes,
		       __u32 deadline_us)
{
	return 0;
}

static int mock_event(struct rtintercept *rti)
{
	char c;

	events++;
	ck_assert_int_eq(read(rti->fd, &c, 1), 1);
	return event_result;
}

static int arms;
static int comes_late;		/* a record, while the reader arms */

static void produce(__u64 seq, __u32 bytes);

/* As the module: not 0, if there is something by now. */
static int mock_arm(struct rtintercept *rti, __u64 *until_ns)
{
	arms++;
	if (!comes_late)
		return 0;
	comes_late = 0;
	produce(0, 10);
	return 1;
}

const struct rti_backend_ops rti_module_ops = {
	.backend = RTINTERCEPT_BACKEND_MODULE,
	.open = mock_open,
	.close = mock_close,
	.ring_setup = mock_ring_setup,
	.wakeup = mock_wakeup,
	.event = mock_event,
	.arm = mock_arm,
};

/* What the kernel does: one record of @bytes data bytes. */
static void produce(__u64 seq, __u32 bytes)
{
	__u64 at = producer.position & (RING_BYTES - 1);
	struct rtintercept_ring_header *header = (void *)(data + at);
	struct rtintercept_record *record = (void *)(header + 1);

	memset(record, 0, sizeof(*record));
	record->seq = seq;
	record->captured_bytes = bytes;
	header->length = (__u32)sizeof(*record) + bytes;
	producer.position += (header->length + 8 + 7) & ~7U;
}

static struct rtintercept *opened(void)
{
	struct rtintercept *rti = NULL;

	open_error = events = event_result = 0;
	ck_assert_int_eq(rtintercept_open(&rti, NULL), 0);
	ck_assert_int_eq(rtintercept_ring_setup(rti, RING_BYTES), 0);
	return rti;
}

START_TEST(options_that_are_not_known_are_refused)
{
	struct { struct rtintercept_open_opts known; long more; } grown;
	struct rtintercept_open_opts opts = { .size = sizeof(opts) };
	struct rtintercept *rti = (void *)&opts;

	opts.flags = 1;
	ck_assert_int_eq(rtintercept_open(&rti, &opts), -EOPNOTSUPP);
	opts.flags = 0;
	opts.backend = 3;
	ck_assert_int_eq(rtintercept_open(&rti, &opts), -EOPNOTSUPP);
	opts.backend = RTINTERCEPT_BACKEND_XDP;
	opts.device = "/dev/null";
	ck_assert_int_eq(rtintercept_open(&rti, &opts), -EINVAL);
	opts.size = 1;
	ck_assert_int_eq(rtintercept_open(&rti, &opts), -EINVAL);
	ck_assert_int_eq(rtintercept_open(NULL, NULL), -EINVAL);
	memset(&grown, 0, sizeof(grown));
	grown.known.size = sizeof(grown);
	grown.more = 1;
	ck_assert_int_eq(rtintercept_open(&rti, &grown.known), -E2BIG);
	ck_assert_ptr_eq(rti, (void *)&opts);
	grown.more = 0;
	ck_assert_int_eq(rtintercept_open(&rti, &grown.known), 0);
	rtintercept_close(rti);
}
END_TEST

START_TEST(auto_returns_the_modules_errno_when_nothing_can_be_opened)
{
	struct rtintercept *rti;

	open_error = -EACCES;
	ck_assert_int_eq(rtintercept_open(&rti, NULL), -EACCES);
}
END_TEST

START_TEST(what_a_backend_lacks_is_eopnotsupp_and_no_handle_is_einval)
{
	struct rtintercept *rti = opened();
	struct rtintercept_rule *rules;

	ck_assert_int_eq(rtintercept_start(rti), -EOPNOTSUPP);
	ck_assert_int_eq(rtintercept_rule_list(rti, 0, &rules, NULL), -EOPNOTSUPP);
	ck_assert_int_eq(rtintercept_rule_list(rti, 0, NULL, NULL), -EINVAL);
	ck_assert_int_eq(rtintercept_rule_replace(rti, 0, NULL, 1, NULL), -EINVAL);
	ck_assert_int_eq(rtintercept_start(NULL), -EINVAL);
	ck_assert_int_eq(rtintercept_ring_setup(rti, RING_BYTES), -EEXIST);
	rtintercept_close(rti);
	rtintercept_close(NULL);
}
END_TEST

START_TEST(a_watermark_and_a_deadline_go_together)
{
	struct rtintercept *rti = opened();

	ck_assert_int_eq(rtintercept_wakeup(rti, 8, 0, 0), -EINVAL);
	ck_assert_int_eq(rtintercept_wakeup(rti, 0, 0, 50), -EINVAL);
	ck_assert_int_eq(rtintercept_wakeup(rti, 1, 0, 50), -EINVAL);
	ck_assert_int_eq(rtintercept_wakeup(rti, 8, 0, 50), 0);
	ck_assert_int_eq(rti->watermark, 1);
	ck_assert_int_eq(rtintercept_wakeup(rti, 0, 0, 0), 0);
	ck_assert_int_eq(rti->watermark, 0);
	rtintercept_close(rti);
}
END_TEST

START_TEST(a_record_that_is_there_needs_no_waiting)
{
	struct rtintercept *rti = opened();

	produce(0, 10);
	ck_assert_int_eq(rtintercept_ring_wait(rti, 0), 1);
	ck_assert_int_eq(rtintercept_ring_wait(rti, -1), 1);
	ck_assert_ptr_nonnull(rtintercept_ring_peek(rti));
	rtintercept_close(rti);
}
END_TEST

START_TEST(who_may_poll_is_armed_by_each_look_at_an_empty_ring)
{
	struct rtintercept *rti = opened();

	arms = 0;
	ck_assert_ptr_null(rtintercept_ring_peek(rti));
	ck_assert_int_eq(arms, 0);
	ck_assert_int_ge(rtintercept_fd(rti), 0);
	ck_assert_ptr_null(rtintercept_ring_peek(rti));
	ck_assert_int_eq(arms, 1);
	comes_late = 1;
	ck_assert_ptr_nonnull(rtintercept_ring_peek(rti));
	ck_assert_int_eq(arms, 2);
	rtintercept_close(rti);
}
END_TEST

START_TEST(time_is_up_when_it_is_up_and_not_before)
{
	struct rtintercept *rti = opened();
	__u64 begin = rtintercept_clock_ns();

	ck_assert_int_eq(rtintercept_ring_wait(rti, 20 * MS), 0);
	ck_assert_uint_ge(rtintercept_clock_ns() - begin, 20 * MS);
	ck_assert_int_eq(rtintercept_ring_wait(rti, 0), 0);
	rtintercept_close(rti);
}
END_TEST

START_TEST(an_event_that_is_no_record_does_not_end_the_wait)
{
	struct rtintercept *rti = opened();

	ck_assert_int_eq(write(pipe_in, "ab", 2), 2);
	ck_assert_int_eq(rtintercept_ring_wait(rti, 20 * MS), 0);
	ck_assert_int_eq(events, 2);
	rtintercept_close(rti);
}
END_TEST

START_TEST(a_dead_session_is_drained_before_it_is_enodev)
{
	struct rtintercept *rti = opened();

	produce(0, 10);
	ck_assert_int_eq(write(pipe_in, "a", 1), 1);
	event_result = -ENODEV;
	ck_assert_int_eq(rtintercept_ring_wait(rti, -1), 1);
	ck_assert_ptr_nonnull(rtintercept_ring_peek(rti));
	rtintercept_ring_release(rti);
	ck_assert_int_eq(rtintercept_ring_wait(rti, -1), -ENODEV);
	rtintercept_close(rti);
}
END_TEST

START_TEST(a_hang_up_is_enodev_once_the_ring_is_empty)
{
	struct rtintercept *rti = opened();

	produce(0, 10);
	close(pipe_in);
	pipe_in = open("/dev/null", O_RDONLY);
	ck_assert_int_eq(rtintercept_ring_wait(rti, -1), 1);
	ck_assert_ptr_nonnull(rtintercept_ring_peek(rti));
	rtintercept_ring_release(rti);
	ck_assert_int_eq(rtintercept_ring_wait(rti, -1), -ENODEV);
	rtintercept_close(rti);
}
END_TEST

static void on_alarm(int number)
{
}

START_TEST(a_signal_is_eintr)
{
	struct itimerval soon = { .it_value.tv_usec = 20000 };
	struct sigaction action = { .sa_handler = on_alarm };
	struct rtintercept *rti = opened();

	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &soon, NULL);
	ck_assert_int_eq(rtintercept_ring_wait(rti, -1), -EINTR);
	rtintercept_close(rti);
}
END_TEST

START_TEST(without_a_ring_there_is_nothing_to_wait_for)
{
	struct rtintercept *rti;

	open_error = 0;
	ck_assert_int_eq(rtintercept_open(&rti, NULL), 0);
	ck_assert_int_eq(rtintercept_ring_wait(rti, 0), -EINVAL);
	ck_assert_ptr_null(rtintercept_ring_peek(rti));
	rtintercept_ring_release(rti);
	rtintercept_close(rti);
}
END_TEST

START_TEST(the_readers_books_count_gaps)
{
	struct rtintercept_ring_counters counters;
	struct rtintercept *rti = opened();

	produce(5, 10);
	produce(9, 30);
	produce(8, 20);
	produce(4, 0);
	while (rtintercept_ring_peek(rti))
		rtintercept_ring_release(rti);
	rtintercept_ring_counters(rti, &counters);
	ck_assert_uint_eq(counters.read, 4);
	ck_assert_uint_eq(counters.read_bytes, 60);
	ck_assert_uint_eq(counters.first_seq, 4);
	ck_assert_uint_eq(counters.last_seq, 9);
	ck_assert_uint_eq(counters.lost, 2);
	rtintercept_close(rti);
}
END_TEST

/* A kernel whose table has one element more each time it is asked. */
START_TEST(an_array_grows_until_it_is_large_enough)
{
	struct rti_growing array;
	__u32 there = 100, count;
	void *out = &array;
	int err, calls = 0;

	rti_growing_init(&array, 8);
	do {
		count = there++;
		err = array.room < count ? -EMSGSIZE : 0;
		calls++;
	} while (rti_growing_again(&array, &err, count));
	ck_assert_int_eq(calls, 2);
	ck_assert_int_eq(rti_growing_finish(&array, err, count, &out), 101);
	ck_assert_ptr_ne(out, &array);
	free(out);
}
END_TEST

START_TEST(an_array_does_not_grow_for_ever_and_is_untouched_on_failure)
{
	void *untouched = &open_error, *out = untouched;
	struct rti_growing array;
	int err, calls = 0;

	rti_growing_init(&array, 8);
	do {
		err = -EMSGSIZE;
		calls++;
	} while (rti_growing_again(&array, &err, array.room + 1));
	ck_assert_int_lt(calls, 100);
	ck_assert_int_eq(rti_growing_finish(&array, err, 0, &out), -EMSGSIZE);
	ck_assert_ptr_eq(out, untouched);
}
END_TEST

START_TEST(an_array_without_elements_is_null)
{
	void *out = &open_error;
	struct rti_growing array;

	rti_growing_init(&array, 8);
	ck_assert_int_eq(rti_growing_finish(&array, 0, 0, &out), 0);
	ck_assert_ptr_null(out);
}
END_TEST

static void add(TCase *tc)
{
	tcase_add_test(tc, options_that_are_not_known_are_refused);
	tcase_add_test(tc, auto_returns_the_modules_errno_when_nothing_can_be_opened);
	tcase_add_test(tc, what_a_backend_lacks_is_eopnotsupp_and_no_handle_is_einval);
	tcase_add_test(tc, a_watermark_and_a_deadline_go_together);
	tcase_add_test(tc, a_record_that_is_there_needs_no_waiting);
	tcase_add_test(tc, who_may_poll_is_armed_by_each_look_at_an_empty_ring);
	tcase_add_test(tc, time_is_up_when_it_is_up_and_not_before);
	tcase_add_test(tc, an_event_that_is_no_record_does_not_end_the_wait);
	tcase_add_test(tc, a_dead_session_is_drained_before_it_is_enodev);
	tcase_add_test(tc, a_hang_up_is_enodev_once_the_ring_is_empty);
	tcase_add_test(tc, a_signal_is_eintr);
	tcase_add_test(tc, without_a_ring_there_is_nothing_to_wait_for);
	tcase_add_test(tc, the_readers_books_count_gaps);
	tcase_add_test(tc, an_array_grows_until_it_is_large_enough);
	tcase_add_test(tc, an_array_does_not_grow_for_ever_and_is_untouched_on_failure);
	tcase_add_test(tc, an_array_without_elements_is_null);
}

int main(void)
{
	return unit_run("session", add);
}
