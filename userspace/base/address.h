/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BASE_ADDRESS_H
#define BASE_ADDRESS_H

/*
 * A non-blocking socket that can be read when an IPv4 address of this machine came
 * or went; or -errno. What is read says which, and some of it may be lost.
 */
int address_changes(void);

#endif
