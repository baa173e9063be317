"""The command line of `deploy/bench checks`."""

from cluster import MOST_NODES, MOST_SERVICES
from quantity import add_number, positive_up_to

PARTS = ("masquerade", "direct-return", "own-http", "own-tcp", "ejection")


def add_to(parser):
    """Adds what this benchmark can be told."""
    services = positive_up_to(MOST_SERVICES, "there are no more nodePorts")
    nodes = positive_up_to(MOST_NODES, "there are no more /24 for nodes' pods")
    add_number(parser, "--services", 1000, "Services whose nodes die", services)
    add_number(parser, "--nodes", 100, "nodes, all of them behind every Service", nodes)
    add_number(parser, "--deaths", 7, "nodes that die and return, one after another")
    add_number(
        parser, "--own-checks", 100, "Services whose nodes are checked for each of them, instead",
        services)
    add_number(parser, "--seconds", 20, "how long processor time is measured")
    add_number(parser, "--rounds", 5, "rounds of connections with and without passive ejection")
    parser.add_argument(
        "--only", choices=PARTS, action="append", metavar="PART",
        help=f"measure this alone: {', '.join(PARTS)}; may be given several times")
