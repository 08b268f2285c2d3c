/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What becomes of the requests that come in, by method and dialog. */
#ifndef SIP_UAS_H
#define SIP_UAS_H

#include "sip/txn.h"

extern const struct txn_user uas_user;

#endif
