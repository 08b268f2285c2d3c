/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libosip2's headers need these before them. */
#ifndef SIP_OSIP_H
#define SIP_OSIP_H

#include <time.h>
#include <sys/time.h>

#include <osip2/osip.h>
#include <osipparser2/osip_message.h>
#include <osipparser2/osip_parser.h>

#endif
