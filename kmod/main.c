// SPDX-License-Identifier: GPL-2.0-only
#include <linux/module.h>
#include <net/genetlink.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>

#include "guard.h"
#include "hook.h"
#include "job.h"
#include "net.h"
#include "netlink-gen.h"
#include "notify.h"
#include "session.h"
#include "srtp_keys.h"

static unsigned int rgf_net_id __read_mostly;

struct workqueue_struct *rgf_wq;

struct rgf_net *rgf_net(const struct net *net)
{
	return net_generic(net, rgf_net_id);
}

int rgf_net_up(struct rgf_net *rn)
{
	int err = -ENOMEM;

	lockdep_assert_held(&rn->lock);
	if (rn->up)
		return 0;

	rn->counters = rgf_counters_new();
	if (!rn->counters)
		return err;
	err = rgf_porttab_init(&rn->porttab);
	if (err)
		goto err_counters;
	err = rgf_hook_register(rn);
	if (err)
		goto err_porttab;
	rn->up = true;
	return 0;

err_porttab:
	rgf_porttab_free(&rn->porttab);
err_counters:
	free_percpu(rn->counters);
	rn->counters = NULL;
	return err;
}

void rgf_net_put(struct rgf_net *rn)
{
	if (refcount_dec_and_test(&rn->users))
		complete(&rn->unused);
}

static int __net_init rgf_net_init(struct net *net)
{
	struct rgf_net *rn = rgf_net(net);

	rn->net = net;
	rgf_fw_init(&rn->fw, net);
	mutex_init(&rn->lock);
	xa_init_flags(&rn->sessions, XA_FLAGS_ALLOC1);
	INIT_DELAYED_WORK(&rn->idle_work, rgf_session_scan);
	refcount_set(&rn->users, 1);
	init_completion(&rn->unused);
	return 0;
}

/*
 * No request comes any more: the family is gone, or the namespace's sockets
 * are. Then who is left?
 *  1. The hooks: unregistered, and a grace period waited for.
 *  2. The idle scan: cancelled; and so what looks for ends of bans.
 *  3. Sessions: unpublished; each keeps the namespace until its configuration
 *     was freed, after another grace period and after the last packet that
 *     waited for a cipher.
 */
static void __net_exit rgf_net_exit(struct net *net)
{
	struct rgf_net *rn = rgf_net(net);

	cancel_delayed_work_sync(&rn->idle_work);
	rgf_fw_exit(&rn->fw);
	if (rn->up)
		rgf_hook_unregister(rn);
	rgf_guard_free(rn->guard);
	mutex_lock(&rn->lock);
	rgf_session_del_all(rn);
	mutex_unlock(&rn->lock);
	rgf_net_put(rn);
	wait_for_completion(&rn->unused);
	xa_destroy(&rn->sessions);
	if (rn->up) {
		rgf_porttab_free(&rn->porttab);
		free_percpu(rn->counters);
	}
	mutex_destroy(&rn->lock);
}

static struct pernet_operations rgf_net_ops = {
	.init = rgf_net_init,
	.exit = rgf_net_exit,
	.id = &rgf_net_id,
	.size = sizeof(struct rgf_net),
};

static int __init rgf_init(void)
{
	int err;

	rgf_keys_init();
	rgf_wq = alloc_workqueue("ringfence", 0, 0);
	if (!rgf_wq)
		return -ENOMEM;
	err = register_pernet_subsys(&rgf_net_ops);
	if (err)
		goto err_wq;
	err = rgf_hook_init();
	if (err)
		goto err_pernet;
	err = genl_register_family(&ringfence_nl_family);
	if (err)
		goto err_hook;
	return 0;

err_hook:
	rgf_hook_exit();
err_pernet:
	unregister_pernet_subsys(&rgf_net_ops);
err_wq:
	destroy_workqueue(rgf_wq);
	return err;
}

static void __exit rgf_exit(void)
{
	rgf_notify_stop();
	genl_unregister_family(&ringfence_nl_family);
	rgf_hook_exit();
	unregister_pernet_subsys(&rgf_net_ops);
	rgf_job_exit();
	/* Paths of sessions that are gone still wait for their readers. */
	rcu_barrier();
	destroy_workqueue(rgf_wq);
}

module_init(rgf_init);
module_exit(rgf_exit);

MODULE_DESCRIPTION("Media relay with SRTP for a voice gateway");
MODULE_LICENSE("GPL");
MODULE_VERSION("0.1.0");
MODULE_ALIAS_GENL_FAMILY(RINGFENCE_FAMILY_NAME);
