"""Programs that are needed: those of Tests/Tools, and what others have installed."""

import os
import shutil
import subprocess

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__))))
FOLDER = os.path.join(ROOT, ".build-tools")


def build():
    """Builds what is not built, or older than its source."""
    subprocess.run(["make", "-s", "-C", os.path.join(ROOT, "Tests", "Tools")], check=True)


def path(name):
    """Where a program of Tests/Tools is."""
    return os.path.join(FOLDER, name)


def find(program):
    """Where an installed program is; servers lie where an ordinary user's PATH does not lead."""
    return shutil.which(program, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
