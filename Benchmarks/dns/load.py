"""Questions by Debian's dnsperf, and what it says of the answers."""

import re

from figures import percentile
from process import BenchmarkFailure
from servers import ADDRESS, PORTS

CLIENTS = 16
OUTSTANDING = 200
RATE = re.compile(r"Queries per second:\s+([\d.]+)")
LOST = re.compile(r"Queries lost:\s+(\d+)")
SENT = re.compile(r"Queries sent:\s+(\d+)")
CODES = re.compile(r"Response codes:\s+(.*)")
# The rest of a line of `dnsperf -v`: `> NOERROR NAME TYPE SECONDS`.
ANSWER = re.compile(r"^> \S+ \S+ \S+ ([\d.]+)$", re.MULTILINE)
# A loss above this share says that the load and not the server was measured.
MOST_LOST = 0.001


def perform(host, server, questions, seconds, *more):
    """Runs dnsperf; returns all that it printed."""
    status, text = host.run(
        "dnsperf", "-s", ADDRESS, "-p", str(PORTS[server]), "-d", questions, "-l", str(seconds),
        "-c", str(CLIENTS), "-T", "1", "-q", str(OUTSTANDING), *more)
    if status != 0:
        raise BenchmarkFailure(f"dnsperf failed ({status}): {text[-2000:]}")
    lost, sent = int(LOST.search(text)[1]), int(SENT.search(text)[1])
    if lost > sent * MOST_LOST:
        raise BenchmarkFailure(f"{server} left {lost} of {sent} questions without an answer")
    return text


def throughput(host, server, questions, seconds, codes):
    """Answers a second, as many as can be had; the answers' codes must be these."""
    text = perform(host, server, questions, seconds)
    said = set(re.findall(r"[A-Z]+", CODES.search(text)[1]))
    if said != codes:
        raise BenchmarkFailure(f"{server} answered {said}, and not {codes}:\n{text[-2000:]}")
    return float(RATE.search(text)[1])


def latencies(host, server, questions, seconds, rate):
    """How long each question waited, in seconds, at a rate of so many a second."""
    text = perform(host, server, questions, seconds, "-v", "-Q", str(round(rate)))
    waits = [float(wait) for wait in ANSWER.findall(text)]
    reached = len(waits) / seconds
    if reached < rate * 0.9:
        raise BenchmarkFailure(
            f"{server}: only {reached:.0f} of {rate:.0f} questions a second could be sent")
    return {f"p{percent}": percentile(waits, percent) for percent in (50, 99)}
