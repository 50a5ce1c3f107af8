/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Will this machine load a module that nobody it trusts has signed? */
#ifndef SECURE_H
#define SECURE_H

const char *secure_reason(void);

#endif /* SECURE_H */
