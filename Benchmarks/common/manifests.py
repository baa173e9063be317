"""A cluster of any size as manifests: Services that select pods, their pods, and the nodes."""

import ipaddress
import json
import os

POD_RANGE = "10.128.0.0/10"
SERVICE_RANGE = "10.96.0.0/12"
NODE_NAME = "bench-node"
PODS_A_NODE = 100
PODS_A_FILE = 10_000
# Added to a pod's place in its node's /24 when it is given its other address.
OTHER_ADDRESS = 120

FIRST_POD_ADDRESS = int(ipaddress.ip_address("10.128.0.0"))
FIRST_NODE_ADDRESS = int(ipaddress.ip_address("192.168.0.1"))


def prepare_objects(folder, name, objects):
    """Writes a file beside its place; the returned function puts it there in one step."""
    hidden, place = os.path.join(folder, "." + name), os.path.join(folder, name)
    with open(hidden, "w") as file:
        for item in objects:
            file.write("---\n" + json.dumps(item, separators=(",", ":")) + "\n")
    return lambda: os.rename(hidden, place)


def write_objects(folder, name, objects):
    """Writes objects as one file, which appears complete."""
    prepare_objects(folder, name, objects)()


class Cluster:
    """Services with the same number of pods each, spread over nodes of about a hundred pods.

    The pods that will change have a file of their own; all others share a few large files, so
    that the API does not have to look at thousands of files for one that changed. Everything is
    written as JSON documents, which are read several times as fast as other YAML.
    """

    def __init__(self, folder, services, endpoints, changing):
        self.folder = folder
        self.services = services
        self.endpoints = endpoints
        self.nodes = max(1, -(-services * endpoints // PODS_A_NODE))
        count = min(changing, services)
        # Spread evenly: Services with low and high addresses change alike.
        self.changing = [index * services // count for index in range(count)]

    def write(self):
        """Writes all manifests."""
        self._write("nodes.json", [self._node(index) for index in range(self.nodes)])
        self._write("services.json", [self._service(index) for index in range(self.services)])
        changing = set(self.changing)
        pods = []
        files = 0
        for service in range(self.services):
            for number in range(self.endpoints):
                if number > 0 or service not in changing:
                    pods.append(self._pod(service, number))
            if len(pods) >= PODS_A_FILE or (pods and service == self.services - 1):
                self._write(f"pods-{files:03}.json", pods)
                files += 1
                pods = []
        for service in self.changing:
            self._write(self._changing_file(service), [self._pod(service, 0)])

    def move_pod(self, step):
        """Prepares a change: returns a function that gives one pod its other address."""
        service = self.changing[step % len(self.changing)]
        has_moved = step // len(self.changing) % 2 == 0
        pod = self._pod(service, 0, OTHER_ADDRESS if has_moved else 0)
        return self._prepare(self._changing_file(service), [pod])

    def remove_pod(self, step):
        """Returns two functions: one deletes a pod, the other makes it again."""
        service = self.changing[step % len(self.changing)]
        name = self._changing_file(service)
        return (
            lambda: os.unlink(os.path.join(self.folder, name)),
            self._prepare(name, [self._pod(service, 0)]))

    def add_service(self, step):
        """Returns two functions: one makes another Service of some pods, the other deletes it."""
        service = self._service(self.changing[step % len(self.changing)])
        service["metadata"]["name"] = f"new-{step:05}"
        name = f"new-{step:05}.json"
        return (
            self._prepare(name, [service]),
            lambda: os.unlink(os.path.join(self.folder, name)))

    def _changing_file(self, service):
        return f"pod-of-web-{service:05}.json"

    def _prepare(self, name, objects):
        return prepare_objects(self.folder, name, objects)

    def _write(self, name, objects):
        self._prepare(name, objects)()

    def _service(self, index):
        return {
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": {"name": f"web-{index:05}", "labels": {"app": f"web-{index:05}"}},
            "spec": {
                "selector": {"app": f"web-{index:05}"},
                "ports": [{"name": "http", "port": 80, "targetPort": 8080}],
            },
        }

    def pods_of(self, service):
        """The addresses of a Service's pods."""
        return [self._place(service, number)[1] for number in range(self.endpoints)]

    def _place(self, service, number, shift=0):
        place = service * self.endpoints + number
        node, seat = place % self.nodes, place // self.nodes
        return node, ipaddress.ip_address(FIRST_POD_ADDRESS + node * 256 + 2 + seat + shift)

    def _pod(self, service, number, shift=0):
        node, address = self._place(service, number, shift)
        return {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {
                "name": f"web-{service:05}-{number}",
                "labels": {"app": f"web-{service:05}"},
            },
            "spec": {
                "nodeName": self._node_name(node),
                "containers": [{"name": "web", "ports": [{"containerPort": 8080}]}],
            },
            "status": {"podIP": str(address), "podIPs": [{"ip": str(address)}]},
        }

    def _node(self, index):
        # 250 nodes in each /24 of 192.168.0.0/16.
        address = ipaddress.ip_address(FIRST_NODE_ADDRESS + index // 250 * 256 + index % 250)
        pods = ipaddress.ip_address(FIRST_POD_ADDRESS + index * 256)
        return {
            "apiVersion": "v1",
            "kind": "Node",
            "metadata": {"name": self._node_name(index)},
            "spec": {"podCIDR": f"{pods}/24", "podCIDRs": [f"{pods}/24"]},
            "status": {"addresses": [{"type": "InternalIP", "address": str(address)}]},
        }

    def _node_name(self, index):
        return NODE_NAME if index == 0 else f"node-{index:05}"
