"""The command line of `deploy/bench checks`."""

from quantity import add_number

PARTS = ("masquerade", "direct-return", "own-http", "own-tcp", "ejection")


def add_to(parser):
    """Adds what this benchmark can be told."""
    add_number(parser, "--services", 1000, "Services whose nodes die")
    add_number(parser, "--nodes", 100, "nodes, all of them behind every Service")
    add_number(parser, "--deaths", 7, "nodes that die and return, one after another")
    add_number(
        parser, "--own-checks", 100, "Services whose nodes are checked for each of them, instead")
    add_number(parser, "--seconds", 20, "how long processor time is measured")
    add_number(parser, "--rounds", 5, "rounds of connections with and without passive ejection")
    parser.add_argument(
        "--only", choices=PARTS, action="append", metavar="PART",
        help=f"measure this alone: {', '.join(PARTS)}; may be given several times")
