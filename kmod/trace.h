/* SPDX-License-Identifier: GPL-2.0-only */
/* The tracepoint ringfence:rgf_drop. */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM ringfence

#if !defined(_RGF_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define _RGF_TRACE_H

#include <linux/tracepoint.h>

#include "drop.h"
#include "session.h"

/* Tools that read the records themselves learn the values of the enum. */
/* clang-format off */
#define RGF_DEFINE(reason, name) TRACE_DEFINE_ENUM(reason);
RGF_DROP_REASONS(RGF_DEFINE)
#undef RGF_DEFINE

#define RGF_SYMBOL(reason, name) { reason, name },

/*
 * @conf is NULL when the packet has no session; then leg and SSRC mean nothing.
 * @len is of the packet as it is by then, with headers or without.
 */
TRACE_EVENT(rgf_drop,
	TP_PROTO(const struct rgf_conf *conf, u8 leg, u32 ssrc,
		 unsigned int len, enum ringfence_drop_reason reason),
	TP_ARGS(conf, leg, ssrc, len, reason),
	TP_STRUCT__entry(
		__field(u32, session)
		__field(u32, ssrc)
		__field(u32, len)
		__field(u32, reason)
		__field(u8, leg)
	),
	TP_fast_assign(
		__entry->session = conf ? conf->session->id : 0;
		__entry->ssrc = ssrc;
		__entry->len = len;
		__entry->reason = reason;
		__entry->leg = leg;
	),
	TP_printk("session=%u leg=%c ssrc=0x%08x len=%u reason=%s",
		  __entry->session, 'a' + __entry->leg, __entry->ssrc,
		  __entry->len,
		  __print_symbolic(__entry->reason,
				   RGF_DROP_REASONS(RGF_SYMBOL)
				   { -1, NULL }))
);

#endif /* _RGF_TRACE_H */

/* Found by way of -I. */
#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
