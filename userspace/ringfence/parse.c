// SPDX-License-Identifier: GPL-2.0-or-later
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "ringfence/cli.h"
#include "ringfence/complete.h"
#include "ringfence/key.h"
#include "ringfence/parse.h"

#define CLOCK_RATE_MIN 1000 /* as the netlink specification has it */
#define CLOCK_RATE_MAX 192000

/* Words that belong to the word right before them. */
enum option_of {
	OPTION_NONE,
	OPTION_OF_ADDRESS, /* local, peer */
	OPTION_OF_KEY, /* tx-key, rx-key */
};

struct parser {
	struct cli *cli;
	struct words *w;
	struct rgf_session *s;
	struct rgf_leg *leg; /* that the words are about; NULL: none yet */
	enum option_of open; /* that may come now */
	/* What they are about: */
	struct rgf_master_key *key;
	uint16_t *rtcp_port;
	uint32_t rtcp_has;
};

static const char *leg_name(const struct parser *p)
{
	return p->leg == &p->s->leg[0] ? "a" : "b";
}

static int twice(const struct parser *p, const char *word, bool of_leg)
{
	return cli_error(p->cli, CLI_USAGE, "%s is given twice%s%s", word,
			 of_leg ? " for leg " : "", of_leg ? leg_name(p) : "");
}

static int parse_id(struct parser *p, const char *word)
{
	if (p->s->id)
		return twice(p, "id", false);
	return word_u32(p->cli, "id", word, 1, UINT32_MAX, &p->s->id);
}

static int parse_label(struct parser *p, const char *word)
{
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
	return CLI_OK;
}

static int parse_idle_timeout(struct parser *p, const char *word)
{
	return word_u32(p->cli, "idle-timeout", word, 0,
			RINGFENCE_IDLE_TIMEOUT_MAX, &p->s->idle_timeout);
}

static int bad_flag(const struct parser *p, const char *flag)
{
	const char *other = p->leg ? "the session; give it before a or b"
				   : "a leg; give it after a or b";
	flag_name *name = p->leg ? rgf_leg_flag_name : rgf_session_flag_name;
	flag_name *other_name = p->leg ? rgf_session_flag_name
				       : rgf_leg_flag_name;
	char names[NAMES_MAX] = "";

	if (flag_by_name(other_name, flag))
		return cli_error(p->cli, CLI_USAGE, "%s is a flag of %s", flag,
				 other);
	for (unsigned int i = 0; name(i); i++)
		names_add(names, sizeof(names), name(i));
	return cli_error(p->cli, CLI_USAGE,
			 "unknown flag %s; there are: none, or with commas: %s",
			 word_show(flag), names);
}

static int parse_flags(struct parser *p, const char *word)
{
	flag_name *name = p->leg ? rgf_leg_flag_name : rgf_session_flag_name;
	uint32_t *flags = p->leg ? &p->leg->flags : &p->s->flags;
	char list[NAMES_MAX], *next = list, *flag;

	*flags = 0;
	if (strcmp(word, "none") == 0)
		return CLI_OK;
	if (strlen(word) >= sizeof(list))
		return bad_flag(p, word);
	memcpy(list, word, strlen(word) + 1);
	while ((flag = strsep(&next, ","))) {
		uint32_t bit = flag_by_name(name, flag);

		if (!bit)
			return bad_flag(p, flag);
		*flags |= bit;
	}
	return CLI_OK;
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

/* "ADDRESS:" or "[ADDRESS]:"; what follows it, NULL if it is neither. */
static const char *read_address(const char *word, struct rgf_addr *ret)
{
	bool v6 = *word == '[';
	const char *end = v6 ? strchr(word, ']') : strrchr(word, ':');
	char host[INET6_ADDRSTRLEN] = "";
	struct in_addr v4;

	if (v6)
		word++;
	if (!end || (size_t)(end - word) >= sizeof(host))
		return NULL;
	memcpy(host, word, (size_t)(end - word));
	if (v6) {
		/* A mapped address would be the IPv4 address. */
		if (end[1] != ':' ||
		    inet_pton(AF_INET6, host, &ret->in6) != 1 ||
		    rgf_addr_is_v4(ret))
			return NULL;
		return end + 2;
	}
	if (inet_pton(AF_INET, host, &v4) != 1)
		return NULL;
	*ret = rgf_addr_v4(v4);
	return end + 1;
}

/* The kernel takes the next port for RTCP (RFC 3550, 11) if none follows. */
static int parse_address(struct parser *p, const char *what, const char *word,
			 struct rgf_addr *addr, uint16_t *port)
{
	const char *port_word = read_address(word, addr);

	if (!port_word)
		return cli_error(p->cli, CLI_USAGE,
				 "%s must be an address and a port, as "
				 "192.0.2.1:20000 or [2001:db8::1]:20000, "
				 "not %s",
				 what, word_show(word));
	return parse_port(p, "the port", port_word, port);
}

static int parse_local(struct parser *p, const char *word)
{
	struct rgf_leg *leg = p->leg;
	int r = parse_address(p, "local", word, &leg->local_addr,
			      &leg->local_port);

	leg->has |= RGF_HAS_LOCAL_PORT;
	p->rtcp_port = &leg->local_rtcp_port;
	p->rtcp_has = RGF_HAS_LOCAL_RTCP_PORT;
	return r;
}

static int parse_peer(struct parser *p, const char *word)
{
	struct rgf_leg *leg = p->leg;
	int r = parse_address(p, "peer", word, &leg->peer_addr,
			      &leg->peer_port);

	leg->has |= RGF_HAS_PEER_PORT;
	p->rtcp_port = &leg->peer_rtcp_port;
	p->rtcp_has = RGF_HAS_PEER_RTCP_PORT;
	return r;
}

static int parse_rtcp(struct parser *p, const char *word)
{
	p->leg->has |= p->rtcp_has;
	p->open = OPTION_NONE;
	return parse_port(p, "rtcp", word, p->rtcp_port);
}

static int parse_suite(struct parser *p, const char *word)
{
	char names[NAMES_MAX] = "";

	if (!rgf_suite_by_name(word, &p->leg->suite))
		return CLI_OK;
	for (unsigned int i = 0; rgf_suite_name(i); i++)
		names_add(names, sizeof(names), rgf_suite_name(i));
	return cli_error(p->cli, CLI_USAGE, "unknown suite %s; there are: %s",
			 word_show(word), names);
}

static int parse_a_key(struct parser *p, const char *word,
		       struct rgf_keys *keys, const char *side)
{
	p->key = key_new(p->cli, keys, side);
	return p->key ? key_read(p->cli, word, p->key) : CLI_USAGE;
}

static int parse_tx_key(struct parser *p, const char *word)
{
	p->leg->has |= RGF_HAS_TX_KEYS;
	return parse_a_key(p, word, &p->leg->tx, "tx");
}

static int parse_rx_key(struct parser *p, const char *word)
{
	p->leg->has |= RGF_HAS_RX_KEYS;
	return parse_a_key(p, word, &p->leg->rx, "rx");
}

static int parse_keys(struct parser *p, const char *word)
{
	p->leg->has |= RGF_HAS_TX_KEYS | RGF_HAS_RX_KEYS;
	return key_read_pair(p->cli, word, &p->leg->tx, &p->leg->rx);
}

static int parse_mki(struct parser *p, const char *word)
{
	if (p->key->mki_len)
		return twice(p, "the key's mki", true);
	if (!key_mki(word, p->key))
		return cli_error(p->cli, CLI_USAGE,
				 "mki must be 1 to %d bytes of two hexadecimal "
				 "digits each, as 00000001, not %s",
				 RINGFENCE_MKI_MAX, word_show(word));
	return CLI_OK;
}

static int parse_lifetime(struct parser *p, const char *word)
{
	if (p->key->lifetime)
		return twice(p, "the key's lifetime", true);
	if (!key_lifetime(word, &p->key->lifetime))
		return cli_error(p->cli, CLI_USAGE,
				 "lifetime must be a number of packets from 1 "
				 "to 2^48, as 1000000 or 2^31, not %s",
				 word_show(word));
	return CLI_OK;
}

static int parse_latch(struct parser *p, const char *word)
{
	char names[NAMES_MAX] = "";

	for (unsigned int i = 0; rgf_latch_name(i); i++) {
		if (strcmp(word, rgf_latch_name(i)) == 0) {
			p->leg->latch = i;
			return CLI_OK;
		}
		names_add(names, sizeof(names), rgf_latch_name(i));
	}
	return cli_error(p->cli, CLI_USAGE, "latch must be one of: %s; not %s",
			 names, word_show(word));
}

static int parse_dscp(struct parser *p, const char *word)
{
	uint64_t n = RINGFENCE_DSCP_KEEP;

	if (strcmp(word, DSCP_KEEP_WORD) != 0 &&
	    !word_number(word, RINGFENCE_DSCP_KEEP - 1, &n))
		return cli_error(p->cli, CLI_USAGE,
				 "dscp must be %s or a number from 0 to %d, "
				 "not %s",
				 DSCP_KEEP_WORD, RINGFENCE_DSCP_KEEP - 1,
				 word_show(word));
	p->leg->dscp = (uint8_t)n;
	return CLI_OK;
}

static int parse_kdr(struct parser *p, const char *word)
{
	uint32_t kdr;
	int r = word_u32(p->cli, "kdr", word, 0, RINGFENCE_KDR_MAX, &kdr);

	if (!r)
		p->leg->kdr = (uint8_t)kdr;
	return r;
}

static int parse_clock_rate(struct parser *p, const char *word)
{
	return word_u32(p->cli, "clock-rate", word, CLOCK_RATE_MIN,
			CLOCK_RATE_MAX, &p->leg->clock_rate);
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

static int parse_a(struct parser *p, const char *word)
{
	return parse_leg(p, 0);
}

static int parse_b(struct parser *p, const char *word)
{
	return parse_leg(p, 1);
}

static const struct keyword {
	const char *name;
	const char *value; /* what must follow; NULL: nothing */
	int (*parse)(struct parser *p, const char *value);
	bool of_leg;
	uint32_t has; /* set by it, so that it can't come again; 0: it may */
	enum option_of opens;
	enum option_of is;
	enum candidates candidates; /* for the value */
} keywords[] = {
	{ .name = "id",
	  .value = "NUMBER",
	  .parse = parse_id,
	  .candidates = CANDIDATES_ID },
	{ .name = "label",
	  .value = "TEXT",
	  .parse = parse_label,
	  .has = RGF_HAS_LABEL },
	{ .name = "idle-timeout",
	  .value = "SECONDS",
	  .parse = parse_idle_timeout,
	  .has = RGF_HAS_IDLE_TIMEOUT },
	{ .name = "flags", /* of the leg, after the first a or b */
	  .value = "LIST",
	  .parse = parse_flags,
	  .has = RGF_HAS_FLAGS,
	  .candidates = CANDIDATES_FLAGS },
	{ .name = "a", .parse = parse_a },
	{ .name = "b", .parse = parse_b },
	{ .name = "local",
	  .value = "ADDRESS:PORT",
	  .parse = parse_local,
	  .of_leg = true,
	  .has = RGF_HAS_LOCAL_ADDR,
	  .opens = OPTION_OF_ADDRESS },
	{ .name = "peer",
	  .value = "ADDRESS:PORT",
	  .parse = parse_peer,
	  .of_leg = true,
	  .has = RGF_HAS_PEER_ADDR,
	  .opens = OPTION_OF_ADDRESS },
	{ .name = "rtcp",
	  .value = "PORT",
	  .parse = parse_rtcp,
	  .of_leg = true,
	  .is = OPTION_OF_ADDRESS },
	{ .name = "latch",
	  .value = "RULE",
	  .parse = parse_latch,
	  .of_leg = true,
	  .has = RGF_HAS_LATCH,
	  .candidates = CANDIDATES_LATCH },
	{ .name = "dscp",
	  .value = "NUMBER",
	  .parse = parse_dscp,
	  .of_leg = true,
	  .has = RGF_HAS_DSCP,
	  .candidates = CANDIDATES_DSCP },
	{ .name = "clock-rate",
	  .value = "HZ",
	  .parse = parse_clock_rate,
	  .of_leg = true,
	  .has = RGF_HAS_CLOCK_RATE },
	{ .name = "suite",
	  .value = "NAME",
	  .parse = parse_suite,
	  .of_leg = true,
	  .has = RGF_HAS_SUITE,
	  .candidates = CANDIDATES_SUITE },
	{ .name = "kdr",
	  .value = "NUMBER",
	  .parse = parse_kdr,
	  .of_leg = true,
	  .has = RGF_HAS_KDR },
	{ .name = "tx-key",
	  .value = "FILE",
	  .parse = parse_tx_key,
	  .of_leg = true,
	  .opens = OPTION_OF_KEY,
	  .candidates = CANDIDATES_FILE },
	{ .name = "rx-key",
	  .value = "FILE",
	  .parse = parse_rx_key,
	  .of_leg = true,
	  .opens = OPTION_OF_KEY,
	  .candidates = CANDIDATES_FILE },
	{ .name = "mki",
	  .value = "HEX",
	  .parse = parse_mki,
	  .of_leg = true,
	  .is = OPTION_OF_KEY },
	{ .name = "lifetime",
	  .value = "PACKETS",
	  .parse = parse_lifetime,
	  .of_leg = true,
	  .is = OPTION_OF_KEY },
	{ .name = "keys",
	  .value = "FILE",
	  .parse = parse_keys,
	  .of_leg = true,
	  .candidates = CANDIDATES_FILE },
	{ 0 },
};

static const struct keyword *find_keyword(const char *word)
{
	const struct keyword *k = keywords;

	while (k->name && strcmp(word, k->name) != 0)
		k++;
	return k->name ? k : NULL;
}

void keyword_names(char *ret, size_t size, bool of_leg)
{
	*ret = 0;
	for (const struct keyword *k = keywords; k->name; k++)
		if (k->of_leg == of_leg)
			names_add(ret, size, k->name);
}

static int bad_word(const struct parser *p, const char *word)
{
	char names[NAMES_MAX], leg_names[NAMES_MAX];

	keyword_names(names, sizeof(names), false);
	keyword_names(leg_names, sizeof(leg_names), true);
	return cli_error(p->cli, CLI_USAGE,
			 "unknown word %s; there are: %s, and after a or b: %s",
			 word_show(word), names, leg_names);
}

static int bad_place(const struct parser *p, const struct keyword *k)
{
	if (!p->leg)
		return cli_error(p->cli, CLI_USAGE,
				 "%s belongs to a leg; name the leg before it: "
				 "a or b",
				 k->name);
	return cli_error(p->cli, CLI_USAGE, "%s must come right after %s",
			 k->name,
			 k->is == OPTION_OF_KEY
				 ? "tx-key FILE or rx-key FILE"
				 : "local ADDRESS:PORT or peer ADDRESS:PORT");
}

static int parse_word(struct parser *p, const char *word)
{
	const struct keyword *k = find_keyword(word);
	bool of_leg;
	uint32_t *has;

	if (!k)
		return bad_word(p, word);
	if ((k->of_leg && !p->leg) || (k->is && k->is != p->open))
		return bad_place(p, k);
	if (k->value) {
		int r = word_need(p->cli, p->w, k->name, k->value, &word);

		if (r)
			return r;
	}
	of_leg = k->of_leg || (k->has == RGF_HAS_FLAGS && p->leg);
	has = of_leg ? &p->leg->has : &p->s->has;
	if (*has & k->has)
		return twice(p, k->name, of_leg);
	*has |= k->has;
	if (!k->is)
		p->open = k->opens;
	return k->parse(p, word);
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
	return r ? r : check_session(cli, s, add);
}

/* What was said so far, as far as it decides what may come next. */
struct progress {
	const struct keyword *last; /* whose value may be missing */
	bool in_leg;
	uint64_t used; /* of keywords[]; since the leg began, if of_leg */
	enum option_of open;
};
_Static_assert(sizeof(keywords) / sizeof(keywords[0]) <= 64, "used");

static uint64_t bit_of(const struct keyword *k)
{
	return 1ULL << (k - keywords);
}

static void forget_leg(struct progress *pr)
{
	pr->in_leg = true;
	for (const struct keyword *k = keywords; k->name; k++)
		if (k->of_leg || k->has == RGF_HAS_FLAGS)
			pr->used &= ~bit_of(k);
}

static struct progress walk(struct words *w)
{
	struct progress pr = { 0 };
	const char *word;

	while ((word = word_next(w))) {
		const struct keyword *k = find_keyword(word);

		pr.last = NULL;
		if (!k)
			continue;
		if (!k->is)
			pr.open = k->opens;
		if (k->parse == parse_a || k->parse == parse_b)
			forget_leg(&pr);
		/* Options are for each address and key, which may repeat. */
		if (k->has || (!k->of_leg && !k->is))
			pr.used |= bit_of(k);
		if (k->value && !word_next(w))
			pr.last = k;
	}
	return pr;
}

void complete_session(struct words *w)
{
	const struct progress pr = walk(w);

	if (pr.last) {
		if (pr.last->candidates == CANDIDATES_FLAGS)
			complete_flags(pr.in_leg ? rgf_leg_flag_name
						 : rgf_session_flag_name);
		else
			complete_candidates(pr.last->candidates);
		return;
	}
	for (const struct keyword *k = keywords; k->name; k++)
		if (!(pr.used & bit_of(k)) && (!k->of_leg || pr.in_leg) &&
		    (!k->is || k->is == pr.open))
			puts(k->name);
}
