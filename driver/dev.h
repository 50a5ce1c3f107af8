/* SPDX-License-Identifier: GPL-2.0-only */
/* The device node. */
#ifndef RTI_DEV_H
#define RTI_DEV_H

int rti_dev_init(void);
void rti_dev_exit(void);

#endif /* RTI_DEV_H */
