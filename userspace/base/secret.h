/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Secret memory: wiped in a way the compiler can't remove. */
#ifndef BASE_SECRET_H
#define BASE_SECRET_H

#include <stddef.h>

void secret_wipe(void *p, size_t len);
void secret_free(void *p, size_t len); /* wipe, then free(); NULL is fine */
void secret_free_text(char *text); /* the same, to its end */

#define SECRET_POOLED_MAX 16 /* bytes; all keys are longer */

/* getrandom(2), waits until the kernel's generator is seeded; 0 or -errno. So few
 * bytes are taken from 256 that were got at once. Not after fork(). */
int secret_random(void *p, size_t len);

#endif
