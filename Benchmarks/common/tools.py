"""The programs on both ends of a connection: made from Tests/Tools when they are needed."""

import os
import subprocess

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__))))
FOLDER = os.path.join(ROOT, ".build-tools")


def build():
    """Builds what is not built, or older than its source."""
    subprocess.run(["make", "-s", "-C", os.path.join(ROOT, "Tests", "Tools")], check=True)


def path(name):
    """Where a program is."""
    return os.path.join(FOLDER, name)
