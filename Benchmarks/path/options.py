"""The command line of `deploy/bench path`."""

from quantity import positive, positives


def add_to(parser):
    """Adds what this benchmark can be told."""
    parser.add_argument(
        "--services", type=positives, default=[1, 10000, 100000], metavar="N,…",
        help="numbers of Services (default: 1,10000,100000)")
    parser.add_argument(
        "--endpoints", type=positive, default=2, metavar="N",
        help="endpoints of each Service (default: 2)")
    parser.add_argument(
        "--rounds", type=positive, default=7, metavar="N",
        help="rounds, in each of which every ruleset has its turn (default: 7)")
    parser.add_argument(
        "--seconds", type=positive, default=1, metavar="N",
        help="how long a turn measures throughput, and as long again latency (default: 1)")
    parser.add_argument(
        "--chains-seconds", type=positive, default=300, metavar="N",
        help="how long nft may take to load the ruleset of chains (default: 300)")
