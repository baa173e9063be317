"""Those that are compared: how each is set up in a host of its own, and what it can do."""

import json
import os

import segment as lan
import tools
from cluster import cluster
from daemons import API_URL, folders, start_api
from manifests import write_objects

NAMES = ["direct", "masquerade", "direct-return", "nftlb", "haproxy"]


class Contender:
    """One of those that are compared, once it is set up.

    targets: where connections go. packets_to: where packets without a connection go, if it takes
    them. has_checks: it notices by itself that a node is dead.
    """

    has_checks = True
    takes_packets = True

    def __init__(self, name, place, options, folder):
        self.name = name
        self.place = place
        self.program = options.bin
        self.folder = os.path.join(folder, name)
        os.makedirs(self.folder)
        self.targets = [f"{place.virtual_address}:80"]
        self.packets_to = place.virtual_address

    def start(self, segment):
        """Sets it up, so that it serves."""
        raise NotImplementedError

    def write(self, name, text):
        """Writes a file of its own; returns where it is."""
        path = os.path.join(self.folder, name)
        with open(path, "w") as file:
            file.write(text)
        return path


class Direct(Contender):
    """A router between the client and the nodes, which are asked at their own addresses."""

    words = "direct routing"
    has_checks = False

    def start(self, segment):
        addresses = [lan.node_address(number + 1) for number in range(lan.NODE_COUNT)]
        segment.client.configure(
            *(f"route add {address}/32 via {self.place.address}" for address in addresses))
        segment.lead_back_by(self.place)
        self.targets = [f"{address}:80" for address in addresses]
        self.packets_to = addresses[0]


class Sluice(Contender):
    """`sluice api` over manifests, and `sluice balancer` beside it."""

    def start(self, segment):
        manifests = os.path.join(self.folder, "manifests")
        os.makedirs(manifests)
        write_objects(manifests, "cluster.json", cluster(self.place.virtual_address))
        start_api(
            self.place.namespace, self.program, self.folder,
            "--load-balancer-pool", f"{self.place.virtual_address}/32")
        self.place.namespace.start(
            self.program, "balancer", "--api", API_URL, "--data-plane", self.name,
            "--announce", "none", "--interface", "eth0", "--check", "tcp",
            "--check-interval", "200ms", "--fall", "2", *folders(self.folder, "balancer"))


class Masquerade(Sluice):
    """The nodes see the balancer, by which they answer."""

    words = "sluice, masquerade"


class DirectReturn(Sluice):
    """The nodes have the address, and answer the client by themselves."""

    words = "sluice, direct-return"

    def start(self, segment):
        segment.share(self.place.virtual_address)
        super().start(segment)


class Nftlb(Contender):
    """nftlb with translation of both addresses; it has no checks of its own."""

    words = "nftlb, snat"
    has_checks = False

    def start(self, segment):
        ports = [("tcp", 80, lan.NODE_PORT)] + [
            ("udp", port, node_port)
            for port, node_port in zip(lan.PACKET_PORTS, lan.PACKET_NODE_PORTS)]
        farms = [{
            "name": f"{protocol}{port}", "family": "ipv4", "mode": "snat",
            "virtual-addr": self.place.virtual_address, "virtual-ports": str(port),
            "protocol": protocol, "scheduler": "weight", "state": "up",
            "backends": [{
                "name": f"node{number}", "ip-addr": lan.node_address(number),
                "port": str(node_port), "weight": "1", "priority": "1", "state": "up",
            } for number in range(1, lan.NODE_COUNT + 1)],
        } for protocol, port, node_port in ports]
        path = self.write("nftlb.json", json.dumps({"farms": farms}))
        self.place.namespace.start(
            tools.find("nftlb"), "-L", "2", "-H", "127.0.0.1", "-k", "bench", "-c", path)


class HAProxy(Contender):
    """HAProxy in TCP mode, told to notice a dead node soon and to try another one then."""

    words = "HAProxy, tcp"
    takes_packets = False

    def start(self, segment):
        servers = "\n".join(
            f"    server node{number} {lan.node_address(number)}:{lan.NODE_PORT}"
            for number in range(1, lan.NODE_COUNT + 1))
        path = self.write("haproxy.cfg", f"""global
    nbthread {os.cpu_count()}
    maxconn 4000
defaults
    mode tcp
    timeout connect 250ms
    timeout client 30s
    timeout server 30s
    timeout check 200ms
    retries 3
    option redispatch 1
    default-server check inter 200ms fall 2 rise 2
listen web
    bind {self.place.virtual_address}:80
    balance roundrobin
{servers}
""")
        self.place.namespace.configure(
            f"address add {self.place.virtual_address}/32 dev lo")
        self.place.namespace.start(tools.find("haproxy"), "-db", "-f", path)


KINDS = dict(zip(NAMES, (Direct, Masquerade, DirectReturn, Nftlb, HAProxy)))
# Programs of others, and Debian's packages that have them.
PACKAGES = {"nftlb": "nftlb", "haproxy": "haproxy"}


def present(wanted):
    """Those of the wanted whose programs are there, and Debian's packages of the others."""
    missing = [name for name in wanted if name in PACKAGES and tools.find(name) is None]
    names = [name for name in NAMES if name == "direct" or name in wanted and name not in missing]
    return names, [PACKAGES[name] for name in missing]
