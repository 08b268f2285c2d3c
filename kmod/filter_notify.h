/* SPDX-License-Identifier: GPL-2.0-only */
/* Events of rule sets; fw->lock is held, so that they come in order. */
#ifndef _RGF_FILTER_NOTIFY_H
#define _RGF_FILTER_NOTIFY_H

#include "filter.h"

/* @cmd: RINGFENCE_CMD_RULES_..._NTF, of what is in force now. */
void rgf_fw_notify(struct rgf_fw *fw, u8 cmd);

/* The address set at @index has changed. */
void rgf_fw_notify_set(struct rgf_fw *fw, u32 index);

#endif
