// SPDX-License-Identifier: GPL-2.0-or-later
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "ringfence/cli.h"
#include "ringfence/key.h"

struct parser {
	struct cli *cli;
	struct words *w;
	struct rgf_session *s;
	struct rgf_leg *leg; /* that the words are about; NULL: none yet */
};

static const char *leg_name(const struct parser *p)
{
	return p->leg == &p->s->leg[0] ? "a" : "b";
}

static int twice(const struct parser *p, const char *word)
{
	return cli_error(p->cli, CLI_USAGE, "%s is given twice%s%s", word,
			 p->leg ? " for leg " : "", p->leg ? leg_name(p) : "");
}

static int parse_id(struct parser *p)
{
	const char *word;
	int r = word_need(p->cli, p->w, "id", "NUMBER", &word);

	if (r)
		return r;
	if (p->s->id)
		return twice(p, "id");
	return word_u32(p->cli, "id", word, 1, UINT32_MAX, &p->s->id);
}

static int parse_label(struct parser *p)
{
	const char *word;
	int r = word_need(p->cli, p->w, "label", "TEXT", &word);

	if (r)
		return r;
	if (p->s->has & RGF_HAS_LABEL)
		return twice(p, "label");
	if (strlen(word) > RINGFENCE_LABEL_MAX)
		return cli_error(p->cli, CLI_USAGE,
				 "label has %zu bytes; it may have %d",
				 strlen(word), RINGFENCE_LABEL_MAX);
	for (const char *c = word; *c; c++)
		if ((unsigned char)*c < 0x20 || *c == 0x7f)
			return cli_error(
				p->cli, CLI_USAGE,
				"label must not have control characters");
	memcpy(p->s->label, word, strlen(word) + 1);
	p->s->has |= RGF_HAS_LABEL;
	return CLI_OK;
}

static int parse_idle_timeout(struct parser *p)
{
	const char *word;
	int r = word_need(p->cli, p->w, "idle-timeout", "SECONDS", &word);

	if (r)
		return r;
	if (p->s->has & RGF_HAS_IDLE_TIMEOUT)
		return twice(p, "idle-timeout");
	p->s->has |= RGF_HAS_IDLE_TIMEOUT;
	return word_u32(p->cli, "idle-timeout", word, 0,
			RINGFENCE_IDLE_TIMEOUT_MAX, &p->s->idle_timeout);
}

static int parse_port(const struct parser *p, const char *what,
		      const char *word, uint16_t *ret)
{
	uint32_t port;
	int r = word_u32(p->cli, what, word, 1, UINT16_MAX, &port);

	if (!r)
		*ret = (uint16_t)port;
	return r;
}

static int parse_address(const struct parser *p, const char *what,
			 const char *word, struct in_addr *addr, uint16_t *port)
{
	const char *colon = strrchr(word, ':');
	char host[INET_ADDRSTRLEN] = "";

	if (colon && (size_t)(colon - word) < sizeof(host))
		memcpy(host, word, (size_t)(colon - word));
	if (inet_pton(AF_INET, host, addr) != 1)
		return cli_error(p->cli, CLI_USAGE,
				 "%s must be an IPv4 address and a port, as "
				 "192.0.2.1:20000, not %s",
				 what, word_show(word));
	return parse_port(p, "the port", colon + 1, port);
}

/* "rtcp PORT" may follow; the next port is the default (RFC 3550, 11). */
static int parse_rtcp(const struct parser *p, const char *what, uint16_t port,
		      uint16_t *ret)
{
	const char *word = word_peek(p->w);

	if (word && strcmp(word, "rtcp") == 0) {
		int r;

		word_next(p->w);
		r = word_need(p->cli, p->w, "rtcp", "PORT", &word);
		return r ? r : parse_port(p, "rtcp", word, ret);
	}
	if (port == UINT16_MAX)
		return cli_error(p->cli, CLI_USAGE,
				 "%s has port 65535 and there is no next port "
				 "for RTCP; add: rtcp PORT",
				 what);
	*ret = port + 1;
	return CLI_OK;
}

static int parse_local(struct parser *p)
{
	struct rgf_leg *leg = p->leg;
	const char *word;
	int r = word_need(p->cli, p->w, "local", "ADDRESS:PORT", &word);

	if (r)
		return r;
	if (leg->has & RGF_HAS_LOCAL_ADDR)
		return twice(p, "local");
	r = parse_address(p, "local", word, &leg->local_addr, &leg->local_port);
	if (!r)
		r = parse_rtcp(p, "local", leg->local_port,
			       &leg->local_rtcp_port);
	leg->has |= RGF_HAS_LOCAL_ADDR | RGF_HAS_LOCAL_PORT |
		    RGF_HAS_LOCAL_RTCP_PORT;
	return r;
}

static int parse_peer(struct parser *p)
{
	struct rgf_leg *leg = p->leg;
	const char *word;
	int r = word_need(p->cli, p->w, "peer", "ADDRESS:PORT", &word);

	if (r)
		return r;
	if (leg->has & RGF_HAS_PEER_ADDR)
		return twice(p, "peer");
	r = parse_address(p, "peer", word, &leg->peer_addr, &leg->peer_port);
	if (!r)
		r = parse_rtcp(p, "peer", leg->peer_port, &leg->peer_rtcp_port);
	leg->has |= RGF_HAS_PEER_ADDR | RGF_HAS_PEER_PORT |
		    RGF_HAS_PEER_RTCP_PORT;
	return r;
}

static int bad_suite(const struct parser *p, const char *word)
{
	char names[256] = "";

	for (unsigned int i = 0; rgf_suite_name(i); i++) {
		size_t used = strlen(names);

		snprintf(names + used, sizeof(names) - used, "%s%s",
			 i ? ", " : "", rgf_suite_name(i));
	}
	return cli_error(p->cli, CLI_USAGE, "unknown suite %s; there are: %s",
			 word_show(word), names);
}

static int parse_suite(struct parser *p)
{
	const char *word;
	int r = word_need(p->cli, p->w, "suite", "NAME", &word);

	if (r)
		return r;
	if (p->leg->has & RGF_HAS_SUITE)
		return twice(p, "suite");
	if (rgf_suite_by_name(word, &p->leg->suite))
		return bad_suite(p, word);
	p->leg->has |= RGF_HAS_SUITE;
	return CLI_OK;
}

static int parse_tx_key(struct parser *p)
{
	const char *word;
	int r = word_need(p->cli, p->w, "tx-key", "FILE", &word);

	if (r)
		return r;
	if (p->leg->has & RGF_HAS_TX_KEY)
		return twice(p, "tx-key");
	p->leg->has |= RGF_HAS_TX_KEY;
	return key_read(p->cli, word, &p->leg->tx_key);
}

static int parse_rx_key(struct parser *p)
{
	const char *word;
	int r = word_need(p->cli, p->w, "rx-key", "FILE", &word);

	if (r)
		return r;
	if (p->leg->has & RGF_HAS_RX_KEY)
		return twice(p, "rx-key");
	p->leg->has |= RGF_HAS_RX_KEY;
	return key_read(p->cli, word, &p->leg->rx_key);
}

static int parse_keys(struct parser *p)
{
	const char *word;
	int r = word_need(p->cli, p->w, "keys", "FILE", &word);

	if (r)
		return r;
	if (p->leg->has & (RGF_HAS_TX_KEY | RGF_HAS_RX_KEY))
		return twice(p, "the key");
	p->leg->has |= RGF_HAS_TX_KEY | RGF_HAS_RX_KEY;
	return key_read_pair(p->cli, word, &p->leg->tx_key, &p->leg->rx_key);
}

static int parse_leg(struct parser *p, unsigned int i)
{
	if (p->s->has & RGF_HAS_LEG_A << i)
		return cli_error(p->cli, CLI_USAGE, "leg %c is given twice",
				 'a' + (int)i);
	p->s->has |= RGF_HAS_LEG_A << i;
	p->leg = &p->s->leg[i];
	return CLI_OK;
}

static int parse_a(struct parser *p)
{
	return parse_leg(p, 0);
}

static int parse_b(struct parser *p)
{
	return parse_leg(p, 1);
}

static int parse_stray_rtcp(struct parser *p)
{
	return cli_error(p->cli, CLI_USAGE,
			 "rtcp must come right after local ADDRESS:PORT or "
			 "peer ADDRESS:PORT");
}

static const struct {
	const char *name;
	bool of_leg;
	int (*parse)(struct parser *p);
} keywords[] = {
	{ "id", false, parse_id },
	{ "label", false, parse_label },
	{ "idle-timeout", false, parse_idle_timeout },
	{ "a", false, parse_a },
	{ "b", false, parse_b },
	{ "local", true, parse_local },
	{ "rtcp", true, parse_stray_rtcp },
	{ "peer", true, parse_peer },
	{ "suite", true, parse_suite },
	{ "tx-key", true, parse_tx_key },
	{ "rx-key", true, parse_rx_key },
	{ "keys", true, parse_keys },
};
#define N_KEYWORDS (sizeof(keywords) / sizeof(keywords[0]))

static int parse_word(struct parser *p, const char *word)
{
	for (size_t i = 0; i < N_KEYWORDS; i++) {
		if (strcmp(word, keywords[i].name) != 0)
			continue;
		if (keywords[i].of_leg && !p->leg)
			return cli_error(p->cli, CLI_USAGE,
					 "%s belongs to a leg; name the leg "
					 "before it: a or b",
					 word);
		return keywords[i].parse(p);
	}
	return cli_error(p->cli, CLI_USAGE,
			 "unknown word %s; there are: id, label, idle-timeout, "
			 "a, b, and after a or b: local, peer, rtcp, suite, "
			 "tx-key, rx-key, keys",
			 word_show(word));
}

static int check_keys(const struct parser *p, const struct rgf_leg *leg,
		      char name)
{
	size_t len = rgf_suite_key_len(leg->suite);

	if (!len && leg->has & (RGF_HAS_TX_KEY | RGF_HAS_RX_KEY))
		return cli_error(
			p->cli, CLI_USAGE,
			"leg %c has keys but suite none; add its suite, for "
			"example: suite AES_CM_128_HMAC_SHA1_80",
			name);
	if (leg->has & RGF_HAS_TX_KEY && leg->tx_key.len != len)
		return cli_error(p->cli, CLI_USAGE,
				 "leg %c: tx-key must have %zu bytes for %s",
				 name, len, rgf_suite_name(leg->suite));
	if (leg->has & RGF_HAS_RX_KEY && leg->rx_key.len != len)
		return cli_error(p->cli, CLI_USAGE,
				 "leg %c: rx-key must have %zu bytes for %s",
				 name, len, rgf_suite_name(leg->suite));
	return CLI_OK;
}

static int check_new_leg(const struct parser *p, struct rgf_leg *leg, char name)
{
	const char *miss = NULL;

	leg->has |= RGF_HAS_SUITE; /* none, unless it was named */
	if (!(leg->has & RGF_HAS_LOCAL_ADDR))
		miss = "local ADDRESS:PORT";
	else if (leg->suite && !(leg->has & RGF_HAS_TX_KEY))
		miss = "tx-key FILE";
	else if (leg->suite && !(leg->has & RGF_HAS_RX_KEY))
		miss = "rx-key FILE";
	if (miss)
		return cli_error(p->cli, CLI_USAGE,
				 "leg %c is not complete; add to it: %s", name,
				 miss);
	return CLI_OK;
}

static int check(const struct parser *p, bool add)
{
	for (int i = 0; i < 2; i++) {
		struct rgf_leg *leg = &p->s->leg[i];
		char name = (char)('a' + i);
		int r = CLI_OK;

		if (add)
			r = check_new_leg(p, leg, name);
		else if (p->s->has & RGF_HAS_LEG_A << i && !leg->has)
			r = cli_error(
				p->cli, CLI_USAGE,
				"leg %c: nothing to set; add what to change: "
				"local, peer, suite, tx-key, rx-key or keys",
				name);
		if (!r && leg->has & RGF_HAS_SUITE)
			r = check_keys(p, leg, name);
		if (r)
			return r;
	}
	if (!add && !p->s->id)
		return cli_error(p->cli, CLI_USAGE,
				 "which session? add: id NUMBER");
	if (!add && !p->s->has)
		return cli_error(p->cli, CLI_USAGE,
				 "nothing to set; add: label, idle-timeout, a "
				 "or b with what to change");
	return CLI_OK;
}

int parse_session(struct cli *cli, struct words *w, bool add,
		  struct rgf_session *s)
{
	struct parser p = { .cli = cli, .w = w, .s = s };
	const char *word;
	int r = CLI_OK;

	memset(s, 0, sizeof(*s));
	while (!r && (word = word_next(w)))
		r = parse_word(&p, word);
	return r ? r : check(&p, add);
}
