/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a callee sees of a caller: our addresses, and the numbers. */
#ifndef SIP_CALLEE_H
#define SIP_CALLEE_H

#include "sip/dialog.h"
#include "sip/target.h"

/**
 * callee_dialog() - a dialog that a request from elsewhere is to begin
 * @d: all zero
 * @to: where it goes
 * @req: the request as it came
 *
 * No address or identifier of the caller's side gets into it. Return: 0 or -errno;
 * dialog_clear() it in any case
 */
int callee_dialog(struct dialog *d, const struct target *to,
		  const osip_message_t *req);
/* Can @req, outside of a call, go on to somebody? Status of a refusal, or 0. */
int callee_check(const osip_message_t *req);
/* Is it from that extension? auth_admit() has seen to who says so. */
bool callee_is_of(const osip_message_t *req, const struct gateway *from,
		  const char *extension);
/* The headers that a callee gets as they are. 0 or -ENOMEM */
int callee_pass_headers(const osip_message_t *from, osip_message_t *to);

#endif
