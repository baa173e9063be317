"""Services of type LoadBalancer and nodes that all of them lead to, as manifests."""

import ipaddress

from manifests import write_objects

FIRST_NODE_ADDRESS = ipaddress.ip_address("192.168.1.1")
FIRST_NODE_PORT = 30_000
# Each Service has a nodePort, up to 32767, and each node a /24 of 10.244.0.0/16.
MOST_SERVICES = 2_768
MOST_NODES = 256
# RFC 2544's range for measurements.
POOL = "198.18.0.0/16"
FIRST_FRONTEND_ADDRESS = "198.18.0.1"
READY_PORT = 10256


def node_address(index):
    """The address of a node."""
    return str(FIRST_NODE_ADDRESS + index)


def node_port(index):
    """The nodePort of a Service."""
    return FIRST_NODE_PORT + index


def write(folder, services, nodes, notes=lambda _: {}):
    """Writes all manifests into a folder.

    One pod is behind all Services: a balancer looks at nodes, and only asks whether there is any.
    notes: the annotations of a Service, by its number.
    """
    pod = {
        "apiVersion": "v1", "kind": "Pod",
        "metadata": {"name": "web", "labels": {"app": "web"}},
        "spec": {
            "nodeName": _node_name(0),
            "containers": [{"name": "web", "ports": [{"containerPort": 8080}]}]},
        "status": {"podIP": "10.244.0.2", "podIPs": [{"ip": "10.244.0.2"}]},
    }
    objects = [pod] + [_node(index) for index in range(nodes)]
    objects += [_service(index, notes(index)) for index in range(services)]
    write_objects(folder, "cluster.json", objects)


def _service(index, notes):
    return {
        "apiVersion": "v1", "kind": "Service",
        "metadata": {
            "name": f"web-{index:05}",
            "annotations": {f"sluice.io/{key}": value for key, value in notes.items()}},
        "spec": {
            "type": "LoadBalancer",
            "selector": {"app": "web"},
            "ports": [{
                "name": "http", "port": 80, "targetPort": 8080,
                "nodePort": node_port(index)}],
        },
    }


def _node(index):
    return {
        "apiVersion": "v1", "kind": "Node",
        "metadata": {"name": _node_name(index)},
        "spec": {"podCIDR": f"10.244.{index}.0/24", "podCIDRs": [f"10.244.{index}.0/24"]},
        "status": {
            "addresses": [{"type": "InternalIP", "address": node_address(index)}],
            "conditions": [{"type": "Ready", "status": "True"}]},
    }


def _node_name(index):
    return f"node-{index:03}"
