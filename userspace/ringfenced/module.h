/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The daemon's modules: one table (main.c), in dependency order; start-up walks
 * it down, shutdown walks it up.
 */
#ifndef RINGFENCED_MODULE_H
#define RINGFENCED_MODULE_H

struct lyd_node;
struct config_error;

struct module {
	const char *name;
	int (*init)(void); /* 0 or -errno; logs its reason */
	/* Check @tree and get ready; change nothing that others can see. */
	int (*prepare)(const struct lyd_node *tree, struct config_error *err);
	void (*commit)(void); /* make what was prepared the running one */
	void (*rollback)(void); /* forget what was prepared */
	void (*exit)(void);
};

extern const struct module log_module, media_module, sip_module;

#endif
