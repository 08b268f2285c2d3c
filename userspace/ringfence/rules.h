/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rule sets on standard output; rules_print.c. */
#ifndef RINGFENCE_RULES_H
#define RINGFENCE_RULES_H

#include "lib/rules.h"

void print_rules(const struct rgf_rules *r);
void print_rules_json(const struct rgf_rules *r);

#endif
