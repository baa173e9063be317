"""A network namespace of a benchmark, and the processes in it."""

import os
import signal
import subprocess

from process import BenchmarkFailure, Process


class Namespace:
    """A network namespace with loopback up; it and its processes go when the block ends."""

    def __init__(self, name):
        self.name = name
        self.processes = []

    def __enter__(self):
        subprocess.run(["ip", "netns", "add", self.name], check=True)
        try:
            self.configure("link set lo up")
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for process in self.processes:
            process.stop(signal.SIGKILL)
        subprocess.run(["ip", "netns", "delete", self.name], check=False, capture_output=True)

    def configure(self, *commands):
        """Carries out commands of `ip` in the namespace."""
        done = subprocess.run(
            ["ip", "-n", self.name, "-batch", "-"], text=True, input="\n".join(commands),
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if done.returncode != 0:
            raise BenchmarkFailure(f"{self.name} cannot be set up: {done.stdout[:1000]}")

    def set(self, *settings):
        """Sets sysctls of the namespace, as NAME=VALUE."""
        self.demand("sysctl", "-qw", *settings)

    def run(self, *command):
        """Runs a command in the namespace; returns its exit status and all that it wrote."""
        done = subprocess.run(
            self.inside(command), text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        return done.returncode, done.stdout.strip()

    def demand(self, *command, input=None, seconds=None):
        """Runs a command in the namespace that must succeed; returns what it wrote."""
        done = subprocess.run(
            self.inside(command), text=True, input=input, timeout=seconds,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if done.returncode != 0:
            raise BenchmarkFailure(f"{' '.join(command[:3])} failed: {done.stdout[:1000]}")
        return done.stdout

    def start(self, *command):
        """Starts a process that lives as long as the block, unless it is stopped before."""
        process = Process(self.inside(command), os.path.basename(command[0]))
        self.processes.append(process)
        return process

    def last_words(self):
        """What its processes said last."""
        return "\n".join(
            f"{process.name}: {line}" for process in self.processes for line in process.last)

    def inside(self, command):
        """The command as it is run from outside."""
        return ["ip", "netns", "exec", self.name, *command]
