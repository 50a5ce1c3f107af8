/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is asked of the rule tables of either backend: tables.c. */
#ifndef RTI_DEVICE_TABLES_H
#define RTI_DEVICE_TABLES_H

#include <rtintercept.h>

void tables_refused(struct rtintercept *rti, int no_program);
void tables_equal(struct rtintercept *rti);
void tables_turns(struct rtintercept *rti, int large, const char *name);

#endif /* RTI_DEVICE_TABLES_H */
