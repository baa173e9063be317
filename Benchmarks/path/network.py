"""A client, a node and the pods behind it, each in a network namespace of its own."""

import json
import os
import subprocess
import time

from host import BenchmarkFailure

CLIENTS = "10.128.0.200-10.128.0.215"
CLIENT_RANGE = "10.128.0.192/26"
GATEWAY = "169.254.1.1"
TURN_GRACE_SECONDS = 30


class Network:
    """client — node — server; all of it goes when the block ends.

    The client has pods' addresses of this node. The server has the pods of one Service, at which
    a backend listens. What the node does with packets in between is what is measured.
    """

    def __init__(self, label, pods, tools):
        self.prefix = f"sluice-bench-{os.getpid()}-{label}"
        self.pods = pods
        self.tools = tools
        self.backend = None

    def __enter__(self):
        try:
            self._make()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        if self.backend:
            self.backend.kill()
            self.backend.wait()
        for role in ("client", "node", "server"):
            subprocess.run(
                ["ip", "netns", "delete", self.name(role)], check=False, capture_output=True)

    def name(self, role):
        """The namespace of a role."""
        return f"{self.prefix}-{role}"

    def _make(self):
        for role in ("client", "node", "server"):
            subprocess.run(["ip", "netns", "add", self.name(role)], check=True)
            self._ip(role, "link set lo up")
        for role, link in (("client", "c0"), ("server", "s0")):
            self._ip("node", f"link add {link} type veth peer name eth0 netns {self.name(role)}")
            self._ip("node", f"link set {link} up")
            self._ip(role, "link set eth0 up")
            self._ip("node", f"address add {GATEWAY}/32 dev {link}")
            self._ip(role, f"route add {GATEWAY} dev eth0")
        first, last = CLIENTS.split("-")
        head, _, low = first.rpartition(".")
        for number in range(int(low), int(last.rpartition(".")[2]) + 1):
            self._ip("client", f"address add {head}.{number}/32 dev eth0")
        self._ip("node", f"route add {CLIENT_RANGE} dev c0")
        for pod in self.pods:
            self._ip("server", f"address add {pod}/32 dev eth0")
            self._ip("node", f"route add {pod}/32 dev s0")
        for role in ("client", "server"):
            self._ip(role, f"route add default via {GATEWAY}")
        self.run("node", "sysctl", "-qw", "net.ipv4.ip_forward=1")
        self.run("client", "sysctl", "-qw", "net.ipv4.ip_local_port_range=1024 65000")
        self.backend = subprocess.Popen(
            ["ip", "netns", "exec", self.name("server"), os.path.join(self.tools, "backend"),
             "-n", "pod", "-p", "8080"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def _ip(self, role, command):
        subprocess.run(["ip", "-n", self.name(role), *command.split()], check=True)

    def run(self, role, *command, seconds=None):
        """Runs a command in a role's namespace, which must succeed."""
        done = subprocess.run(
            ["ip", "netns", "exec", self.name(role), *command], text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=seconds)
        if done.returncode != 0:
            raise BenchmarkFailure(f"{' '.join(command[:3])} failed: {done.stdout[:1000]}")
        return done.stdout

    def wait_until_served(self, target):
        """Waits until the backend answers; so the ruleset leads there."""
        deadline = time.monotonic() + TURN_GRACE_SECONDS
        while time.monotonic() < deadline:
            if self._load(target, "-c", "1", "-n", "1", "-t", "500", "-d", "1")["ok"] == 1:
                return
        raise BenchmarkFailure(f"nothing answers at {target} in {self.prefix}")

    def connections_a_second(self, target, seconds):
        """How many connections with a short exchange are done a second, 16 at a time."""
        result = self._load(target, "-c", "16", "-d", str(seconds))
        return result["per_s"]

    def connect_latency(self, target, seconds, rate):
        """Seconds from the first packet to its answer, the median, of so many a second."""
        result = self._load(target, "-c", "16", "-d", str(seconds), "-r", str(rate))
        return result["connect_p50_us"] / 1e6

    def _load(self, target, *options):
        result = json.loads(self.run(
            "client", os.path.join(self.tools, "loadgen"), "-j", "-R", "-s", CLIENTS, *options,
            target, seconds=TURN_GRACE_SECONDS))
        if result["errors"] > result["ok"] / 100 and "-n" not in options:
            raise BenchmarkFailure(f"{self.prefix}: {result['errors']} of {result['ok']} failed")
        return result
