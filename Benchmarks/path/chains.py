"""The same Services as a chain for each of them and for each of their endpoints."""


def ruleset(frontends, pods_of):
    """Text for `nft -f`: a map of verdicts to the Services' chains, which pick an endpoint's.

    frontends: address and name of each Service; pods_of: the addresses of a Service's pods.
    """
    yield "table ip chains {\n"
    for number, _ in enumerate(frontends):
        pods = pods_of(number)
        for place, pod in enumerate(pods):
            yield f"chain ep_{number}_{place} {{ meta l4proto tcp dnat to {pod}:8080\n}}\n"
        choices = ", ".join(
            f"{place} : goto ep_{number}_{place}" for place in range(len(pods)))
        yield f"chain svc_{number} {{ numgen random mod {len(pods)} vmap {{ {choices} }}\n}}\n"
    yield "map services { type ipv4_addr . inet_proto . inet_service : verdict\nelements = {\n"
    for number, address in enumerate(frontends):
        yield f"{address} . tcp . 80 : goto svc_{number},\n"
    yield "}\n}\n"
    yield (
        "chain prerouting { type nat hook prerouting priority dstnat\n"
        "ip daddr . meta l4proto . th dport vmap @services\n}\n"
        "chain postrouting { type nat hook postrouting priority srcnat\n"
        "meta mark & 0x4000 == 0x4000 masquerade\n}\n}\n")
