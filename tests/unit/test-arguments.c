/* SPDX-License-Identifier: GPL-2.0-or-later */
/* LINK: lib/session.c lib/ring.c lib/wait.c lib/growing.c */
/* LINK: lib/note.c lib/strategy.c lib/timetable.c lib/period.c */
/*
 * What the library refuses before a backend hears of it: arguments that are missing,
 * strategies that make no sense. And what a reader with a timetable tells of it.
 */
#include <errno.h>
#include <string.h>

#include "lib/backend.h"
#include "unit.h"

#define MS	1000000ULL

static const struct rti_backend_ops nothing;
static struct rtintercept session;

const struct rti_backend_ops rti_module_ops, rti_xdp_ops;

static void begin(void)
{
	memset(&session, 0, sizeof(session));
	session.ops = &nothing;
}

static void end(void)
{
	free(session.waiter.table);
}

START_TEST(without_a_place_for_the_answer)
{
	struct rtintercept_program_get get = { .size = sizeof(get) };
	struct rtintercept_rule rule = { .priority = 1 };

	ck_assert_int_eq(rtintercept_open(NULL, NULL), -EINVAL);
	ck_assert_int_eq(rtintercept_info(&session, NULL), -EINVAL);
	ck_assert_int_eq(rtintercept_rule_add(&session, 0, NULL), -EINVAL);
	ck_assert_int_eq(rtintercept_rule_list(&session, 0, NULL, NULL), -EINVAL);
	ck_assert_int_eq(rtintercept_rule_replace(&session, 0, NULL, 1, NULL), -EINVAL);
	ck_assert_int_eq(rtintercept_rule_stats(&session, 0, NULL), -EINVAL);
	ck_assert_int_eq(rtintercept_program_set(&session, 0, NULL), -EINVAL);
	ck_assert_int_eq(rtintercept_program_get(&session, 0, NULL, NULL), -EINVAL);
	ck_assert_int_eq(rtintercept_program_get(&session, 0, &get, NULL), -EINVAL);
	ck_assert_int_eq(rtintercept_reply_set(&session, 0, NULL), -EINVAL);
	ck_assert_int_eq(rtintercept_reply_get(&session, 0, NULL), -EINVAL);
	ck_assert_int_eq(rtintercept_stats(&session, 0, NULL), -EINVAL);
	ck_assert_int_eq(rtintercept_session_list(&session, NULL), -EINVAL);
	ck_assert_int_eq(rtintercept_attachment_list(&session, 0, NULL), -EINVAL);
	ck_assert_int_eq(rtintercept_strategy(&session, NULL), -EINVAL);
	ck_assert_int_eq(rtintercept_rule_replace(&session, 0, &rule, 1, NULL), -EOPNOTSUPP);
}
END_TEST

START_TEST(without_a_session)
{
	struct rtintercept_strategy strategy = { .size = sizeof(strategy) };
	struct rtintercept_info info;

	rtintercept_close(NULL);
	ck_assert_int_eq(rtintercept_fd(NULL), -EINVAL);
	ck_assert_int_eq(rtintercept_backend(NULL), RTINTERCEPT_BACKEND_AUTO);
	ck_assert_int_eq(rtintercept_info(NULL, &info), -EINVAL);
	ck_assert_int_eq(rtintercept_start(NULL), -EINVAL);
	ck_assert_int_eq(rtintercept_strategy(NULL, &strategy), -EINVAL);
}
END_TEST

static int chosen(struct rtintercept_strategy strategy)
{
	strategy.size = sizeof(strategy);
	return rtintercept_strategy(&session, &strategy);
}

#define CHOSEN(...)	chosen((struct rtintercept_strategy){ __VA_ARGS__ })
#define PERIODIC	.strategy = RTINTERCEPT_STRATEGY_PERIODIC

START_TEST(a_strategy_that_makes_no_sense)
{
	ck_assert_int_eq(CHOSEN(.strategy = 99), -EOPNOTSUPP);
	ck_assert_int_eq(CHOSEN(.flags = 1), -EOPNOTSUPP);
	ck_assert_int_eq(CHOSEN(.spin_ns = 1), -EINVAL);
	ck_assert_int_eq(CHOSEN(PERIODIC, .spin_ns = 1), -EINVAL);
	ck_assert_int_eq(CHOSEN(.period_ns = MS), -EINVAL);
	ck_assert_int_eq(CHOSEN(.guard_ns = MS), -EINVAL);
	ck_assert_int_eq(CHOSEN(.share_ppm = 1), -EINVAL);
	ck_assert_int_eq(CHOSEN(.spin_percent = 1), -EINVAL);
	ck_assert_int_eq(CHOSEN(PERIODIC, .period_ns = ~0ULL), -EINVAL);
	ck_assert_int_eq(CHOSEN(PERIODIC, .guard_ns = ~0ULL), -EINVAL);
	ck_assert_int_eq(CHOSEN(PERIODIC, .share_ppm = 1000001), -EINVAL);
	ck_assert_int_eq(CHOSEN(PERIODIC, .spin_percent = 101), -EINVAL);
	ck_assert_ptr_null(session.waiter.table);
	ck_assert_int_eq(CHOSEN(PERIODIC, .share_ppm = 1000000, .spin_percent = 100), 0);
	ck_assert_ptr_nonnull(session.waiter.table);
}
END_TEST

START_TEST(what_a_timetable_expects)
{
	struct rtintercept_waits waits;
	__u64 now_ns;

	rtintercept_waits(&session, &waits);
	ck_assert_uint_eq(waits.flows, 0);
	ck_assert_int_eq(CHOSEN(PERIODIC, .period_ns = 1000 * MS, .guard_ns = MS), 0);
	rtintercept_waits(&session, &waits);
	ck_assert_uint_eq(waits.flows, 0);
	ck_assert_uint_eq(waits.next_ns, 0);
	now_ns = rtintercept_clock_ns();
	rti_timetable_arrived(session.waiter.table, 1, now_ns - 1000 * MS);
	rti_timetable_arrived(session.waiter.table, 1, now_ns);
	rtintercept_waits(&session, &waits);
	ck_assert_uint_eq(waits.flows, 1);
	ck_assert_uint_ge(waits.next_ns, now_ns + 990 * MS);
	ck_assert_uint_le(waits.next_ns, now_ns + 1010 * MS);
	ck_assert_uint_ge(waits.guard_ns, MS);
}
END_TEST

static void add(TCase *tcase)
{
	tcase_add_checked_fixture(tcase, begin, end);
	tcase_add_test(tcase, without_a_place_for_the_answer);
	tcase_add_test(tcase, without_a_session);
	tcase_add_test(tcase, a_strategy_that_makes_no_sense);
	tcase_add_test(tcase, what_a_timetable_expects);
}

int main(void)
{
	return unit_run("arguments", add);
}
