/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Text that is put together in a buffer of a fixed size, where stdio takes too long.
 * What doesn't fit isn't there, nor anything after it; text_end() tells.
 */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct text {
	char *begin, *at,
		*end; /* @end: of what may be used, less one for NUL */
	bool cut;
};

static inline void text_begin(struct text *t, char *buf, size_t size)
{
	*t = (struct text){ .begin = buf, .at = buf, .end = buf + size - 1 };
}

static inline void text_put_n(struct text *t, const char *s, size_t n)
{
	if (t->cut || n > (size_t)(t->end - t->at)) {
		t->cut = true;
		return;
	}
	memcpy(t->at, s, n);
	t->at += n;
}

static inline void text_put(struct text *t, const char *s)
{
	text_put_n(t, s, strlen(s));
}

static inline void text_put_char(struct text *t, char c)
{
	text_put_n(t, &c, 1);
}

/* The texts one after another: text_join(t, "a", b, "c"). */
#define text_join(t, ...) \
	text_put_all(t, (const char *const[]){ __VA_ARGS__, NULL })
void text_put_all(struct text *t, const char *const texts[]);
/* In decimal digits. */
void text_put_number(struct text *t, uint64_t n);
/* As inet_ntoa() has it. */
void text_put_addr(struct text *t, struct in_addr addr);

/* The length, with a NUL behind it; 0: it didn't fit. */
static inline size_t text_end(struct text *t)
{
	*t->at = '\0';
	return t->cut ? 0 : (size_t)(t->at - t->begin);
}

/* inet_ntoa(), into @buf. */
const char *text_addr(struct in_addr addr, char buf[static INET_ADDRSTRLEN]);

/* The texts one after another, in memory to free(); NULL: there is none. */
#define text_joined(...) text_new((const char *const[]){ __VA_ARGS__, NULL })
char *text_new(const char *const texts[]);

#endif
