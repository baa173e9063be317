"""The parts about nodes: how soon a death is in the kernel, and what checks cost."""

import time

import cluster
from balancer import Balancer
from figures import percentile
from host import Host
from loadgen import Load
from nodes import BALANCER_ADDRESS, Nodes
from process import BenchmarkFailure
from progress import say

# A node that refuses is believed to be dead after a second and a bit.
DECISION_FLAGS = ("--fall", "2", "--rise", "2", "--check-fast-interval", "200ms")
DECISION_SECONDS = 30
# Enough for a hundred nodes to have a hundred slots each.
SLOTS = "16381"
# What is measured begins when the first checks and the first comparison are over.
SETTLE_SECONDS = 3
TARGETS_OF_A_LOAD = 64


def death(options, data_plane):
    """How soon a node's death, and its return, is in the kernel for all Services."""
    with Host(f"{BALANCER_ADDRESS}/16") as host, Nodes(host, options.nodes) as nodes:
        say(f"{data_plane}: {options.services:,} Services × {options.nodes} nodes")
        cluster.write(host.path("manifests"), options.services, options.nodes)
        balancer = Balancer(options.bin, host)
        balancer.start_api()
        process = balancer.start(
            "--data-plane", data_plane, "--direct-return-slots", SLOTS, *DECISION_FLAGS)
        result = cost(balancer, process, options.seconds, options.nodes)
        times = {"gone": [], "settled": [], "back": [], "transaction": []}
        before = process.cpu_seconds()
        for number in range(options.deaths):
            index = number * options.nodes // options.deaths
            say(f"{data_plane}: death {number + 1} of {options.deaths}")
            process.forget()
            nodes.refuse(index)
            line = written(process, options.services)
            times["gone"].append(line.number("seconds_since_decision"))
            times["settled"].append(line.number("seconds"))
            times["transaction"].append(line.number("longest_transaction"))
            if number == 0:
                prove(balancer, process, data_plane, options, index)
            process.forget()
            nodes.answer(index)
            line = written(process, options.services)
            times["back"].append(line.number("seconds_since_decision"))
            times["transaction"].append(line.number("longest_transaction"))
        result["cpu_a_change"] = (process.cpu_seconds() - before) / (2 * options.deaths)
        for name, values in times.items():
            result[f"{name}_p50"] = percentile(values, 50)
            result[f"{name}_max"] = max(values)
        return result


def written(process, services):
    """The line of the next change that all Services take part in."""
    line = process.wait_for("written to the kernel", DECISION_SECONDS)
    if line.number("services") < services:
        raise BenchmarkFailure(f"a part of the Services alone was written: {line.text}")
    return line


def prove(balancer, process, data_plane, options, dead):
    """The kernel sends nothing to the dead node, and to another one as often as it must."""
    place, end = ("ip", "sluice-balancer", "endpoints"), " . "
    if data_plane == "direct-return":
        place, end = ("netdev", "sluice-balancer", "nodes"), ","
    address = cluster.node_address(dead)
    if found := balancer.count_elements(*place, f" : {address}{end}"):
        raise BenchmarkFailure(
            f"{found} elements still lead to {address}; said last:\n" + "\n".join(process.last))
    other = cluster.node_address((dead + 1) % options.nodes)
    needed = int(SLOTS) // options.nodes - 1 if data_plane == "direct-return" else options.services
    if (found := balancer.count_elements(*place, f" : {other}{end}")) < needed:
        raise BenchmarkFailure(f"{found} elements lead to {other}, and not {needed}")


def cost(balancer, process, seconds, targets):
    """The share of a processor that checks take, and how many of them are made."""
    time.sleep(SETTLE_SECONDS)
    before, start = (process.cpu_seconds(), balancer.checks_made()), time.monotonic()
    time.sleep(seconds)
    made = balancer.checks_made() - before[1]
    spent, passed = process.cpu_seconds() - before[0], time.monotonic() - start
    return {
        "targets": targets, "checks_a_second": made / passed, "cpu": spent / passed,
        "resident": process.memory_bytes()[0]}


def own_checks(options, kind):
    """What checks cost that Services do not share, beside the same exchanges made by C."""
    targets = options.own_checks * options.nodes
    check = {"http": "http/healthz", "tcp": "tcp"}[kind]
    ports = [cluster.node_port(index) for index in range(options.own_checks)]
    with (Host(f"{BALANCER_ADDRESS}/16") as host, Nodes(host, options.nodes, ports)):
        say(f"{targets:,} targets, each checked by {kind}")
        cluster.write(
            host.path("manifests"), options.own_checks, options.nodes,
            lambda _: {"check": check})
        balancer = Balancer(options.bin, host)
        balancer.start_api()
        process = balancer.start()
        result = cost(balancer, process, options.seconds, targets)
        process.stop()
        if kind == "http":
            say("as many exchanges by the load generator")
            result["cpu_floor"] = floor(host, targets, options)
        return result


def floor(host, rate, options):
    """The share of a processor that as many HTTP exchanges a second take a small C program."""
    places = [
        f"{cluster.node_address(index)}:{cluster.node_port(0)}"
        for index in range(min(options.nodes, TARGETS_OF_A_LOAD))]
    load = Load(host, BALANCER_ADDRESS).run(
        places, "-c", "256", "-r", str(rate), seconds=options.seconds)
    return (load["cpu_user_s"] + load["cpu_sys_s"]) / load["ok"] * rate
