// SPDX-License-Identifier: GPL-2.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "conf-file.h"
#include "config/config.h"

char conf_dir[] = "/tmp/test-conf-XXXXXX";
char conf_file[64];

int conf_group_setup(void **state)
{
	if (config_init(NULL) || !mkdtemp(conf_dir))
		return -1;
	snprintf(conf_file, sizeof(conf_file), "%s/test.conf", conf_dir);
	return 0;
}

int conf_group_teardown(void **state)
{
	char command[128];

	config_exit();
	snprintf(command, sizeof(command), "rm -rf %s", conf_dir);
	return system(command);
}

void conf_write(const char *text)
{
	char command[128];
	FILE *f;

	snprintf(command, sizeof(command), "rm -rf %s/*", conf_dir);
	assert_int_equal(system(command), 0);
	f = fopen(conf_file, "w");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}
