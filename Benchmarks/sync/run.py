"""Runs `deploy/bench sync`."""

from measure import SyncRun
from progress import say
from report import table

__all__ = ["run", "table"]


def run(options):
    """Measures each number of Services; returns their figures."""
    results = []
    for services in options.services:
        def tell(text):
            say(f"{services:,} Services: {text}")
        results.append(SyncRun(options, services, tell).run())
    return results
