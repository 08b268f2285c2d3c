/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RINGFENCE_PROMPT_H
#define RINGFENCE_PROMPT_H

#include "ringfence/cli.h"

/* Read commands from the terminal until "exit" or its end; an exit status. */
int prompt_run(struct cli *cli);

/* One command as a line. */
int prompt_line(struct cli *cli, const char *text);

#endif
