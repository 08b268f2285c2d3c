// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "config/config.h"
#include "ringfenced/modules.h"

int modules_init(struct modules *m)
{
	for (m->n_up = 0; m->n_up < m->n; m->n_up++) {
		const struct module *mod = m->table[m->n_up];
		int ret = mod->init ? mod->init() : 0;

		if (ret < 0) {
			log_error("main", "%s can't start: %s", mod->name,
				  strerror(-ret));
			modules_exit(m);
			return ret;
		}
	}
	return 0;
}

int modules_configure(const struct modules *m, const struct lyd_node *tree,
		      struct config_error *err)
{
	size_t done;
	int ret = 0;

	for (done = 0; done < m->n && !ret; done++) {
		const struct module *mod = m->table[done];

		memset(err, 0, sizeof(*err));
		ret = mod->prepare ? mod->prepare(tree, err) : 0;
		if (ret < 0 && !err->text[0])
			snprintf(err->text, sizeof(err->text),
				 "%s refuses the configuration: %s", mod->name,
				 strerror(-ret));
	}
	if (ret < 0) {
		/* The one that refused has nothing to forget. */
		for (done--; done > 0; done--) {
			if (m->table[done - 1]->rollback)
				m->table[done - 1]->rollback();
		}
		return ret;
	}
	for (done = 0; done < m->n; done++) {
		if (m->table[done]->commit)
			m->table[done]->commit();
	}
	return 0;
}

void modules_exit(struct modules *m)
{
	while (m->n_up > 0) {
		const struct module *mod = m->table[--m->n_up];

		if (mod->exit)
			mod->exit();
	}
}
