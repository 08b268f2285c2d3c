/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Bindings in the file "registrations" of the daemon's run directory, as JSON:
 * for a restart, and for who wants to see them. No passwords, nor what could be
 * made of them.
 */
#ifndef SIP_REGSTORE_H
#define SIP_REGSTORE_H

#include <jansson.h>

#include "sip/gateway.h"

/* @dir: where the file is; kept by copy. 0 or -ENOMEM */
int regstore_init(const char *dir);
void regstore_exit(void);

/* Complete or not at all; logs what goes wrong. */
void regstore_save(void);

/*
 * What is in the file and not over, of extensions and gateways that @cfg has.
 * Logs what goes wrong: then phones have to register again.
 */
void regstore_load(const struct sip_config *cfg);

/* All bindings as the file has them, and how long they last; NULL: no memory. */
json_t *regstore_list(void);

/**
 * regstore_read() - bindings out of the text of a file
 * @now: of CLOCK_REALTIME
 *
 * Any that isn't as it should be, or over, is left out. Return: how many were
 * set; -EBADMSG: it isn't such a file.
 */
int regstore_read(const char *text, size_t len, const struct sip_config *cfg,
		  time_t now);

#endif
