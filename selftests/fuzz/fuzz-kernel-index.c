// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Packet indices, windows, recovery and statistics of the module, by any
 * sequence of numbers, against a plain model: a list of all that was taken.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "drop.h"
#include "parse.h"
#include "rtpstat.h"
#include "srtp_index.h"
#include "srtp_recover.h"

enum {
	TAKEN_MAX = 4096
};

static struct {
	s64 taken[TAKEN_MAX];
	size_t nr;
	s64 top;
} model;

static void require(int condition)
{
	if (!condition)
		abort();
}

static bool model_has(s64 index)
{
	size_t i;

	for (i = 0; i < model.nr; i++)
		if (model.taken[i] == index)
			return true;
	return false;
}

/* RFC 3711, 3.3.1: the nearest index with this number. */
static void check_estimate(const struct rgf_window *w, u16 seq)
{
	s64 index = rgf_index_estimate(w, seq);

	require((u16)index == seq);
	if (w->started)
		require(llabs(index - w->top) <= 0x8000);
	else
		require(index == seq);
}

static void take(struct rgf_window *w, s64 index)
{
	int drop = rgf_window_check(w, index);

	if (index > RGF_SRTP_INDEX_MAX) {
		require(drop == RGF_DROP(KEY_EXHAUSTED));
		return;
	}
	if (drop) {
		require(drop == RGF_DROP(REPLAYED));
		require(index < 0 || model_has(index) ||
			index <= model.top - RGF_WINDOW_SIZE);
		return;
	}
	require(index >= 0 && !model_has(index));
	require(!model.nr || index > model.top - RGF_WINDOW_SIZE);
	rgf_window_commit(w, index);
	model.taken[model.nr++] = index;
	if (model.nr == 1 || index > model.top)
		model.top = index;
	require(w->started && w->top == model.top);
	require(rgf_window_check(w, index) == RGF_DROP(REPLAYED));
}

/* However often it fails, second authentications are few. */
static void check_recovery(const uint8_t *data, size_t len)
{
	struct rgf_guess guess = {};
	struct rgf_recovery r = {};
	unsigned long now = 1000000, start = now;
	unsigned int tries = 0, told = 0;
	s64 index;
	size_t i;

	for (i = 0; i + 3 < len; i += 4) {
		now += data[i] & 15;
		guess.est = (s64)data[i + 1] << 16 | data[i + 2];
		guess.known = data[i + 3] & 1;
		guess.back = data[i + 3] & 2;
		guess.tried = data[i + 3] & 4;
		guess.hint = data[i + 3] & 8 ? guess.est + 65536 : -1;
		told += rgf_recovery_failed(&r, now);
		if (!rgf_recovery_next(&r, &guess, now, &index))
			continue;
		tries++;
		require(index >= 0 && index <= RGF_SRTP_INDEX_MAX);
		require(!guess.tried || index != guess.est);
		require((u16)index == (u16)guess.est);
	}
	require(told <= 1);
	require(tries <=
		RGF_RETRY_BURST + 1 + (now - start) / (HZ / RGF_RETRY_RATE));
}

static void check_stats(const uint8_t *data, size_t len)
{
	struct rgf_rtpstats stats = {};
	struct rgf_rtpstat one;
	struct rgf_pkt pkt = { .len = 172, .hdr_len = 12 };
	u64 now = 1, packets = 0;
	unsigned int n;
	size_t i;

	rgf_rtpstats_init(&stats);
	for (i = 0; i + 7 < len; i += 8) {
		memcpy(&pkt.timestamp, data + i, 4);
		memcpy(&pkt.seq, data + i + 4, 2);
		pkt.ssrc = data[i + 6] & 15;
		now += (u64)data[i + 7] << (data[i + 6] >> 3);
		rgf_rtpstats_count(&stats, &pkt, 8000, now);
	}
	for (n = 0; n < RINGFENCE_MAX_STREAMS; n++) {
		if (!rgf_rtpstats_get(&stats, n, &one))
			continue;
		packets += one.packets;
		require(one.bytes == one.packets * 160);
		(void)rgf_rtpstat_lost(&one);
		(void)rgf_rtpstat_jitter(&one, 8000);
	}
	require(packets <= len / 8);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct rgf_window w = {};
	u16 seq;
	s64 index;
	size_t i;

	memset(&model, 0, sizeof(model));
	for (i = 0; i + 2 < len && model.nr < TAKEN_MAX; i += 3) {
		memcpy(&seq, data + i + 1, sizeof(seq));
		/* A step from the highest number, or any number. */
		if (data[i] & 1)
			seq = (u16)(w.top + (int8_t)data[i + 1]);
		check_estimate(&w, seq);
		index = rgf_index_estimate(&w, seq);
		/* What recovery tries: never from before the first ROC. */
		if ((data[i] & 0xf0) == 0xf0 && w.started)
			index += (s64)(int8_t)data[i + 2] * RGF_ROC_STEP
				 << (data[i] & 14);
		take(&w, index);
	}
	check_recovery(data, len);
	check_stats(data, len);
	return 0;
}
