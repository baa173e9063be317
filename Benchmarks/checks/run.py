"""Runs `deploy/bench checks`."""

import ejection
import measure
import tools
from options import PARTS
from report import table

__all__ = ["run", "table"]


def run(options):
    """Measures each part; returns their figures by its name."""
    tools.build()
    results = {}
    for part in options.only or PARTS:
        match part:
            case "own-http" | "own-tcp":
                results[part] = measure.own_checks(options, part.removeprefix("own-"))
            case "ejection":
                results[part] = ejection.cost(options)
            case data_plane:
                results[part] = measure.death(options, data_plane)
    return results
