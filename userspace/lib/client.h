/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The socket to the module; client.c. */
#ifndef LIB_CLIENT_H
#define LIB_CLIENT_H

#include <stdbool.h>

#include "lib/msg.h"

#define RGF_RX_MAX	32768 /* bytes; the kernel sends no longer datagram */
#define RGF_RCVBUF	(1024 * 1024) /* bytes asked for the answers */
#define RGF_ANSWER_SECS 10 /* the kernel answers at once; never wait forever */

struct rgf {
	struct mnl_socket *nl;
	uint32_t portid;
	uint32_t seq;
	uint16_t family;
	uint32_t events_group;
	char error[RGF_TEXT_MAX];
	/* Requests hold keys: whoever sent one wipes it. */
	_Alignas(struct nlmsghdr) uint8_t tx[RGF_REQUEST_MAX];
	_Alignas(struct nlmsghdr) uint8_t rx[RGF_RX_MAX];
};

/* Set rgf_error() to strerror's text for @err, and return @err. */
int rgf_fail(struct rgf *rgf, int err);

int rgf_send(struct rgf *rgf, const void *p, size_t len);

/**
 * rgf_recv() - one datagram of the kernel into rgf->rx
 * @flags: MSG_DONTWAIT or 0
 *
 * Return: its length; -EAGAIN, -ENOBUFS when some were lost, -ETIMEDOUT
 */
int rgf_recv(struct rgf *rgf, int flags);

/**
 * rgf_talk() - send a request, hear the answers until the kernel is done
 * @req: wiped before return
 * @cb: for each answer; its first error is the result, the rest is read on
 *
 * Return: 0, the kernel's or @cb's -errno (rgf_error() is set); -EINTR for a
 * dump during which the list changed
 */
int rgf_talk(struct rgf *rgf, struct nlmsghdr *req,
	     int (*cb)(const struct nlmsghdr *nlh, void *arg), void *arg);

#endif
