/* SPDX-License-Identifier: GPL-2.0-only */
/* What the first bytes of a UDP payload are to the limits; pure. */
#ifndef _RGF_CLASSIFY_H
#define _RGF_CLASSIFY_H

#include <linux/ringfence.h>
#include <linux/types.h>

#define RGF_CLASSIFY_LEN 32 /* bytes; no method is longer */

/**
 * rgf_limit_classify() - what came by UDP, to no port for media
 * @p: the first bytes of the payload
 * @len: how many, up to RGF_CLASSIFY_LEN
 * @signaling: to a signaling port
 */
enum ringfence_limit_class rgf_limit_classify(const u8 *p, u32 len,
					      bool signaling);

#endif
