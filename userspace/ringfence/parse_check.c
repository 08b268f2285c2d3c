// SPDX-License-Identifier: GPL-2.0-or-later
/* What the words of session add and set must amount to, when all are read. */
#include <stdio.h>

#include "ringfence/cli.h"
#include "ringfence/parse.h"

/* Only of a new leg is it known that RTCP has a port of its own. */
static int check_new_ports(const struct cli *cli, const struct rgf_leg *leg)
{
	const char *what = NULL;

	if (leg->has & RGF_HAS_FLAGS &&
	    leg->flags & RINGFENCE_LEG_FLAGS_RTCP_MUX)
		return CLI_OK;
	if (leg->local_port == UINT16_MAX &&
	    !(leg->has & RGF_HAS_LOCAL_RTCP_PORT))
		what = "local";
	else if (leg->peer_port == UINT16_MAX &&
		 !(leg->has & RGF_HAS_PEER_RTCP_PORT))
		what = "peer";
	if (!what)
		return CLI_OK;
	return cli_error(cli, CLI_USAGE,
			 "%s has port 65535 and there is no next port for "
			 "RTCP; add: rtcp PORT, or: flags rtcp-mux",
			 what);
}

static int check_keys_of(const struct cli *cli, const struct rgf_leg *leg,
			 const struct rgf_keys *keys, const char *name)
{
	size_t len = rgf_suite_key_len(leg->suite);

	for (unsigned int i = 0; i < keys->n; i++) {
		const struct rgf_master_key *mk = &keys->key[i];

		if (leg->has & RGF_HAS_SUITE && mk->key.len != len)
			return cli_error(cli, CLI_USAGE,
					 "%s must have %zu bytes for %s, not "
					 "%u",
					 name, len, rgf_suite_name(leg->suite),
					 mk->key.len);
		if (keys->n > 1 &&
		    (!mk->mki_len || mk->mki_len != keys->key[0].mki_len))
			return cli_error(cli, CLI_USAGE,
					 "%s is given more than once, so each "
					 "needs an MKI, and all of one length; "
					 "add after each file: mki HEX",
					 name);
	}
	return CLI_OK;
}

static int check_keys(const struct cli *cli, const struct rgf_leg *leg,
		      char leg_char)
{
	char tx[] = "leg ?: tx-key", rx[] = "leg ?: rx-key";
	int r;

	if (leg->has & RGF_HAS_SUITE && leg->suite == RINGFENCE_SUITE_NONE &&
	    leg->has & (RGF_HAS_TX_KEYS | RGF_HAS_RX_KEYS))
		return cli_error(
			cli, CLI_USAGE,
			"leg %c has keys but suite none; add its suite, for "
			"example: suite AES_CM_128_HMAC_SHA1_80",
			leg_char);
	tx[4] = leg_char;
	rx[4] = leg_char;
	r = check_keys_of(cli, leg, &leg->tx, tx);
	return r ? r : check_keys_of(cli, leg, &leg->rx, rx);
}

static int check_new_leg(const struct cli *cli, struct rgf_leg *leg, char name)
{
	const char *miss = NULL;

	leg->has |= RGF_HAS_SUITE; /* none, unless it was named */
	if (!(leg->has & RGF_HAS_LOCAL_ADDR))
		miss = "local ADDRESS:PORT";
	else if (leg->suite && !(leg->has & RGF_HAS_TX_KEYS))
		miss = "tx-key FILE";
	else if (leg->suite && !(leg->has & RGF_HAS_RX_KEYS))
		miss = "rx-key FILE";
	if (miss)
		return cli_error(cli, CLI_USAGE,
				 "leg %c is not complete; add to it: %s", name,
				 miss);
	return check_new_ports(cli, leg);
}

static int check_leg(const struct cli *cli, struct rgf_session *s, bool add,
		     int i)
{
	struct rgf_leg *leg = &s->leg[i];
	char name = (char)('a' + i), names[NAMES_MAX];
	int r = CLI_OK;

	if (add) {
		r = check_new_leg(cli, leg, name);
	} else if (s->has & RGF_HAS_LEG_A << i && !leg->has) {
		keyword_names(names, sizeof(names), true);
		r = cli_error(cli, CLI_USAGE,
			      "leg %c: nothing to set; add what to change: "
			      "flags, %s",
			      name, names);
	}
	return r ? r : check_keys(cli, leg, name);
}

int check_session(const struct cli *cli, struct rgf_session *s, bool add)
{
	for (int i = 0; i < 2; i++) {
		int r = check_leg(cli, s, add, i);

		if (r)
			return r;
	}
	if (!add && !s->id)
		return cli_error(cli, CLI_USAGE,
				 "which session? add: id NUMBER");
	if (!add && !s->has)
		return cli_error(cli, CLI_USAGE,
				 "nothing to set; add: label, idle-timeout, "
				 "flags, a or b with what to change");
	return CLI_OK;
}
