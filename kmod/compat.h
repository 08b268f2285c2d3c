/* SPDX-License-Identifier: GPL-2.0-only */
/* What differs between the kernels 6.1 and 6.12; written for the newer one. */
#ifndef _RGF_COMPAT_H
#define _RGF_COMPAT_H

#include <linux/crypto.h>
#include <linux/netlink.h>
#include <linux/version.h>
#include <net/genetlink.h>
#include <net/route.h>

#if KERNEL_VERSION(6, 12, 0) <= LINUX_VERSION_CODE
#include <linux/unaligned.h>
#else
#include <asm/unaligned.h>
#endif

#if KERNEL_VERSION(6, 6, 0) <= LINUX_VERSION_CODE
#include <net/gso.h>
#else
#include <linux/netdevice.h>
#endif

#if KERNEL_VERSION(6, 10, 0) > LINUX_VERSION_CODE
#define dst_rtable(ptr) container_of_const(ptr, struct rtable, dst)
#endif

/* Since 6.2 a namespace may have one of its own. */
#if KERNEL_VERSION(6, 2, 0) <= LINUX_VERSION_CODE
#define rgf_udp_table(net) ((net)->ipv4.udp_table)
#else
#define rgf_udp_table(net) ((void)(net), &udp_table)
#endif

/* Since 6.3 a completion is given its data, before it was given the request. */
#if KERNEL_VERSION(6, 3, 0) <= LINUX_VERSION_CODE
#define rgf_crypto_arg	     void
#define rgf_crypto_data(arg) (arg)
#else
#define rgf_crypto_arg	     struct crypto_async_request
#define rgf_crypto_data(arg) ((arg)->data)
#endif

/* Calls a completion as a cipher would. */
static inline void rgf_crypto_complete(crypto_completion_t done, void *data,
				       int err)
{
#if KERNEL_VERSION(6, 3, 0) <= LINUX_VERSION_CODE
	done(data, err);
#else
	struct crypto_async_request req = { .data = data };

	done(&req, err);
#endif
}

#if KERNEL_VERSION(6, 7, 0) <= LINUX_VERSION_CODE
#define rgf_dump_attrs(cb) (genl_info_dump(cb)->attrs)
#else
#define rgf_dump_attrs(cb) (genl_dumpit_info(cb)->attrs)
#endif

/*
 * For what is filled in before it is read, though the kernel be built to zero
 * what is on the stack.
 */
#if __has_attribute(uninitialized)
#define rgf_uninitialized __attribute__((uninitialized))
#else
#define rgf_uninitialized
#endif

/* Before 6.2 an extended ack can't be formatted; say it without the number. */
static inline __printf(3, 4) void rgf_err_fmt(struct netlink_ext_ack *extack,
					      const char *plain,
					      const char *fmt, ...)
{
#ifdef NETLINK_MAX_FMTMSG_LEN
	va_list args;

	if (!extack)
		return;
	va_start(args, fmt);
	vsnprintf(extack->_msg_buf, NETLINK_MAX_FMTMSG_LEN, fmt, args);
	va_end(args);
	extack->_msg = extack->_msg_buf;
#else
	if (extack)
		extack->_msg = plain;
#endif
}

#endif
