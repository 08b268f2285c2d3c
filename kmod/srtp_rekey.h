/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Session keys that change with the packet index (RFC 3711, 4.3.1): of a
 * context whose key derivation rate is not 0.
 *
 * Of each master key, RTP and RTCP apart, the last few sets of session keys are
 * kept. The next set is derived ahead of time, when the one before it is first
 * used. A packet that needs another one waits for it, as derivation is for
 * process context. All under one lock: rates are rare, and slow anyway.
 */
#ifndef _RGF_SRTP_REKEY_H
#define _RGF_SRTP_REKEY_H

struct rgf_crypt;
struct rgf_rekey;
struct rgf_srtp;

/**
 * rgf_rekey_init() - set up @srtp->rekey
 * @srtp: its master keys are set, and the keys of their index 0 are derived
 *
 * Process context.
 *
 * Return: 0 or -ENOMEM.
 */
int rgf_rekey_init(struct rgf_srtp *srtp);

/* Process context, no packet waits any more; NULL is fine. Wipes the keys. */
void rgf_rekey_free(struct rgf_rekey *rekey);

/**
 * rgf_rekey_get() - session keys for a packet
 * @rekey: of its context
 * @crypt: packet; its key and index are set
 *
 * Return: 0, and @crypt->keys are the packet's until rgf_rekey_put();
 * -EINPROGRESS, and when @crypt->done is called they are; RGF_DROP(QUEUE_FULL)
 * when too many packets wait or want other keys.
 */
int rgf_rekey_get(struct rgf_rekey *rekey, struct rgf_crypt *crypt);

/* The packet needs them no more; fine if it has none. */
void rgf_rekey_put(struct rgf_rekey *rekey, struct rgf_crypt *crypt);

/* The packet is authentic, or is sent: expect more of them. */
void rgf_rekey_ahead(struct rgf_rekey *rekey, struct rgf_crypt *crypt);

#endif
