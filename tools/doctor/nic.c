/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An interface: what its driver does to packets before anybody sees them. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "doctor/doctor.h"
#include "doctor/nic.h"

#define NET	"/sys/class/net"

/*
 * What stands behind "key:" at the begin of a line, as `ethtool -c`, `-k` and
 * `--show-eee` print it. NULL: there is no such line.
 */
static const char *value_of(const char *text, const char *key)
{
	const size_t length = strlen(key);
	const char *line = text;

	while (line) {
		line += strspn(line, " \t\n");
		if (!strncmp(line, key, length) && line[length] == ':')
			return line + length + 1 + strspn(line + length + 1, " \t");
		line = strchr(line, '\n');
	}
	return NULL;
}

static long number_of(const char *text, const char *key)
{
	const char *value = value_of(text, key);

	return value && isdigit((unsigned char)*value) ?
	       strtol(value, NULL, 10) : -1;
}

static int switch_of(const char *text, const char *key)
{
	const char *value = value_of(text, key);

	if (!value)
		return -1;
	if (!strncmp(value, "on", 2) || !strncmp(value, "enabled", 7))
		return 1;
	return !strncmp(value, "off", 3) || !strncmp(value, "disabled", 8) ? 0 : -1;
}

/* In a copied tree: what ethtool printed, in the file /ethtool/INTERFACE. */
static void read_printed(struct nic *nic, const char *name)
{
	char path[TREE_PATH_BYTES], text[4 * TREE_TEXT_BYTES];

	snprintf(path, sizeof(path), "/ethtool/%s", name);
	if (tree_read(text, sizeof(text), path))
		return;
	nic->rx_usecs = number_of(text, "rx-usecs");
	nic->rx_frames = number_of(text, "rx-frames");
	nic->adaptive_rx = switch_of(text, "Adaptive RX");
	nic->gro = switch_of(text, "generic-receive-offload");
	nic->lro = switch_of(text, "large-receive-offload");
	nic->hw_gro = switch_of(text, "rx-gro-hw");
	nic->eee = switch_of(text, "EEE status");
	nic->xdp = switch_of(text, "native XDP");
}

void nic_read(struct nic *nic, const char *name)
{
	memset(nic, -1, sizeof(*nic));
	if (tree_is_fake()) {
		read_printed(nic, name);
		return;
	}
	nic_ask_driver(nic, name);
	nic->xdp = nic_ask_xdp(if_nametoindex(name));
}

static const char *on_off(int value)
{
	return value < 0 ? "not told" : value ? "on" : "off";
}

static void look_coalescing(const struct patient *p, struct finding *f)
{
	struct nic nic;

	nic_read(&nic, p->interface);
	snprintf(f->where, sizeof(f->where), "ethtool -c %s", p->shell);
	if (nic.rx_usecs < 0)
		return unknown(f, "the driver does not tell; a virtual interface has none");
	found(f, "rx-usecs %ld, rx-frames %ld, adaptive-rx %s", nic.rx_usecs,
	      nic.rx_frames, on_off(nic.adaptive_rx));
	if (nic.adaptive_rx > 0)
		advice(f, "the NIC holds interrupts back, for as long as it sees fit",
		       "ethtool -C %s adaptive-rx off rx-usecs 0", p->shell);
	else if (nic.rx_usecs > 0)
		advice(f, "the NIC holds interrupts back so long, for others to come",
		       "ethtool -C %s rx-usecs 0", p->shell);
}

static void look_gro(const struct patient *p, struct finding *f)
{
	struct nic nic;

	nic_read(&nic, p->interface);
	snprintf(f->where, sizeof(f->where), "ethtool -k %s", p->shell);
	if (nic.gro < 0 && nic.lro < 0 && nic.hw_gro < 0)
		return unknown(f, "the driver does not tell");
	found(f, "gro %s, lro %s, rx-gro-hw %s", on_off(nic.gro), on_off(nic.lro),
	      on_off(nic.hw_gro));
	if (nic.lro > 0 || nic.hw_gro > 0)
		advice(f, "the NIC merges packets: they wait for each other, and native "
		       "XDP is often refused", "ethtool -K %s%s%s", p->shell,
		       nic.lro > 0 ? " lro off" : "",
		       nic.hw_gro > 0 ? " rx-gro-hw off" : "");
	else if (nic.gro > 0)
		snprintf(f->why, sizeof(f->why), "the stack merges TCP segments before "
			 "the module sees them; UDP only where somebody asked for it");
}

static void look_eee(const struct patient *p, struct finding *f)
{
	struct nic nic;

	nic_read(&nic, p->interface);
	snprintf(f->where, sizeof(f->where), "ethtool --show-eee %s", p->shell);
	if (nic.eee < 0)
		return unknown(f, "the driver does not tell; a virtual interface has none");
	found(f, "Energy-Efficient Ethernet %s", on_off(nic.eee));
	if (nic.eee)
		advice(f, "a link that sleeps takes microseconds to wake up",
		       "ethtool --set-eee %s eee off", p->shell);
}

static void look_xdp(const struct patient *p, struct finding *f)
{
	struct nic nic;

	nic_read(&nic, p->interface);
	snprintf(f->where, sizeof(f->where), "generic netlink, family netdev");
	if (nic.xdp < 0) {
		unknown(f, "kernels before 6.3 do not tell");
		snprintf(f->change, sizeof(f->change), CTL_NAME " capture --backend xdp "
			 "--hook xdp_native -i %s -c 1 tells, by trying", p->shell);
		return;
	}
	found(f, nic.xdp ? "native XDP" : "generic XDP only");
	if (!nic.xdp)
		advice(f, "the XDP backend comes behind the driver here, later than it could",
		       "use the module there (--backend module)");
}

static void look_power(const struct patient *p, struct finding *f)
{
	char control[32];

	if (look_at(f, control, sizeof(control), NET "/%s/device/power/control",
		    p->interface))
		return unknown(f, "there is no device behind it");
	found(f, "runtime power management %s", control);
	if (!strcmp(control, "auto"))
		advice(f, "a device that sleeps has to wake up for a packet",
		       "echo on >" NET "/%s/device/power/control", p->shell);
}

const struct check nic_checks[] = {
	{ "coalescing", look_coalescing },
	{ "merging", look_gro },
	{ "xdp", look_xdp },
	{ "eee", look_eee },
	{ "nic-power", look_power },
	{ NULL, NULL }
};
