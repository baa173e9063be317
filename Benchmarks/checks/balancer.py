"""`sluice api` and `sluice balancer` over the manifests of one part of the benchmark."""

import os
import re

import cluster
from host import BenchmarkFailure

API_ADDRESS = "127.0.0.1:6440"
METRICS_ADDRESS = "127.0.0.1:10250"
START_SECONDS = 120
CHECKS_MADE = re.compile(r'^sluice_balancer_checks_total\{result="(?:success|failure)"\} (\S+)', re.M)


class Balancer:
    """A balancer on a host, and the API that it follows."""

    def __init__(self, program, host):
        self.program = program
        self.host = host

    def start_api(self):
        """Serves the manifests of the host's folder."""
        api = self.host.start(
            self.program, "api", "--manifests", self.host.path("manifests"),
            "--listen", API_ADDRESS, *self._folders("api"),
            "--load-balancer-pool", cluster.POOL)
        api.wait_for("the API is served", START_SECONDS)

    def start(self, *flags, log_level="debug"):
        """Starts a balancer and waits until the kernel holds everything."""
        process = self.host.start(
            self.program, "balancer", "--api", f"http://{API_ADDRESS}", "--announce", "none",
            "--interface", "eth0", "--check-interval", "1s", "--log-level", log_level,
            "--metrics-address", METRICS_ADDRESS, *self._folders("balancer"), *flags)
        process.wait_for("the kernel holds the complete state", START_SECONDS)
        return process

    def checks_made(self):
        """How many checks the balancer has made."""
        status, text = self.host.run(
            "python3", "-c", READ_METRICS, f"http://{METRICS_ADDRESS}/metrics")
        if status != 0:
            raise BenchmarkFailure(f"the metrics cannot be read: {text[:500]}")
        return sum(float(number) for number in CHECKS_MADE.findall(text))

    def count_elements(self, family, table, name, text):
        """How often a map in the kernel has a text."""
        status, listing = self.host.run("nft", "list", "map", family, table, name)
        if status != 0:
            raise BenchmarkFailure(f"the map {name} cannot be listed: {listing[:500]}")
        return listing.count(text)

    def _folders(self, role):
        return (
            "--state", self.host.path(os.path.join(role, "state")),
            "--runtime-dir", self.host.path(os.path.join(role, "run")))


READ_METRICS = "import sys, urllib.request as r; print(r.urlopen(sys.argv[1]).read().decode())"
