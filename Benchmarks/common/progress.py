"""What goes on, told to people while they wait."""

import sys


def say(text):
    """Tells how far it is."""
    print(text, file=sys.stderr, flush=True)
