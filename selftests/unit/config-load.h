/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Texts of configurations, and all that is wrong with them, for tests. */
#ifndef CONFIG_LOAD_H
#define CONFIG_LOAD_H

#include <stddef.h>

struct lyd_node;

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

#define NET "network lan address 10.0.0.1\n" /* 1 line */
#define INNER                                        \
	"sip gateway in network lan\n" /* 2 lines */ \
	"sip gateway in proxy-host 10.0.0.2\n"
#define TLS                                           \
	"sip gateway out network lan\n" /* 5 lines */ \
	"sip gateway out proxy-host 10.0.0.3\n"       \
	"sip gateway out transport tls\n"             \
	"sip gateway out tls ca-certs ca\n"           \
	"sip gateway out tls certificate own\n"
#define NAME_WORDS                                                           \
	"a name of up to 63 letters, digits, '_', '.' and '-', that begins " \
	"with a letter or digit"

/*
 * Load and give all errors as "LINE: PATH: TEXT\n" each; the next call overwrites
 * them. @ret: NULL if there are any.
 */
char *load_len(const char *text, size_t len, struct lyd_node **ret);
char *load(const char *text, struct lyd_node **ret);

#endif
