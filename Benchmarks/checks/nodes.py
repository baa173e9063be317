"""The nodes beside the balancer's host: an address and a process that answers for each."""

import os
import subprocess

import cluster
from host import BenchmarkFailure

BALANCER_ADDRESS = "192.168.0.1"
CLIENT_ADDRESS = "192.168.2.1"


class Nodes:
    """A network namespace at the other end of the host's wire; it goes when the block ends.

    Each node has an address of its own and a process that answers there: at the port of the
    node's check, and at nodePorts. The client that connects to Services is here, too.
    """

    def __init__(self, host, tools, count, node_ports=()):
        self.name = f"{host.name}-nodes"
        self.host = host
        self.program = os.path.join(tools, "backend")
        self.count = count
        self.ports = ",".join(map(str, [cluster.READY_PORT, *node_ports]))
        self.answering = {}

    def __enter__(self):
        try:
            subprocess.run(["ip", "netns", "add", self.name], check=True)
            self.host.move_wire(self.name)
            addresses = [cluster.node_address(index) for index in range(self.count)]
            commands = ["link set lo up", "link set wire up"]
            commands += [f"address add {address}/16 dev wire"
                         for address in [CLIENT_ADDRESS, *addresses]]
            commands.append(f"route add {cluster.POOL} via {BALANCER_ADDRESS}")
            subprocess.run(
                ["ip", "-n", self.name, "-batch", "-"], input="\n".join(commands), text=True,
                check=True)
            for index in range(self.count):
                self.start(index)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for index in list(self.answering):
            self.kill(index)
        subprocess.run(["ip", "netns", "delete", self.name], check=False, capture_output=True)

    def start(self, index):
        """Has a node answer."""
        self.answering[index] = subprocess.Popen(
            self._inside(
                self.program, "-n", "node", "-a", cluster.node_address(index), "-p", self.ports),
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def kill(self, index):
        """Has a node refuse connections."""
        process = self.answering.pop(index)
        process.kill()
        process.wait()

    def run(self, *command, seconds):
        """Runs a command beside the nodes, which must succeed; returns what it wrote."""
        done = subprocess.run(
            self._inside(*command), text=True, capture_output=True, timeout=seconds)
        if done.returncode != 0:
            raise BenchmarkFailure(f"{' '.join(command[:3])} failed: {done.stderr[:1000]}")
        return done.stdout

    def _inside(self, *command):
        return ["ip", "netns", "exec", self.name, *command]
