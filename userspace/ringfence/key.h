/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * SRTP keys, from files and standard input, in the base64 of SDES (RFC 4568,
 * 6.1): "inline:" (may be left out) and the master key and salt. A key never
 * comes from the command line and never goes to the screen.
 */
#ifndef RINGFENCE_KEY_H
#define RINGFENCE_KEY_H

#include "ringfence/cli.h"

/* May @word be a key? Such words are not repeated in messages. */
bool key_like(const char *word);

/**
 * key_read() - the value of tx-key or rx-key
 * @source: a file of one key; "-": the next line of standard input; in a
 * batch also the key itself, with "inline:"
 */
int key_read(struct cli *cli, const char *source, struct rgf_key *ret);

/* key_read_pair() - the value of keys: a file of "tx KEY" and "rx KEY" */
int key_read_pair(struct cli *cli, const char *source, struct rgf_key *ret_tx,
		  struct rgf_key *ret_rx);

/* Wipe what was read ahead of standard input. */
void key_exit(struct cli *cli);

#endif
