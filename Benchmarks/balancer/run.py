"""Runs `deploy/bench balancer`."""

import os
import random
import tempfile

import tools
from contenders import KINDS, NAMES, present
from deaths import Deaths
from packets import PacketCost
from process import BenchmarkFailure
from progress import say
from report import table
from segment import NODE_COUNT, Segment

__all__ = ["run", "table"]

DOWNLOADS_AT_ONCE = 2
DOWNLOAD_BYTES = 8_000_000
CONNTRACK_LIMIT = "/proc/sys/net/netfilter/nf_conntrack_max"
# Connections that a contender tracks beside the packets' flows.
OTHER_FLOWS = 10_000


def run(options):
    """Sets up everybody, then measures them in turns; returns the figures of each."""
    tools.build()
    names, packages = present(options.only)
    if packages:
        say(f"left out what is not installed; run: apt-get install --yes {' '.join(packages)}")
    with tempfile.TemporaryDirectory(prefix="sluice-bench-") as folder, Segment() as segment:
        contenders = [
            start(segment, NAMES.index(name), name, options, folder) for name in names]
        require_room(max(options.flows))
        packets = PacketCost(segment, segment.place(len(NAMES), "entry"))
        figures = {
            contender.name: {
                "words": contender.words, "connections": [], "bytes": [],
                "packets": {str(flows): [] for flows in options.flows}, "silent": [], "killed": []}
            for contender in contenders}
        for number in range(options.rounds):
            say(f"round {number + 1} of {options.rounds}")
            # Nobody comes after the same one each time; the same seed, so the same order.
            order = random.Random(number).sample(contenders, len(contenders))
            measure_round(order, packets, figures, options)
        measure_deaths(segment, contenders, figures, options.deaths)
    return figures


def require_room(flows):
    """Says what to do if the kernel cannot track so many connections."""
    if not os.path.exists(CONNTRACK_LIMIT):
        return  # nobody is there who tracks any
    with open(CONNTRACK_LIMIT) as file:
        limit = int(file.read())
    if limit < flows + OTHER_FLOWS:
        raise BenchmarkFailure(
            f"the kernel tracks {limit:,} connections at most; for {flows:,} flows run: "
            f"sysctl net.netfilter.nf_conntrack_max={flows + OTHER_FLOWS}")


def start(segment, number, name, options, folder):
    """One contender, which serves with all nodes."""
    contender = KINDS[name](name, segment.place(number, name), options, folder)
    say(f"starting: {contender.words}")
    contender.start(segment)
    try:
        contender.place.load.wait_until_served(contender.targets, NODE_COUNT)
    except BenchmarkFailure as failure:
        said = contender.place.namespace.last_words()
        raise BenchmarkFailure(f"{contender.words}: {failure}\n{said}") from None
    return contender


def measure_round(contenders, packets, figures, options):
    """Each contender once: connections, bulk, and packets over each number of flows."""
    for contender in contenders:
        load, targets = contender.place.load, contender.targets
        figures[contender.name]["connections"].append(
            load.connections_a_second(targets, options.seconds))
    for contender in contenders:
        load, targets = contender.place.load, contender.targets
        figures[contender.name]["bytes"].append(load.bytes_a_second(
            targets, options.seconds, DOWNLOADS_AT_ONCE, DOWNLOAD_BYTES))
    takers = [contender for contender in contenders if contender.takes_packets]
    for flows in options.flows:
        for name, cost in packets.measure(takers, flows, options.seconds).items():
            figures[name]["packets"][str(flows)].append(cost)


def measure_deaths(segment, contenders, figures, count):
    """The requests that fail because of each death."""
    checking = [contender for contender in contenders if contender.has_checks]
    if not checking:
        return
    deaths = Deaths(segment, checking)
    for number in range(count):
        say(f"deaths: {number + 1} of {count} of each kind")
        for kind, die in (("silent", deaths.silence), ("killed", deaths.kill)):
            for name, result in die().items():
                figures[name][kind].append(result)
