"""One segment with a client, nodes, and a host for each of those that are compared."""

import contextlib
import ipaddress
import json
import os

import tools
from loadgen import Load
from namespace import Namespace

NODE_COUNT = 3
NODE_PORT = 30080
# Packets of many flows go to several ports: a balancer that hides clients behind its own address
# has 64,512 ports for each port of each node.
PACKET_PORTS = range(5300, 5304)
PACKET_NODE_PORTS = range(30300, 30304)
CLIENTS = ipaddress.ip_network("203.0.113.0/24")
CLIENTS_A_HOST = 16
FIRST_HOST = 10


def node_address(number):
    """The address of a node, counted from 1."""
    return f"192.168.50.{number}"


def virtual_address(place):
    """The address at which the balancer in this place is asked."""
    return f"198.51.100.{place + 1}"


class Place:
    """A host on the segment through which the client reaches the nodes, with clients of its own."""

    def __init__(self, segment, number):
        self.segment = segment
        self.number = number
        self.address = f"192.168.50.{FIRST_HOST + number}"
        self.virtual_address = virtual_address(number)
        first = CLIENTS[(number + 1) * CLIENTS_A_HOST]
        self.first_client = str(first)
        self.client_block = f"{first}/28"
        self.load = Load(segment.client, f"{first}-{first + CLIENTS_A_HOST - 1}")

    def open(self, name):
        """Makes the host; the client sends what is for the virtual address to it."""
        self.namespace = self.segment.join(name, self.address)
        self.namespace.configure(f"route add {CLIENTS} dev eth0")
        # Packets leave it where they came in, of which it would tell the client (ICMP redirect).
        self.namespace.set(
            "net.ipv4.ip_forward=1", "net.ipv4.conf.all.send_redirects=0",
            "net.ipv4.conf.eth0.send_redirects=0", "net.ipv4.ip_local_port_range=1024 65000")
        self.segment.client.configure(
            f"route add {self.address}/32 dev eth0",
            f"route add {self.virtual_address}/32 via {self.address}",
            *(f"address add {client}/32 dev eth0"
              for client in ipaddress.ip_network(self.client_block)))
        return self

    def hardware_address(self):
        """The hardware address of its interface."""
        text = self.namespace.demand("ip", "-json", "link", "show", "eth0")
        return json.loads(text)[0]["address"]


class Segment:
    """switch, client and nodes, each a network namespace; all of it goes when the block ends."""

    def __init__(self):
        self.prefix = f"sluice-bench-{os.getpid()}"
        self.stack = contextlib.ExitStack()
        self.nodes = []
        self.backends = []

    def __enter__(self):
        with self.stack:
            self.switch = self._host("switch")
            self.switch.configure(
                "link add lan type bridge forward_delay 0 mcast_snooping 0 nf_call_iptables 0",
                "link set lan up")
            if os.path.exists("/proc/sys/net/bridge"):
                # A switch shows its packets to no rules, whatever this machine's bridges do.
                self.switch.set("net.bridge.bridge-nf-call-iptables=0")
            self.client = self.join("client")
            self.client.set("net.ipv4.ip_local_port_range=1024 65000")
            for number in range(1, NODE_COUNT + 1):
                self._add_node(number)
            self.stack = self.stack.pop_all()
        return self

    def __exit__(self, *_):
        self.stack.close()

    def place(self, number, name):
        """Another host between the client and the nodes."""
        return Place(self, number).open(name)

    def join(self, name, address=None):
        """A host whose eth0 is on the segment."""
        host = self._host(name)
        host.configure(
            f"link add eth0 type veth peer name {name} netns {self.switch.name}",
            *([f"address add {address}/24 dev eth0"] if address else []), "link set eth0 up")
        self.switch.configure(f"link set {name} master lan", f"link set {name} up")
        return host

    def _host(self, name):
        return self.stack.enter_context(Namespace(f"{self.prefix}-{name}"))

    def _add_node(self, number):
        """A plain server: it answers at its own address, and later at one that it shares."""
        node = self.join(f"node{number}", node_address(number))
        node.configure(f"route add {CLIENTS} dev eth0")
        node.demand("nft", "-f", "-", input=counted_and_dropped())
        self.nodes.append(node)
        self.backends.append(None)
        self.start_backend(number - 1)

    def start_backend(self, index):
        """Starts the server of a node."""
        self.backends[index] = self.nodes[index].start(
            tools.path("backend"), "-n", f"node{index + 1}", "-p", f"80,{NODE_PORT}")

    def set_silent(self, index, state):
        """Drops whatever a node sends and is sent, telling nobody, or lets it pass again."""
        self.switch.demand(
            "bridge", "link", "set", "dev", f"node{index + 1}", "state",
            "disabled" if state else "forwarding")

    def lead_back_by(self, place):
        """The nodes' answers to the clients of a place go by it."""
        for node in self.nodes:
            node.configure(f"route add {place.client_block} via {place.address}")

    def share(self, address):
        """The nodes answer at a common address, and nobody is told by ARP that they do."""
        for node in self.nodes:
            node.set("net.ipv4.conf.all.arp_ignore=1", "net.ipv4.conf.all.arp_announce=2")
            node.configure(f"address add {address}/32 dev lo")

    def packets_arrived(self):
        """How many of the packets that are only counted have reached a node."""
        total = 0
        for node in self.nodes:
            text = node.demand("nft", "-j", "list", "counter", "netdev", "arrival", "arrived")
            listing = json.loads(text)["nftables"]
            total += next(part["counter"]["packets"] for part in listing if "counter" in part)
        return total


def counted_and_dropped():
    """Rules for a host that has nothing to do with packets but to count them."""
    ports = ", ".join(
        f"{ports[0]}-{ports[-1]}" for ports in (PACKET_PORTS, PACKET_NODE_PORTS))
    return f"""table netdev arrival {{
    counter arrived {{ }}
    chain ingress {{
        type filter hook ingress device "eth0" priority -500
        udp dport {{ {ports} }} counter name arrived drop
    }}
}}
"""
