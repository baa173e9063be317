"""`sluice api` and `sluice balancer` over the manifests of one part of the benchmark."""

import re

import cluster
import daemons

METRICS_ADDRESS = "127.0.0.1:10250"
CHECKS_MADE = re.compile(r'^sluice_balancer_checks_total\{result="(?:success|failure)"\} (\S+)', re.M)


class Balancer:
    """A balancer on a host, and the API that it follows."""

    def __init__(self, program, host):
        self.program = program
        self.host = host

    def start_api(self):
        """Serves the manifests of the host's folder."""
        daemons.start_api(
            self.host, self.program, self.host.folder, "--load-balancer-pool", cluster.POOL)

    def start(self, *flags, log_level="debug"):
        """Starts a balancer and waits until the kernel holds everything."""
        process = self.host.start(
            self.program, "balancer", "--api", daemons.API_URL, "--announce", "none",
            "--interface", "eth0", "--check-interval", "1s", "--log-level", log_level,
            "--metrics-address", METRICS_ADDRESS,
            *daemons.folders(self.host.folder, "balancer"), *flags)
        process.wait_for("the kernel holds the complete state", daemons.START_SECONDS)
        return process

    def checks_made(self):
        """How many checks the balancer has made."""
        text = self.host.demand(
            "python3", "-c", READ_METRICS, f"http://{METRICS_ADDRESS}/metrics")
        return sum(float(number) for number in CHECKS_MADE.findall(text))

    def count_elements(self, family, table, name, text):
        """How often a map in the kernel has a text."""
        return self.host.demand("nft", "list", "map", family, table, name).count(text)


READ_METRICS = "import sys, urllib.request as r; print(r.urlopen(sys.argv[1]).read().decode())"
