/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * In front of the framework's header of this name: in a fuzzer there is no run
 * that a failed assertion could be reported to.
 */
#ifndef RTI_FUZZ_CHECK_H
#define RTI_FUZZ_CHECK_H

#include_next <check.h>

#include "fuzz.h"

#undef ck_assert
#undef ck_assert_int_eq
#undef ck_assert_uint_eq
#undef ck_assert_uint_le
#undef ck_assert_mem_eq
#define ck_assert(what)			FUZZ_CHECK(what)
#define ck_assert_int_eq(a, b)		FUZZ_CHECK((a) == (b))
#define ck_assert_uint_eq(a, b)		FUZZ_CHECK((a) == (b))
#define ck_assert_uint_le(a, b)		FUZZ_CHECK((a) <= (b))
#define ck_assert_mem_eq(a, b, bytes)	FUZZ_CHECK(!memcmp(a, b, bytes))

#endif /* RTI_FUZZ_CHECK_H */
