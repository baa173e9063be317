"""Runs `deploy/bench path`."""

import contextlib
import os
import re
import statistics
import subprocess
import tempfile
import time

import chains
import figures
import tools
from figures import ratio
from manifests import NODE_NAME, POD_RANGE, SERVICE_RANGE, Cluster
from network import Network
from process import BenchmarkFailure
from progress import say

# Connections a second while latency is measured: far below what the machine can do.
LATENCY_RATE = 500
FRONTEND = re.compile(r"([0-9.]+) \. tcp \. 80 [^,}]*comment \"default/web-(\d+):http\"")


def run(options):
    """Loads every ruleset into a node of its own, then measures them in turns."""
    tools.build()
    with contextlib.ExitStack() as stack, tempfile.TemporaryDirectory() as folder:
        nodes = []
        for services in options.services:
            nodes += load(stack, folder, options, services)
        for round_number in range(options.rounds):
            say(f"round {round_number + 1} of {options.rounds}")
            for node in nodes:
                client, targets = node["network"].load, [node["target"]]
                node["rates"].append(client.connections_a_second(targets, options.seconds))
                node["latencies"].append(
                    client.connect_latency(targets, options.seconds, LATENCY_RATE))
        for node in nodes:
            del node["network"]
    return nodes


def load(stack, folder, options, services):
    """The nodes for one number of Services: Sluice's tables, chains, and once no rules."""
    cluster = Cluster(
        os.path.join(folder, str(services)), services, options.endpoints, changing=1)
    os.makedirs(cluster.folder)
    cluster.write()
    say(f"{services:,} Services: planning")
    planned = subprocess.run(
        [options.bin, "rules", "--manifests", cluster.folder, "--node-name", NODE_NAME,
         "--service-cidr", SERVICE_RANGE, "--pod-cidr", POD_RANGE],
        text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if planned.returncode != 0:
        raise BenchmarkFailure(f"sluice rules failed: {planned.stderr[:1000]}")
    addresses = {int(number): address for address, number in FRONTEND.findall(planned.stdout)}
    if len(addresses) != services:
        raise BenchmarkFailure(f"the plan has {len(addresses)} of {services} Services")
    frontends = [addresses[number] for number in range(services)]
    measured = services // 2
    pods = cluster.pods_of(measured)
    targets = [
        ("sluice", f"{frontends[measured]}:80", [planned.stdout]),
        ("chains", f"{frontends[measured]}:80", chains.transactions(frontends, cluster.pods_of))]
    if services == options.services[0]:
        targets.insert(0, ("direct", f"{pods[0]}:8080", []))
    nodes = []
    for kind, target, transactions in targets:
        say(f"{services:,} Services: {kind}: loading")
        network = stack.enter_context(Network(f"{kind}{services}", pods))
        before, start = kernel_memory(), time.monotonic()
        try:
            for text in transactions:
                left = options.load_seconds - (time.monotonic() - start)
                network.node.demand("nft", "-f", "-", input=text, seconds=left)
        except subprocess.TimeoutExpired:
            say(f"{kind}: nft did not load it within {options.load_seconds} s; left out")
            continue
        took = time.monotonic() - start
        network.load.wait_until_served([target])
        nodes.append({
            "kind": kind, "services": services, "network": network, "target": target,
            "loaded": took, "kernel_memory": kernel_memory() - before,
            "rates": [], "latencies": []})
    return nodes


def kernel_memory():
    """Bytes that the kernel has for objects which it cannot drop, as rules are."""
    with open("/proc/meminfo") as file:
        lines = dict(line.split(":", 1) for line in file)
    return int(lines["SUnreclaim"].split()[0]) * 1024


def table(results):
    """The medians, and each against direct routing in the same round."""
    direct = results[0]
    rows = [(
        "ruleset", "Services", "loaded in", "kernel memory", "connections/s", "of direct",
        "first packet", "of direct")]
    for node in results:
        rows.append((
            {"direct": "direct routing, no rules", "sluice": "sluice",
             "chains": "a chain an endpoint"}[node["kind"]],
            *(("", "", "") if node["kind"] == "direct" else (
                f"{node['services']:,}", figures.shown(node["loaded"], "s"),
                figures.shown(node["kernel_memory"], "MiB"))),
            f"{statistics.median(node['rates']):,.0f}",
            figures.shown(ratio(node["rates"], direct["rates"]), "×"),
            f"{statistics.median(node['latencies']) * 1e6:.0f} µs",
            figures.shown(ratio(node["latencies"], direct["latencies"]), "×")))
    return figures.table(rows)
