/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A configuration file in a folder of its own, for tests of the datastore. */
#ifndef UNIT_CONF_FILE_H
#define UNIT_CONF_FILE_H

extern char conf_dir[];
extern char conf_file[64]; /* in it */

/* Of a group of tests: the model, and the folder. */
int conf_group_setup(void **state);
int conf_group_teardown(void **state);

/* Nothing is in the folder but the file, with this in it. */
void conf_write(const char *text);

#endif
