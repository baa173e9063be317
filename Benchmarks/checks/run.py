"""Runs `deploy/bench checks`."""

import os
import subprocess
import sys

import ejection
import measure
from options import PARTS
from report import table

__all__ = ["run", "table"]

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__))))
TOOLS = os.path.join(ROOT, ".build-tools")


def run(options):
    """Measures each part; returns their figures by its name."""
    subprocess.run(["make", "-s", "-C", os.path.join(ROOT, "Tests", "Tools")], check=True)
    results = {}
    for part in options.only or PARTS:
        match part:
            case "own-http" | "own-tcp":
                kind = part.removeprefix("own-")
                results[part] = measure.own_checks(options, TOOLS, say, kind)
            case "ejection":
                results[part] = ejection.cost(options, TOOLS, say)
            case data_plane:
                results[part] = measure.death(options, TOOLS, say, data_plane)
    return results


def say(text):
    """Tells how far it is."""
    print(text, file=sys.stderr, flush=True)
