// SPDX-License-Identifier: GPL-2.0
/*
 * Trouble for the kernel lab, bounded in time, in a virtual machine alone: an exit handler of network
 * namespaces that sleeps or spins, a creation that fails and undoes itself slowly, a device whose
 * opening holds the rtnl lock, a device whose reference is given back late.
 *
 * Written for Linux 4.14 to 7.x. Never load it on a host that matters.
 */
#include <linux/delay.h>
#include <linux/etherdevice.h>
#include <linux/jiffies.h>
#include <linux/module.h>
#include <linux/netdevice.h>
#include <linux/sched.h>
#include <linux/workqueue.h>
#include <net/net_namespace.h>

static int exit_sleep_s;
module_param(exit_sleep_s, int, 0644);
MODULE_PARM_DESC(exit_sleep_s, "the exit handler of a namespace sleeps for so long (s)");

static int exit_spin_s;
module_param(exit_spin_s, int, 0644);
MODULE_PARM_DESC(exit_spin_s, "the exit handler of a namespace spins for so long (s)");

static bool init_fails;
module_param(init_fails, bool, 0644);
MODULE_PARM_DESC(init_fails, "creating a namespace fails, so that its exit handlers run in the creating task");

static int open_sleep_s;
module_param(open_sleep_s, int, 0644);
MODULE_PARM_DESC(open_sleep_s, "setting netnslab0 up sleeps for so long, with the rtnl lock held (s)");

static int hold_s;
module_param(hold_s, int, 0644);
MODULE_PARM_DESC(hold_s, "a reference to lo of a dying namespace is given back after so long (s)");

#define NETNS_LAB_MOST_S 900

static int bounded(int seconds)
{
	return clamp(seconds, 0, NETNS_LAB_MOST_S);
}

static noinline void netns_lab_spin(int seconds)
{
	unsigned long end = jiffies + bounded(seconds) * HZ;

	while (time_before(jiffies, end)) {
		cpu_relax();
		cond_resched();
	}
}

struct held {
	struct delayed_work work;
	struct net_device *device;
};

static void netns_lab_let_go(struct work_struct *work)
{
	struct held *held = container_of(to_delayed_work(work), struct held, work);

	dev_put(held->device);
	kfree(held);
	module_put(THIS_MODULE);
}

static void netns_lab_hold(struct net_device *device)
{
	struct held *held = kzalloc(sizeof(*held), GFP_KERNEL);

	if (!held || !try_module_get(THIS_MODULE)) {
		kfree(held);
		return;
	}
	dev_hold(device);
	held->device = device;
	INIT_DELAYED_WORK(&held->work, netns_lab_let_go);
	schedule_delayed_work(&held->work, bounded(hold_s) * HZ);
}

static int __net_init netns_lab_init_net(struct net *net)
{
	return 0;
}

static void __net_exit netns_lab_exit_net(struct net *net)
{
	if (exit_spin_s > 0)
		netns_lab_spin(exit_spin_s);
	if (exit_sleep_s > 0)
		msleep(bounded(exit_sleep_s) * 1000);
}

static struct pernet_operations netns_lab_ops = {
	.init = netns_lab_init_net,
	.exit = netns_lab_exit_net,
};

/* As a device's: they are undone first. When a subsystem's handler runs, lo is gone already. */
static void __net_exit netns_lab_leaks_exit_net(struct net *net)
{
	if (hold_s > 0 && net->loopback_dev)
		netns_lab_hold(net->loopback_dev);
}

static struct pernet_operations netns_lab_leaks_ops = {
	.exit = netns_lab_leaks_exit_net,
};

static int __net_init netns_lab_fails_init_net(struct net *net)
{
	return init_fails ? -ENOMEM : 0;
}

static void __net_exit netns_lab_fails_exit_net(struct net *net)
{
}

static struct pernet_operations netns_lab_fails_ops = {
	.init = netns_lab_fails_init_net,
	.exit = netns_lab_fails_exit_net,
};

static struct net_device *lab_device;

static int netns_lab_open(struct net_device *device)
{
	if (open_sleep_s > 0)
		msleep(bounded(open_sleep_s) * 1000);
	return 0;
}

static int netns_lab_stop(struct net_device *device)
{
	return 0;
}

static netdev_tx_t netns_lab_xmit(struct sk_buff *skb, struct net_device *device)
{
	dev_kfree_skb(skb);
	return NETDEV_TX_OK;
}

static const struct net_device_ops netns_lab_device_ops = {
	.ndo_open = netns_lab_open,
	.ndo_stop = netns_lab_stop,
	.ndo_start_xmit = netns_lab_xmit,
};

static int __init netns_lab_load(void)
{
	int error = register_pernet_subsys(&netns_lab_ops);

	if (error)
		return error;
	error = register_pernet_subsys(&netns_lab_fails_ops);
	if (error)
		goto no_failing;
	error = register_pernet_device(&netns_lab_leaks_ops);
	if (error)
		goto no_leaking;
	error = -ENOMEM;
	lab_device = alloc_netdev(0, "netnslab0", NET_NAME_USER, ether_setup);
	if (!lab_device)
		goto no_device;
	lab_device->netdev_ops = &netns_lab_device_ops;
	error = register_netdev(lab_device);
	if (!error)
		return 0;
	free_netdev(lab_device);
no_device:
	unregister_pernet_device(&netns_lab_leaks_ops);
no_leaking:
	unregister_pernet_subsys(&netns_lab_fails_ops);
no_failing:
	unregister_pernet_subsys(&netns_lab_ops);
	return error;
}

static void __exit netns_lab_unload(void)
{
	unregister_netdev(lab_device);
	free_netdev(lab_device);
	unregister_pernet_device(&netns_lab_leaks_ops);
	unregister_pernet_subsys(&netns_lab_fails_ops);
	unregister_pernet_subsys(&netns_lab_ops);
}

module_init(netns_lab_load);
module_exit(netns_lab_unload);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Trouble for the kernel lab of netnswatch");
