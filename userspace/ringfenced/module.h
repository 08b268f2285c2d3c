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
	/*
	 * The top-level names of the model that it reads, up to a NULL: when
	 * nothing there has changed, it isn't asked. NULL: it reads nothing.
	 */
	const char *const *reads;
	/*
	 * Check @fresh and get ready for it; change nothing that others can
	 * see. @old is what runs, NULL at start-up.
	 */
	int (*prepare)(const struct lyd_node *old, const struct lyd_node *fresh,
		       struct config_error *err);
	void (*commit)(void); /* make what was prepared the running one */
	void (*rollback)(void); /* forget what was prepared */
	/* Read the files of certificates that @running names again. */
	void (*renew)(const struct lyd_node *running);
	void (*exit)(void);
};

extern const struct module expiry_module, guard_module, log_module,
	manage_module, media_module, sip_module;

#endif
