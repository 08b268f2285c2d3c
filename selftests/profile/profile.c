// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Plugin of QEMU that counts the guest's kernel instructions, by block of
 * straight code, in the batches that the meter marks.
 *
 *	-plugin profile.so,out=FILE
 *
 * When QEMU ends FILE gets a line per block: address, instructions in batches
 * that were freed, in batches that were received. The first line has the number
 * of each kind of batches in their place. For guests with one processor.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "qemu_plugin.h"
#include "../bench/rgf_mark.h"

#define KERNEL_START 0xffff800000000000
#define HASH_SIZE    65536

struct block {
	struct block *next; /* in its bucket */
	uint64_t addr;
	uint64_t n; /* instructions, since ever */
	uint64_t begin; /* the same when the batch began */
	uint64_t sum[RGF_MARK_END];
};

QEMU_PLUGIN_EXPORT int qemu_plugin_version = QEMU_PLUGIN_VERSION;

static struct block *blocks[HASH_SIZE];
static uint64_t batches[RGF_MARK_END];
static enum rgf_mark running = RGF_MARK_END;
static const char *out;

static struct block *block_get(uint64_t addr)
{
	struct block **bucket = &blocks[(addr ^ addr >> 16) % HASH_SIZE];
	struct block *block;

	for (block = *bucket; block; block = block->next)
		if (block->addr == addr)
			return block;
	block = calloc(1, sizeof(*block));
	if (!block)
		abort();
	block->addr = addr;
	block->next = *bucket;
	*bucket = block;
	return block;
}

/* A block that is translated during a batch began with 0, as it says. */
static void batch_begin(enum rgf_mark mark)
{
	struct block *block;
	int i;

	for (i = 0; i < HASH_SIZE; i++)
		for (block = blocks[i]; block; block = block->next)
			block->begin = block->n;
	running = mark;
}

static void batch_end(void)
{
	struct block *block;
	int i;

	if (running == RGF_MARK_END)
		return;
	for (i = 0; i < HASH_SIZE; i++)
		for (block = blocks[i]; block; block = block->next)
			block->sum[running] += block->n - block->begin;
	batches[running]++;
	running = RGF_MARK_END;
}

static void marked(unsigned int cpu, void *mark)
{
	(void)cpu;
	if ((uintptr_t)mark == RGF_MARK_END)
		batch_end();
	else
		batch_begin((uintptr_t)mark);
}

/* The mark that an instruction is, or -1. */
static int insn_mark(const struct qemu_plugin_insn *insn)
{
	static const uint8_t nopl[] = { 0x0f, 0x1f, 0x80 };
	const uint8_t *data = qemu_plugin_insn_data(insn);
	uint32_t disp;

	if (qemu_plugin_insn_size(insn) != RGF_MARK_LEN ||
	    memcmp(data, nopl, sizeof(nopl)))
		return -1;
	memcpy(&disp, data + sizeof(nopl), sizeof(disp));
	disp -= RGF_MARK_MAGIC;
	return disp <= RGF_MARK_END ? (int)disp : -1;
}

static void translated(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
	size_t i, n = qemu_plugin_tb_n_insns(tb);
	uint64_t addr = qemu_plugin_tb_vaddr(tb);

	(void)id;
	if (addr < KERNEL_START)
		return;
	qemu_plugin_register_vcpu_tb_exec_inline(tb, QEMU_PLUGIN_INLINE_ADD_U64,
						 &block_get(addr)->n, n);
	for (i = 0; i < n; i++) {
		struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
		int mark = insn_mark(insn);

		if (mark >= 0)
			qemu_plugin_register_vcpu_insn_exec_cb(
				insn, marked, QEMU_PLUGIN_CB_NO_REGS,
				(void *)(uintptr_t)mark);
	}
}

static void finished(qemu_plugin_id_t id, void *unused)
{
	struct block *block;
	FILE *file;
	int i;

	(void)id;
	(void)unused;
	file = fopen(out, "w");
	if (!file) {
		perror(out);
		return;
	}
	fprintf(file, "0 %lu %lu\n", batches[RGF_MARK_BASE],
		batches[RGF_MARK_RUN]);
	for (i = 0; i < HASH_SIZE; i++)
		for (block = blocks[i]; block; block = block->next)
			if (block->sum[RGF_MARK_BASE] ||
			    block->sum[RGF_MARK_RUN])
				fprintf(file, "%lx %lu %lu\n", block->addr,
					block->sum[RGF_MARK_BASE],
					block->sum[RGF_MARK_RUN]);
	fclose(file);
}

QEMU_PLUGIN_EXPORT int qemu_plugin_install(qemu_plugin_id_t id,
					   const struct qemu_info *info,
					   int argc, char **argv)
{
	(void)info;
	if (argc != 1 || strncmp(argv[0], "out=", 4)) {
		fputs("profile.so needs out=FILE\n", stderr);
		return -1;
	}
	out = strdup(argv[0] + 4);
	qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
	qemu_plugin_register_atexit_cb(id, finished, NULL);
	return 0;
}
