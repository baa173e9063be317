"""The nodes beside the balancer's host: an address and a process that answers for each."""

import signal

import cluster
import tools
from namespace import Namespace

BALANCER_ADDRESS = "192.168.0.1"
CLIENT_ADDRESS = "192.168.2.1"


class Nodes(Namespace):
    """A network namespace at the other end of the host's wire; it goes when the block ends.

    Each node has an address of its own and a process that answers there: at the port of the
    node's check, and at nodePorts. The client that connects to Services is here, too.
    """

    def __init__(self, host, count, node_ports=()):
        super().__init__(f"{host.name}-nodes")
        self.host = host
        self.count = count
        self.ports = ",".join(map(str, [cluster.READY_PORT, *node_ports]))
        self.answering = {}

    def __enter__(self):
        super().__enter__()
        try:
            self.host.move_wire(self.name)
            self.configure(
                "link set wire up",
                *(f"address add {address}/16 dev wire" for address in [
                    CLIENT_ADDRESS, *map(cluster.node_address, range(self.count))]),
                f"route add {cluster.POOL} via {BALANCER_ADDRESS}")
            for index in range(self.count):
                self.answer(index)
        except BaseException:
            self.__exit__()
            raise
        return self

    def answer(self, index):
        """Has a node answer."""
        self.answering[index] = self.start(
            tools.path("backend"), "-n", "node", "-a", cluster.node_address(index), "-p", self.ports)

    def refuse(self, index):
        """Has a node refuse connections."""
        self.answering.pop(index).stop(signal.SIGKILL)
