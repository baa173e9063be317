"""The same Services as a chain for each of them and for each of their endpoints."""

SERVICES_AT_ONCE = 5_000


def transactions(frontends, pods_of):
    """Texts for `nft -f`, one after another: the Services' chains, a map that leads to them, and
    last the chains that packets begin with, so that the kernel checks where all of it leads once.

    frontends: address of each Service; pods_of: the addresses of a Service's pods.

    A Service's chain leaves for each endpoint with its share by a rule of its own, not by a map of
    verdicts: the kernel keeps a table's sets in a list and goes through it for each new one
    (nf_tables_newset), so that 100,000 maps are beyond reach.
    """
    for first in range(0, len(frontends), SERVICES_AT_ONCE):
        numbers = range(first, min(first + SERVICES_AT_ONCE, len(frontends)))
        yield in_table("".join(chains(number, pods_of(number)) for number in numbers))
    elements = ",\n".join(
        f"{address} . tcp . 80 : goto svc_{number}" for number, address in enumerate(frontends))
    yield in_table(
        "map services { type ipv4_addr . inet_proto . inet_service : verdict\n"
        f"elements = {{\n{elements}\n}}\n}}\n")
    yield in_table(
        "chain prerouting { type nat hook prerouting priority dstnat\n"
        "ip daddr . meta l4proto . th dport vmap @services\n}\n"
        "chain postrouting { type nat hook postrouting priority srcnat\n"
        "meta mark & 0x4000 == 0x4000 masquerade\n}\n")


def chains(number, pods):
    """The chains of a Service's endpoints, and the one that picks among them."""
    lines = [
        f"chain ep_{number}_{place} {{ meta l4proto tcp dnat to {pod}:8080\n}}\n"
        for place, pod in enumerate(pods)]
    lines.append(f"chain svc_{number} {{\n")
    for place in range(len(pods)):
        left = len(pods) - place
        chance = f"numgen random mod {left} == 0 " if left > 1 else ""
        lines.append(f"{chance}goto ep_{number}_{place}\n")
    return "".join(lines) + "}\n"


def in_table(text):
    """A part of the table."""
    return f"table ip chains {{\n{text}}}\n"
