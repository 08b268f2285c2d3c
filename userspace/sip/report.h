/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the control socket shows and does of SIP. */
#ifndef SIP_REPORT_H
#define SIP_REPORT_H

#include <jansson.h>
#include <stdint.h>

struct sip_config;

void report_set_config(const struct sip_config *cfg); /* that runs, or NULL */

json_t *report_gateways(void); /* an array */
json_t *report_extensions(void); /* an object: policy, extensions */
json_t *report_calls(void); /* an array, without the media's counters */
json_t *report_call(uint32_t number); /* NULL: there is none */
/* End it as if both had hung up. @who: for the record. -ENOENT: none. */
int report_hang_up(uint32_t number, const char *who);

#endif
