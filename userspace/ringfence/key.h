/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * SRTP keys, from files and standard input, as SDES writes them (RFC 4568,
 * 6.1): "inline:" (may be left out), the base64 of master key and salt, and
 * maybe "|LIFETIME" and "|MKI:LENGTH". A key never comes from the command line
 * and never goes to the screen.
 */
#ifndef RINGFENCE_KEY_H
#define RINGFENCE_KEY_H

#include "ringfence/cli.h"

/* May @word be a key? */
bool key_like(const char *word);
/* May a part of @word, as in tx-key=KEY? Such words are not repeated. */
bool key_inside(const char *word);

/**
 * key_read() - the value of tx-key or rx-key
 * @source: a file of one key; "-": the next line of standard input; in a
 * batch also the key itself, with "inline:"
 */
int key_read(struct cli *cli, const char *source, struct rgf_master_key *ret);

/**
 * key_read_pair() - the value of keys
 * @source: a file of "tx KEY" and "rx KEY" lines, or "-"
 * @tx, @rx: the keys are added to these
 */
int key_read_pair(struct cli *cli, const char *source, struct rgf_keys *tx,
		  struct rgf_keys *rx);

/* The place for one more key of @side ("tx"); NULL, and said, when full. */
struct rgf_master_key *key_new(const struct cli *cli, struct rgf_keys *keys,
			       const char *side);

/* "N" or "2^N" packets, 1 to 2^48. */
bool key_lifetime(const char *text, uint64_t *ret);
/* Two hexadecimal digits a byte. */
bool key_mki(const char *text, struct rgf_master_key *ret);

/* Wipe what was read ahead of standard input. */
void key_exit(struct cli *cli);

#endif
