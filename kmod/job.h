/* SPDX-License-Identifier: GPL-2.0-only */
/* A media packet that needs a cipher on its way, now or later. */
#ifndef _RGF_JOB_H
#define _RGF_JOB_H

#include "parse.h"
#include "relay.h"

struct rgf_conf;
struct sk_buff;

/**
 * rgf_job_start() - unprotect, protect and relay a packet
 * @conf: of its session
 * @leg: that it came in on
 * @skb: linear UDP payload, without headers
 * @in: the headers that it had
 * @pkt: parsed; its len changes
 *
 * Under RCU with bottom halves disabled. Consumes @skb and counts what becomes
 * of it, maybe later, on another CPU.
 */
void rgf_job_start(struct rgf_conf *conf, u8 leg, struct sk_buff *skb,
		   const struct rgf_in *in, struct rgf_pkt *pkt);

/* Frees what is kept for the next job; no job may be left. */
void rgf_job_exit(void);

#endif
