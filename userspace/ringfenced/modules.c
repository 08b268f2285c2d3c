// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <string.h>

#include "base/notify.h"
#include "config/config.h"
#include "config/edit.h"
#include "ringfenced/modules.h"

int modules_init(struct modules *m)
{
	for (m->n_up = 0; m->n_up < m->n; m->n_up++) {
		const struct module *mod = m->table[m->n_up];
		int ret = mod->init ? mod->init() : 0;

		if (ret < 0) {
			notify(MAIN_NO_START, mod->name, strerror(-ret));
			modules_exit(m);
			return ret;
		}
	}
	return 0;
}

static bool concerns(const struct module *mod, const struct lyd_node *old,
		     const struct lyd_node *fresh)
{
	if (!mod->prepare || !mod->reads)
		return false;
	for (const char *const *name = mod->reads; *name; name++) {
		if (!old || config_differs(old, fresh, *name))
			return true;
	}
	return false;
}

int modules_prepare(struct modules *m, const struct lyd_node *old,
		    const struct lyd_node *fresh, struct config_error *err)
{
	m->prepared = 0;
	for (size_t i = 0; i < m->n; i++) {
		const struct module *mod = m->table[i];
		int ret;

		if (!concerns(mod, old, fresh))
			continue;
		memset(err, 0, sizeof(*err));
		ret = mod->prepare(old, fresh, err);
		if (!ret) {
			m->prepared |= UINT32_C(1) << i;
			continue;
		}
		if (!err->text[0])
			snprintf(err->text, sizeof(err->text),
				 "%s refuses the configuration: %s", mod->name,
				 strerror(-ret));
		/* The one that refused has nothing to forget. */
		modules_rollback(m);
		return ret;
	}
	return 0;
}

void modules_commit(struct modules *m)
{
	for (size_t i = 0; i < m->n; i++) {
		if (m->prepared & UINT32_C(1) << i && m->table[i]->commit)
			m->table[i]->commit();
	}
	m->prepared = 0;
}

void modules_rollback(struct modules *m)
{
	for (size_t i = m->n; i > 0; i--) {
		if (m->prepared & UINT32_C(1) << (i - 1) &&
		    m->table[i - 1]->rollback)
			m->table[i - 1]->rollback();
	}
	m->prepared = 0;
}

void modules_exit(struct modules *m)
{
	while (m->n_up > 0) {
		const struct module *mod = m->table[--m->n_up];

		if (mod->exit)
			mod->exit();
	}
}

void modules_renew(struct modules *m, const struct lyd_node *running)
{
	for (size_t i = 0; i < m->n_up; i++) {
		if (m->table[i]->renew)
			m->table[i]->renew(running);
	}
}
