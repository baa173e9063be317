"""What it costs to observe every connection for passive ejection."""

import statistics

import cluster
from balancer import Balancer
from figures import ratio
from host import Host
from loadgen import Load
from nodes import BALANCER_ADDRESS, CLIENT_ADDRESS, Nodes
from progress import say

NODES = 4
SECONDS_A_TURN = 3
IN_FLIGHT = "16"
# Far below what the machine can do, so that both turns make the same connections.
RATE = "2000"


def cost(options):
    """The balancer's processor time a connection, and connections a second, with and without."""
    turns = {"off": [], "on": []}
    with (Host(f"{BALANCER_ADDRESS}/16") as host,
          Nodes(host, NODES, [cluster.node_port(0)]) as nodes):
        # Packets turn around at the interface they came by, and nobody is to be told.
        host.set(
            "net.ipv4.conf.all.send_redirects=0", "net.ipv4.conf.eth0.send_redirects=0")
        nodes.set("net.ipv4.ip_local_port_range=1024 65000")
        cluster.write(host.path("manifests"), 1, NODES)
        balancer = Balancer(options.bin, host)
        balancer.start_api()
        load = Load(nodes, CLIENT_ADDRESS)
        for number in range(options.rounds):
            say(f"passive ejection: round {number + 1} of {options.rounds}")
            for choice, found in turns.items():
                process = balancer.start("--ejection", choice, log_level="notice")
                found.append(turn(process, load))
                process.stop()
    result = {"connections": sum(each["ok"] for found in turns.values() for each in found)}
    for choice, found in turns.items():
        result[f"cpu_{choice}"] = statistics.median(each["cpu"] for each in found)
        result[f"rate_{choice}"] = statistics.median(each["rate"] for each in found)
    result["rate_ratio"] = ratio(
        *([each["rate"] for each in turns[choice]] for choice in ("on", "off")))
    return result


def turn(process, load):
    """Connections at a fixed pace, for the balancer's time, and then as many as there can be."""
    before = process.cpu_seconds()
    paced = connect(load, "-r", RATE)
    spent = process.cpu_seconds() - before
    fastest = connect(load)
    return {"cpu": spent / paced["ok"], "ok": paced["ok"], "rate": fastest["per_s"]}


def connect(load, *flags):
    """Connections from the client to the Service for some seconds."""
    return load.measure(
        [f"{cluster.FIRST_FRONTEND_ADDRESS}:80"], "-c", IN_FLIGHT, "-w", "0.5", *flags,
        seconds=SECONDS_A_TURN)
