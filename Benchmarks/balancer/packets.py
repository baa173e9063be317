"""What a packet costs the host between the client and the nodes, over few flows and over many."""

import json
import os

import segment as lan
import tools
from process import BenchmarkFailure

# The processor that sends, and so receives: over a veth link one thread does both.
PROCESSOR = 0
# Packets that may be lost. More means that the kernel put work off that then was not measured.
MOST_LOST = 0.01


class PacketCost:
    """Sends packets through a host; they are counted and dropped where they reach a node.

    The sender's thread carries each packet through all hosts. What is left after the cost of
    packets that are dropped where they enter the host is the host's own, and the way to the node.
    """

    def __init__(self, segment, place):
        self.segment = segment
        self.entry = place
        self.entry.namespace.demand("nft", "-f", "-", input=lan.counted_and_dropped())

    def measure(self, contenders, flows, seconds):
        """Seconds of processor time a packet, by contender."""
        base, _ = self._send(self.entry, self.entry.virtual_address, flows, seconds)
        costs = {}
        for contender in contenders:
            # Neither entries of other turns nor room that they take.
            contender.place.namespace.demand("conntrack", "-F")
            before = self.segment.packets_arrived()
            cost, sent = self._send(contender.place, contender.packets_to, flows, seconds)
            arrived = self.segment.packets_arrived() - before
            contender.place.namespace.demand("conntrack", "-F")
            if arrived < sent * (1 - MOST_LOST):
                raise BenchmarkFailure(
                    f"{contender.words}: of {sent:,} packets {arrived:,} reached a node")
            costs[contender.name] = cost - base
        return costs

    def _send(self, place, destination, flows, seconds):
        """Seconds a packet, and how many were sent, the first of each flow included."""
        before = put_off_seconds()
        result = json.loads(self.segment.client.demand(
            "taskset", "--cpu-list", str(PROCESSOR), tools.path("pktblast"), "-w", "eth0",
            place.hardware_address(), place.first_client, destination,
            f"{lan.PACKET_PORTS[0]}-{lan.PACKET_PORTS[-1]}", str(flows), str(seconds)))
        sent = flows + result["sent"]
        return result["cpu_ns"] / 1e9 + (put_off_seconds() - before) / sent, sent


def put_off_seconds():
    """Processor time of the thread that takes over what a sender's own thread left undone."""
    name = f"ksoftirqd/{PROCESSOR}"
    for process in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{process}/comm") as file:
                if file.read().strip() != name:
                    continue
            with open(f"/proc/{process}/schedstat") as file:
                return int(file.read().split()[0]) / 1e9
        except FileNotFoundError:
            continue
    return 0
