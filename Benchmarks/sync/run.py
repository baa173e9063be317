"""Runs `deploy/bench sync`."""

import sys

from measure import SyncRun
from report import table

__all__ = ["run", "table"]


def run(options):
    """Measures each number of Services; returns their figures."""
    results = []
    for services in options.services:
        def say(text):
            print(f"{services:,} Services: {text}", file=sys.stderr, flush=True)
        results.append(SyncRun(options, services, say).run())
    return results
