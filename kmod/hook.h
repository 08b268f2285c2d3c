/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _RGF_HOOK_H
#define _RGF_HOOK_H

struct rgf_net;

/* Starts taking media packets off the namespace's way in. */
int rgf_hook_register(struct rgf_net *rn);

/* No packet is in the hook when this returns; some may wait for a cipher. */
void rgf_hook_unregister(struct rgf_net *rn);

#endif
