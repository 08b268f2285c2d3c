/* SPDX-License-Identifier: GPL-2.0-or-later */
/* To the background, once it is known that all is well. */
#ifndef RINGFENCED_DETACH_H
#define RINGFENCED_DETACH_H

/*
 * Fork. Returns in the child: 0; the parent waits, and exits with 0 once the
 * child is ready or with the child's status if it ends before. -errno when
 * there is no child.
 */
int detach_begin(void);

/* Release the parent; stdin and stdout become /dev/null. */
void detach_ready(void);

#endif
