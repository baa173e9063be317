"""Numbers on the command line."""

import argparse


def positive(text):
    """A number above zero."""
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} is not above zero")
    return number


def positives(text):
    """Numbers above zero, separated by commas."""
    return [positive(part) for part in text.split(",")]
