// SPDX-License-Identifier: GPL-2.0-only
#include "job.h"

#include <linux/percpu.h>
#include <linux/skbuff.h>
#include <linux/slab.h>

#include <asm/simd.h>
#include <crypto/internal/simd.h>

#include "compat.h"
#include "conf.h"
#include "drop.h"
#include "media.h"
#include "notify.h"
#include "srtp.h"

/* Those that may have to wait; others follow at once. */
enum rgf_step {
	RGF_UNPROTECT,
	RGF_PROTECT,
};

struct rgf_job {
	struct sk_buff *skb;
	struct rgf_conf *conf;
	const struct rgf_in *in;
	u32 size; /* bytes, all in all */
	u8 leg; /* it came in on */
	enum rgf_step step; /* waited for */
	struct rgf_waiting {
		struct rgf_pkt pkt;
		struct rgf_in in;
	} waiting; /* what crypt.pkt and in are then */
	struct rgf_crypt crypt; /* last, a request's context follows */
};

/* Room for the requests of the ciphers of x86; others take from kmalloc(). */
#define RGF_JOB_SIZE 1024

static void rgf_job_done(rgf_crypto_arg *arg, int err);

/* The last job that ended on this CPU, for the next one. Softirq. */
static DEFINE_PER_CPU(struct rgf_job *, rgf_job_spare);

static struct rgf_job *rgf_job_alloc(unsigned int size)
{
	struct rgf_job *job = this_cpu_read(rgf_job_spare);

	size += sizeof(*job);
	if (likely(job && size <= RGF_JOB_SIZE)) {
		this_cpu_write(rgf_job_spare, NULL);
		return job;
	}
	size = max_t(unsigned int, size, RGF_JOB_SIZE);
	job = kmalloc(size, GFP_ATOMIC);
	if (!job)
		return NULL;
	job->size = size;
	job->crypt.done = rgf_job_done;
	job->crypt.done_data = job;
	return job;
}

/* Under KASAN none is spare, or it would not see one used after its end. */
static void rgf_job_free(struct rgf_job *job)
{
	if (likely(!this_cpu_read(rgf_job_spare) &&
		   job->size == RGF_JOB_SIZE) &&
	    !IS_ENABLED(CONFIG_KASAN))
		this_cpu_write(rgf_job_spare, job);
	else
		kfree(job);
}

void rgf_job_exit(void)
{
	int cpu;

	for_each_possible_cpu(cpu)
		kfree(per_cpu(rgf_job_spare, cpu));
}

static __always_inline int
rgf_job_unprotect(struct rgf_job *job, struct rgf_conf *conf, u8 leg, int err)
{
	struct rgf_crypt *crypt = &job->crypt;
	struct rgf_srtp *rx = conf->leg[leg].rx;

	if (!rx)
		return err;
	err = rgf_srtp_unprotect(rx, crypt, err);
	if (err == -EINPROGRESS)
		return err;
	if (unlikely(crypt->events)) {
		rgf_notify_srtp(conf, leg, false, crypt);
		crypt->events = 0;
	}
	return err ?: rgf_parse_opened(crypt->data, crypt->pkt);
}

static __always_inline int
rgf_job_protect(struct rgf_job *job, struct rgf_conf *conf, u8 leg, int err)
{
	struct rgf_crypt *crypt = &job->crypt;
	struct rgf_srtp *tx = conf->leg[!leg].tx;

	if (!tx)
		return err;
	err = rgf_srtp_protect(tx, crypt, err);
	if (err == -EINPROGRESS)
		return err;
	if (unlikely(crypt->events))
		rgf_notify_srtp(conf, !leg, true, crypt);
	return err;
}

/* From @step on; @err is how a cipher ended that was waited for. */
static __always_inline int rgf_job_steps(struct rgf_job *job,
					 struct rgf_conf *conf, u8 leg,
					 enum rgf_step step, int err)
{
	const struct rgf_pkt *pkt = job->crypt.pkt;
	const struct rgf_in *in = job->in;
	struct sk_buff *skb = job->skb;

	switch (step) {
	case RGF_UNPROTECT:
		err = rgf_job_unprotect(job, conf, leg, err);
		if (err)
			return err;
		rgf_media_accept(conf, leg, in, pkt);
		job->step = RGF_PROTECT;
		fallthrough;
	case RGF_PROTECT:
		err = rgf_job_protect(job, conf, leg, err);
		if (err)
			return err;
		break;
	}
	/* The payload is as long as the transforms left it. */
	__skb_set_length(skb, pkt->len);
	return rgf_media_send(conf, leg, skb, in, pkt->rtcp, true);
}

/*
 * All steps, until one has to wait. The one place where a job ends, whether the
 * ciphers ran at once, later, or failed. After -EINPROGRESS the job belongs to
 * its completion, which may have freed it already.
 */
static __always_inline void rgf_job_run(struct rgf_job *job,
					struct rgf_conf *conf, u8 leg,
					enum rgf_step step, int err)
{
	err = rgf_job_steps(job, conf, leg, step, err);
	if (unlikely(err)) {
		if (err == -EINPROGRESS)
			return;
		if (err < 0)
			err = RGF_DROP(CRYPTO_ERROR);
		rgf_media_drop(conf, leg, job->skb, job->crypt.pkt->ssrc, err);
	}
	if (unlikely(!job->crypt.at_once))
		rgf_conf_put(conf);
	rgf_job_free(job);
}

/* A cipher that had to wait is done. */
static void rgf_job_done(rgf_crypto_arg *arg, int err)
{
	struct rgf_job *job = rgf_crypto_data(arg);

	/* The request left a backlog; we ask for none. */
	if (err == -EINPROGRESS)
		return;

	local_bh_disable();
	rcu_read_lock();
	rgf_job_run(job, job->conf, job->leg, job->step, err);
	rcu_read_unlock();
	local_bh_enable();
}

/*
 * @tail: bytes that the packet may grow by. Others, a sniffer say, must not see
 * what becomes of it.
 */
static int rgf_make_private(struct sk_buff *skb, unsigned int tail)
{
	if (likely(!skb_cloned(skb) && skb_tailroom(skb) >= tail))
		return 0;
	/* Room for the headers, too, or there would be another copy. */
	return pskb_expand_head(skb, RGF_HLEN_MAX, tail, GFP_ATOMIC);
}

/*
 * Does no cipher make this packet wait? Packets that wait hold on to @conf; none
 * is to overtake them.
 */
static bool rgf_job_is_at_once(const struct rgf_conf *conf,
			       const struct rgf_leg *from)
{
	return from->at_once && crypto_simd_usable() &&
	       refcount_read(&conf->ref) == 1;
}

/* False if there is nothing left to wait for: the session went meanwhile. */
static bool rgf_job_may_wait(struct rgf_job *job)
{
	struct rgf_waiting *waiting = &job->waiting;

	if (!rgf_conf_hold(job->conf))
		return false;
	waiting->in = *job->in;
	waiting->pkt = *job->crypt.pkt;
	job->in = &waiting->in;
	job->crypt.pkt = &waiting->pkt;
	job->step = RGF_UNPROTECT;
	/* The packet may outlive the device that it came from. */
	job->skb->dev = NULL;
	return true;
}

void rgf_job_start(struct rgf_conf *conf, u8 leg, struct sk_buff *skb,
		   const struct rgf_in *in, struct rgf_pkt *pkt)
{
	const struct rgf_leg *from = &conf->leg[leg];
	struct rgf_job *job = NULL;

	if (likely(!rgf_make_private(skb, from->growth)))
		job = rgf_job_alloc(from->reqsize);
	if (!job) {
		rgf_media_drop(conf, leg, skb, pkt->ssrc, RGF_DROP(NO_MEMORY));
		return;
	}
	job->skb = skb;
	job->conf = conf;
	job->in = in;
	job->leg = leg;
	job->crypt.data = skb->data;
	job->crypt.end = skb_end_pointer(skb);
	job->crypt.pkt = pkt;
	job->crypt.at_once = rgf_job_is_at_once(conf, from);
	job->crypt.step = 0;
	job->crypt.events = 0;
	if (unlikely(!job->crypt.at_once) && !rgf_job_may_wait(job)) {
		rgf_job_free(job);
		kfree_skb(skb);
		return;
	}
	rgf_job_run(job, conf, leg, RGF_UNPROTECT, 0);
}
