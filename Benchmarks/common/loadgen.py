"""Connections from a client to one or several targets, counted by the load generator."""

import json
import time

import tools
from process import BenchmarkFailure

# What a turn may need beside its time, and the pause before what was not answered is tried again.
GRACE_SECONDS = 30
PAUSE_SECONDS = 0.05
# Connections in flight at once, and the share of them that may fail while speed is measured.
AT_ONCE = 16
MOST_FAILED = 0.01


class Load:
    """Connections from addresses of one namespace, as `FIRST-LAST`.

    The client closes with a reset, so that neither side keeps a connection in TIME_WAIT.
    """

    def __init__(self, namespace, addresses):
        self.namespace = namespace
        self.addresses = addresses

    def run(self, targets, *options, seconds):
        """What the load generator says, with these options, for so many seconds at most."""
        return json.loads(self.namespace.demand(
            tools.path("loadgen"), "-j", "-R", "-s", self.addresses, "-d", str(seconds), *options,
            *targets, seconds=seconds + GRACE_SECONDS))

    def wait_until_served(self, targets, names=1):
        """Waits until all is answered, by so many backends."""
        deadline = time.monotonic() + GRACE_SECONDS
        while time.monotonic() < deadline:
            count = 16 * names
            result = self.run(targets, "-c", "4", "-n", str(count), "-t", "500", seconds=8)
            if result["ok"] == count and len(result["by_name"]) >= names:
                return
            time.sleep(PAUSE_SECONDS)
        raise BenchmarkFailure(
            f"of {count} connections to {targets[0]} {result['ok']} were answered, by "
            f"{len(result['by_name'])} of {names} backends")

    def connections_a_second(self, targets, seconds):
        """How many connections with a short exchange are done a second."""
        return self.measure(targets, "-c", str(AT_ONCE), seconds=seconds)["per_s"]

    def connect_latency(self, targets, seconds, rate):
        """Seconds from the first packet to its answer, the median, of so many a second."""
        result = self.measure(targets, "-c", str(AT_ONCE), "-r", str(rate), seconds=seconds)
        return result["connect_p50_us"] / 1e6

    def bytes_a_second(self, targets, seconds, at_once, size):
        """How much is downloaded a second, by so many connections of that size at once.

        From the time that a download takes: what is under way at the end would count too much.
        """
        result = self.measure(
            targets, "-c", str(at_once), "-q", f"GET /bytes/{size} HTTP/1.0\\r\\n\\r\\n",
            "-t", str(GRACE_SECONDS * 500), seconds=seconds)
        return at_once * size / (result["mean_us"] / 1e6)

    def measure(self, targets, *options, seconds):
        """The same as `run`, of which next to nothing may fail."""
        result = self.run(targets, *options, seconds=seconds)
        if result["errors"] > result["ok"] * MOST_FAILED:
            raise BenchmarkFailure(
                f"{result['errors']} connections to {targets[0]} failed, {result['ok']} did not")
        return result
