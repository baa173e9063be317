"""The command line of `deploy/bench sync`."""

from quantity import positive, positives


def add_to(parser):
    """Adds what this benchmark can be told."""
    parser.add_argument(
        "--services", type=positives, default=[1000, 10000], metavar="N,…",
        help="numbers of Services (default: 1000,10000; 100000 take 10 minutes and 10 GB)")
    parser.add_argument(
        "--endpoints", type=positive, default=10, metavar="N",
        help="endpoints of each Service (default: 10)")
    parser.add_argument(
        "--changes", type=positive, default=300, metavar="N",
        help="changes of one endpoint each (default: 300)")
    parser.add_argument(
        "--no-proof", action="store_true",
        help="do not compare the kernel with nft and with another plan: at 100,000 Services that "
        "takes minutes, because listings are quadratic")
    parser.add_argument(
        "--repeat", type=positive, default=3, metavar="N",
        help="starts and restarts, of which the median is shown (default: 3)")
