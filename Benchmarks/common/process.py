"""A process of a benchmark, whose standard error is read as a log."""

import os
import re
import signal
import subprocess
import threading
import time
from collections import deque

TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")
METADATA = re.compile(r"(\w+)=(\S+)")


class BenchmarkFailure(Exception):
    """Something did not go as it must for the figures to mean anything."""


class LogLine:
    """One line of a process: when it arrived here, its text, and its `key=value` parts."""

    def __init__(self, text):
        self.arrived = time.monotonic()
        self.text = text
        self.metadata = dict(METADATA.findall(text))

    def number(self, key):
        """The number under a key."""
        return float(self.metadata[key])


class Process:
    """A process whose standard error is read as a log."""

    # Shown when something goes wrong.
    LAST_LINES = 20

    def __init__(self, command, name):
        self.name = name
        self.started = time.monotonic()
        self.lines = deque()
        self.last = deque(maxlen=self.LAST_LINES)
        self.news = threading.Condition()
        self.has_ended = False
        # `ip netns exec` replaces itself by the command, so this is the command's own pid.
        self.process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE, text=True)
        self.pid = self.process.pid
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self):
        for text in self.process.stderr:
            line = LogLine(text.rstrip())
            with self.news:
                self.lines.append(line)
                self.last.append(line.text)
                self.news.notify()
        with self.news:
            self.has_ended = True
            self.news.notify()

    def forget(self):
        """Drops the lines so far."""
        with self.news:
            self.lines.clear()

    def wait_for(self, text, seconds):
        """The next line that contains a text; lines before it are dropped."""
        deadline = time.monotonic() + seconds
        with self.news:
            while True:
                while self.lines:
                    line = self.lines.popleft()
                    if text in line.text:
                        return line
                rest = deadline - time.monotonic()
                if self.has_ended or rest <= 0:
                    what = "ended" if self.has_ended else f"did not within {seconds} s"
                    raise BenchmarkFailure(
                        f"{self.name} was to say '{text}' and {what}; it said last:\n"
                        + "\n".join(self.last))
                self.news.wait(rest)

    def cpu_seconds(self):
        """Processor time so far, the kernel's on its behalf included (proc_pid_stat(5))."""
        with open(f"/proc/{self.pid}/stat") as file:
            fields = file.read().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS_A_SECOND

    def memory_bytes(self):
        """Resident memory: now, and the most there was."""
        with open(f"/proc/{self.pid}/status") as file:
            status = dict(line.split(":", 1) for line in file)
        return tuple(int(status[key].split()[0]) * 1024 for key in ("VmRSS", "VmHWM"))

    def stop(self, number=signal.SIGTERM):
        """Ends the process and waits until it is gone."""
        if self.process.poll() is None:
            self.process.send_signal(number)
            try:
                self.process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.reader.join()
        self.process.stderr.close()
