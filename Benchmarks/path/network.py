"""A client, a node and the pods behind it, each in a network namespace of its own."""

import contextlib
import os

import tools
from loadgen import Load
from namespace import Namespace

CLIENTS = "10.128.0.200-10.128.0.215"
CLIENT_RANGE = "10.128.0.192/26"
GATEWAY = "169.254.1.1"


class Network:
    """client — node — server; all of it goes when the block ends.

    The client has pods' addresses of this node. The server has the pods of one Service, at which
    a backend listens. What the node does with packets in between is what is measured.
    """

    def __init__(self, label, pods):
        prefix = f"sluice-bench-{os.getpid()}-{label}"
        self.client, self.node, self.server = (
            Namespace(f"{prefix}-{role}") for role in ("client", "node", "server"))
        self.pods = pods
        self.load = Load(self.client, CLIENTS)
        self.stack = contextlib.ExitStack()

    def __enter__(self):
        with self.stack:
            for namespace in (self.client, self.node, self.server):
                self.stack.enter_context(namespace)
            self._make()
            self.stack = self.stack.pop_all()
        return self

    def __exit__(self, *_):
        self.stack.close()

    def _make(self):
        for end, link in ((self.client, "c0"), (self.server, "s0")):
            self.node.configure(
                f"link add {link} type veth peer name eth0 netns {end.name}",
                f"link set {link} up",
                f"address add {GATEWAY}/32 dev {link}")
            end.configure("link set eth0 up", f"route add {GATEWAY} dev eth0")
        first, last = CLIENTS.split("-")
        head, _, low = first.rpartition(".")
        self.client.configure(*(
            f"address add {head}.{number}/32 dev eth0"
            for number in range(int(low), int(last.rpartition(".")[2]) + 1)))
        self.server.configure(*(f"address add {pod}/32 dev eth0" for pod in self.pods))
        self.node.configure(
            f"route add {CLIENT_RANGE} dev c0",
            *(f"route add {pod}/32 dev s0" for pod in self.pods))
        for end in (self.client, self.server):
            end.configure(f"route add default via {GATEWAY}")
        self.node.set("net.ipv4.ip_forward=1")
        self.client.set("net.ipv4.ip_local_port_range=1024 65000")
        self.server.start(tools.path("backend"), "-n", "pod", "-p", "8080")
