/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Results of device tests as TAP lines; a failed one is told with what was found. */
#ifndef RTI_DEVICE_TAP_H
#define RTI_DEVICE_TAP_H

#include <stdio.h>

/* Return: @good */
int ok(int good, const char *format, ...) __attribute__((format(printf, 2, 3)));
void skip(const char *name, const char *reason);
int tap_end(void);

/* @got must be @want. */
#define is(got, want, ...)						\
({									\
	const long long _got = (long long)(got);			\
	const long long _want = (long long)(want);			\
									\
	if (!ok(_got == _want, __VA_ARGS__))				\
		printf("# %s:%d: %s is %lld, not %lld\n", __FILE__,	\
		       __LINE__, #got, _got, _want);			\
	_got == _want;							\
})

/* @got must be one of many: the first failure is told, success only once. */
#define all_are(bad, got, want)						\
do {									\
	const long long _got = (long long)(got);			\
	const long long _want = (long long)(want);			\
									\
	if (_got != _want && !(bad)++)					\
		printf("# %s:%d: %s is %lld, not %lld\n", __FILE__,	\
		       __LINE__, #got, _got, _want);			\
} while (0)

#endif /* RTI_DEVICE_TAP_H */
