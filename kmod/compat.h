/* SPDX-License-Identifier: GPL-2.0-only */
/* What differs between the kernels 6.1 and 6.12; written for the newer one. */
#ifndef _RGF_COMPAT_H
#define _RGF_COMPAT_H

#include <linux/crypto.h>
#include <linux/netlink.h>
#include <linux/version.h>
#include <net/route.h>

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 12, 0)
#include <linux/unaligned.h>
#else
#include <asm/unaligned.h>
#endif

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 6, 0)
#include <net/gso.h>
#else
#include <linux/netdevice.h>
#endif

/* Since 6.3 a completion is given its data, before it was given the request. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 3, 0)
typedef void rgf_crypto_arg;
#define rgf_crypto_data(arg) (arg)
#else
typedef struct crypto_async_request rgf_crypto_arg;
#define rgf_crypto_data(arg) ((arg)->data)
#endif

/* Before 6.2 an extended ack can't be formatted; say it without the number. */
#ifdef NL_SET_ERR_MSG_FMT
#define RGF_ERR_FMT(extack, plain, fmt, ...) \
	NL_SET_ERR_MSG_FMT(extack, fmt, __VA_ARGS__)
#else
#define RGF_ERR_FMT(extack, plain, fmt, ...) NL_SET_ERR_MSG(extack, plain)
#endif

#endif
