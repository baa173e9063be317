"""The names that are asked for: as manifests for Sluice, and as what they mean to other servers."""

import ipaddress
import random

from manifests import write_objects

ZONE = "cluster.local"
SERVICE_RANGE = "10.96.0.0/12"
FIRST_ADDRESS = int(ipaddress.ip_address("10.96.1.0"))
SERVICES_A_FILE = 10_000
NODE_NAME = "bench-node"
NODE_ADDRESS = "192.168.0.1"
NEW_NAMESPACE = "change"


class Names:
    """Services with one ClusterIP and one named port each, in ten namespaces."""

    def __init__(self, count):
        self.count = count

    def name(self, index):
        """The name of a Service, without a final dot."""
        return f"web-{index:06}.team-{index % 10}.svc.{ZONE}"

    def address(self, index):
        """Its ClusterIP."""
        return str(ipaddress.ip_address(FIRST_ADDRESS + index))

    def write_manifests(self, folder):
        """Writes the Services, as JSON documents in large files, and one node."""
        write_objects(folder, "node.json", [{
            "apiVersion": "v1", "kind": "Node", "metadata": {"name": NODE_NAME},
            "status": {"addresses": [{"type": "InternalIP", "address": NODE_ADDRESS}]},
        }])
        for start in range(0, self.count, SERVICES_A_FILE):
            rows = range(start, min(start + SERVICES_A_FILE, self.count))
            write_objects(
                folder, f"services-{start:06}.json", [self._service(index) for index in rows])

    def records(self):
        """Each record that others serve: owner, type and data."""
        for index in range(self.count):
            name = self.name(index)
            yield name, "A", self.address(index)
            yield f"_http._tcp.{name}", "SRV", f"0 100 80 {name}."

    def write_questions(self, path, kinds):
        """Writes questions for dnsperf: of each name one of the kinds, in a seeded order.

        A kind is `A`, `AAAA` (there is none, so NODATA), `SRV`, or `missing` (NXDOMAIN).
        """
        rows = []
        for index in range(self.count):
            name = self.name(index)
            match kinds[index % len(kinds)]:
                case "SRV": rows.append(f"_http._tcp.{name} SRV")
                case "missing": rows.append(f"no-{name} A")
                case kind: rows.append(f"{name} {kind}")
        random.Random(1).shuffle(rows)
        with open(path, "w") as file:
            file.write("\n".join(rows) + "\n")

    def _service(self, index):
        return service(f"web-{index:06}", f"team-{index % 10}", self.address(index))


def service(name, namespace, address):
    """A Service with this ClusterIP."""
    return {
        "apiVersion": "v1", "kind": "Service",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {"clusterIP": address, "ports": [{"name": "http", "port": 80}]},
    }
