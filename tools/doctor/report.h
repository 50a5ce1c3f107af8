/* SPDX-License-Identifier: GPL-2.0-or-later */
/* All findings, gathered and printed. */
#ifndef DOCTOR_REPORT_H
#define DOCTOR_REPORT_H

#include "doctor/doctor.h"

/**
 * struct report - all findings, those of the machine first
 * @findings: @count of them
 * @count: how many
 */
struct report {
	struct finding findings[DOCTOR_FINDINGS_MAX];
	int count;
};

void report_fill(struct report *report, struct patient *p);
void report_print(const struct report *report);
void report_print_json(const struct report *report, const struct patient *p);

#endif /* DOCTOR_REPORT_H */
