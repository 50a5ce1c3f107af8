/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Failures of memory on purpose, where the kernel can inject them. */
#ifndef RTI_DEVICE_FAULTS_H
#define RTI_DEVICE_FAULTS_H

int faults_set_up(void);
void faults_arm(int nth);
int faults_disarm(void);

#endif /* RTI_DEVICE_FAULTS_H */
