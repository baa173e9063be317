"""The command line of `deploy/bench dns`."""

from quantity import add_number


def add_to(parser):
    """Adds what this benchmark can be told."""
    add_number(parser, "--names", 10_000, "Services whose names are asked for")
    add_number(parser, "--many", 100_000, "Services for the figure of memory")
    add_number(parser, "--changes", 100, "changes that are waited for")
    add_number(parser, "--rounds", 5, "rounds over all servers, of which the median is shown")
    add_number(parser, "--seconds", 4, "length of one measurement")
    add_number(parser, "--threads", 2, "threads of unbound and of knot")
