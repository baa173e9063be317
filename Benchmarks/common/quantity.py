"""Numbers on the command line."""

import argparse


def positive(text):
    """A number above zero."""
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} is not above zero")
    return number


def positive_up_to(most, reason):
    """Numbers above zero, and at most this, for the reason given."""
    def number(text):
        value = positive(text)
        if value > most:
            raise argparse.ArgumentTypeError(f"{text} is more than {most:,}: {reason}")
        return value
    return number


def positive_time(text):
    """A number of seconds above zero, which need not be whole."""
    number = float(text)
    if not 0 < number < float("inf"):
        raise argparse.ArgumentTypeError(f"{text} is not above zero")
    return number


def positives(text):
    """Numbers above zero, separated by commas."""
    return [positive(part) for part in text.split(",")]


def add_number(parser, flag, default, words, kind=positive):
    """An option that takes a number above zero; its help ends with what it is by default."""
    parser.add_argument(
        flag, type=kind, default=default, metavar="N", help=f"{words} (default: {default})")


def add_seconds(parser, flag, default, words):
    """The same for a time."""
    parser.add_argument(
        flag, type=positive_time, default=default, metavar="S",
        help=f"{words} (default: {default})")


def add_numbers(parser, flag, default, words, remark=""):
    """The same for several numbers."""
    shown = ",".join(map(str, default))
    parser.add_argument(
        flag, type=positives, default=default, metavar="N,…",
        help=f"{words} (default: {shown}{remark})")
