"""The command line of `deploy/bench path`."""

from quantity import add_number, add_numbers


def add_to(parser):
    """Adds what this benchmark can be told."""
    add_numbers(parser, "--services", [1, 10000, 100000], "numbers of Services")
    add_number(parser, "--endpoints", 2, "endpoints of each Service")
    add_number(parser, "--rounds", 7, "rounds, in each of which every ruleset has its turn")
    add_number(
        parser, "--seconds", 1, "how long a turn measures throughput, and as long again latency")
    add_number(
        parser, "--load-seconds", 360, "how long nft may take to load a ruleset")
