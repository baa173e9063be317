"""The command line of `deploy/bench dns`."""

from quantity import positive


def add_to(parser):
    """Adds what this benchmark can be told."""
    parser.add_argument(
        "--names", type=positive, default=10_000, metavar="N",
        help="Services whose names are asked for (default: 10000)")
    parser.add_argument(
        "--many", type=positive, default=100_000, metavar="N",
        help="Services for the figure of memory (default: 100000)")
    parser.add_argument(
        "--changes", type=positive, default=100, metavar="N",
        help="changes that are waited for (default: 100)")
    parser.add_argument(
        "--rounds", type=positive, default=5, metavar="N",
        help="rounds over all servers, of which the median is shown (default: 5)")
    parser.add_argument(
        "--seconds", type=positive, default=4, metavar="N",
        help="length of one measurement (default: 4)")
    parser.add_argument(
        "--threads", type=positive, default=2, metavar="N",
        help="threads of unbound and of knot (default: 2)")
