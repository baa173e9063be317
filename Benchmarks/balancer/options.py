"""The command line of `deploy/bench balancer`."""

import argparse

from contenders import NAMES
from quantity import add_number, add_numbers, add_seconds


def names(text):
    """Some of those that are compared, separated by commas."""
    wanted = text.split(",")
    for name in wanted:
        if name not in NAMES:
            raise argparse.ArgumentTypeError(f"'{name}' is none of {', '.join(NAMES)}")
    return wanted


def add_to(parser):
    """Adds what this benchmark can be told."""
    parser.add_argument(
        "--only", type=names, default=NAMES, metavar="NAME,…",
        help=f"who is compared, of {', '.join(NAMES)} (default: all); direct always is")
    add_number(parser, "--rounds", 15, "rounds, in each of which everybody has a turn")
    add_seconds(parser, "--seconds", 0.4, "length of one measurement")
    add_numbers(parser, "--flows", [256, 240_000], "flows over which packets are spread")
    add_number(
        parser, "--deaths", 7, "how often a node goes silent, and as often a backend is killed")
