"""What `sluice api` is told: the Service, the nodes, and their pods."""

import segment as lan


def cluster(address):
    """The Service at an address, the nodes, and on each of them one pod in the node's network."""
    ports = [{"name": "http", "port": 80, "nodePort": lan.NODE_PORT}] + [
        {"name": f"packets-{port}", "protocol": "UDP", "port": port, "nodePort": node_port}
        for port, node_port in zip(lan.PACKET_PORTS, lan.PACKET_NODE_PORTS)]
    yield {
        "apiVersion": "v1", "kind": "Service", "metadata": {"name": "web"},
        "spec": {
            "type": "LoadBalancer", "loadBalancerIP": address, "selector": {"app": "web"},
            "ports": ports,
        },
    }
    for number in range(1, lan.NODE_COUNT + 1):
        yield {
            "apiVersion": "v1", "kind": "Node", "metadata": {"name": f"node{number}"},
            "status": {
                "addresses": [{"type": "InternalIP", "address": lan.node_address(number)}]},
        }
        yield {
            "apiVersion": "v1", "kind": "Pod",
            "metadata": {"name": f"web-{number}", "labels": {"app": "web"}},
            "spec": {
                "nodeName": f"node{number}", "hostNetwork": True,
                "containers": [{"name": "web"}]},
            "status": {
                "podIP": lan.node_address(number),
                "podIPs": [{"ip": lan.node_address(number)}]},
        }
