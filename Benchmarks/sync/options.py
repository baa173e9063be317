"""The command line of `deploy/bench sync`."""

from quantity import add_number, add_numbers


def add_to(parser):
    """Adds what this benchmark can be told."""
    add_numbers(
        parser, "--services", [1000, 10000], "numbers of Services",
        "; 100000 take 10 minutes and 10 GB")
    add_number(parser, "--endpoints", 10, "endpoints of each Service")
    add_number(parser, "--changes", 300, "changes of one endpoint each")
    parser.add_argument(
        "--no-proof", action="store_true",
        help="do not compare the kernel with nft and with another plan: at 100,000 Services that "
        "takes minutes, because listings are quadratic")
    add_number(
        parser, "--repeat", 3, "starts and restarts, of which the median is shown")
