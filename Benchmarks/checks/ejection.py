"""What it costs to observe every connection for passive ejection."""

import json
import os
import statistics

import cluster
from balancer import Balancer
from host import BenchmarkFailure, Host
from nodes import BALANCER_ADDRESS, CLIENT_ADDRESS, Nodes

NODES = 4
SECONDS_A_TURN = 3
IN_FLIGHT = "16"
# Far below what the machine can do, so that both turns make the same connections.
RATE = "2000"


def cost(options, tools, say):
    """The balancer's processor time a connection, and connections a second, with and without."""
    turns = {"off": [], "on": []}
    with (Host(f"{BALANCER_ADDRESS}/16") as host,
          Nodes(host, tools, NODES, [cluster.node_port(0)]) as nodes):
        # Packets turn around at the interface they came by, and nobody is to be told.
        host.run("sysctl", "-qw", "net.ipv4.conf.all.send_redirects=0",
                 "net.ipv4.conf.eth0.send_redirects=0")
        nodes.run("sysctl", "-qw", "net.ipv4.ip_local_port_range=1024 65000", seconds=10)
        cluster.write(host.path("manifests"), 1, NODES)
        balancer = Balancer(options.bin, host)
        balancer.start_api()
        for number in range(options.rounds):
            say(f"passive ejection: round {number + 1} of {options.rounds}")
            for choice, found in turns.items():
                process = balancer.start("--ejection", choice, log_level="notice")
                found.append(turn(process, nodes, tools))
                process.stop()
    result = {"connections": sum(each["ok"] for found in turns.values() for each in found)}
    for choice, found in turns.items():
        result[f"cpu_{choice}"] = statistics.median(each["cpu"] for each in found)
        result[f"rate_{choice}"] = statistics.median(each["rate"] for each in found)
    result["rate_ratio"] = statistics.median(
        on["rate"] / off["rate"] for on, off in zip(turns["on"], turns["off"]))
    return result


def turn(process, nodes, tools):
    """Connections at a fixed pace, for the balancer's time, and then as many as there can be."""
    before = process.cpu_seconds()
    paced = load(nodes, tools, "-r", RATE)
    spent = process.cpu_seconds() - before
    fastest = load(nodes, tools)
    return {"cpu": spent / paced["ok"], "ok": paced["ok"], "rate": fastest["per_s"]}


def load(nodes, tools, *flags):
    """Connections from the client to the Service for some seconds."""
    target = f"{cluster.FIRST_FRONTEND_ADDRESS}:80"
    found = json.loads(nodes.run(
        os.path.join(tools, "loadgen"), "-j", "-R", "-s", CLIENT_ADDRESS, "-c", IN_FLIGHT,
        "-w", "0.5", "-d", str(SECONDS_A_TURN), *flags, target, seconds=60))
    if found["errors"] > found["ok"] / 100:
        raise BenchmarkFailure(f"{found['errors']} connections of {found['ok']} failed")
    return found
