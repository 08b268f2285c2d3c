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

/* Since 6.3 a completion is given its data, before it was given the request. */
#if KERNEL_VERSION(6, 3, 0) <= LINUX_VERSION_CODE
#define rgf_crypto_arg	     void
#define rgf_crypto_data(arg) (arg)
#else
#define rgf_crypto_arg	     struct crypto_async_request
#define rgf_crypto_data(arg) ((arg)->data)
#endif

#if KERNEL_VERSION(6, 7, 0) <= LINUX_VERSION_CODE
#define rgf_dump_attrs(cb) (genl_info_dump(cb)->attrs)
#else
#define rgf_dump_attrs(cb) (genl_dumpit_info(cb)->attrs)
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
