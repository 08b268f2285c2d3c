/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For the files that say what attributes there are. */
#ifndef LIB_ATTR_SET_H
#define LIB_ATTR_SET_H

#include "lib/msg.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define ATTR_SET(a)                  \
	{                            \
		ARRAY_SIZE(a) - 1, a \
	}
/* None of the specification's is missing. */
#define ALL_OF(a, set) \
	_Static_assert(ARRAY_SIZE(a) == __RINGFENCE_A_##set##_MAX, #set)

#endif
