"""Requests that fail when a node goes silent, or when a backend's process is killed."""

import signal
import time
from concurrent.futures import ThreadPoolExecutor

REQUESTS = 2_800
REQUESTS_A_SECOND = 400
# From the first request to the death, and for how long a client waits for an answer.
DEATH_AFTER_SECONDS = 2
TIMEOUT_MILLISECONDS = 3_000


class Deaths:
    """One node after another dies under requests to all that have checks, at the same time."""

    def __init__(self, segment, contenders):
        self.segment = segment
        self.contenders = contenders
        self.next = 0

    def silence(self):
        """A node's packets vanish; what became of the requests, by contender."""
        node = self._choose()
        return self._under_requests(
            lambda: self.segment.set_silent(node, True),
            lambda: self.segment.set_silent(node, False))

    def kill(self):
        """A backend's process is killed: its ports refuse from then on."""
        node = self._choose()
        return self._under_requests(
            lambda: self.segment.backends[node].stop(signal.SIGKILL),
            lambda: self.segment.start_backend(node))

    def _choose(self):
        self.next += 1
        return self.next % len(self.segment.nodes)

    def _under_requests(self, die, recover):
        with ThreadPoolExecutor(len(self.contenders)) as pool:
            asked = {
                contender.name: pool.submit(self._ask, contender)
                for contender in self.contenders}
            time.sleep(DEATH_AFTER_SECONDS)
            die()
        recover()
        for contender in self.contenders:
            contender.place.load.wait_until_served(contender.targets, len(self.segment.nodes))
        return {name: result.result() for name, result in asked.items()}

    def _ask(self, contender):
        result = contender.place.load.run(
            contender.targets, "-c", str(REQUESTS), "-r", str(REQUESTS_A_SECOND),
            "-n", str(REQUESTS), "-t", str(TIMEOUT_MILLISECONDS),
            seconds=2 * REQUESTS // REQUESTS_A_SECOND)
        kinds = {
            key.removeprefix("err_"): count for key, count in result.items()
            if key.startswith("err_") and count}
        return {
            "failed": result["errors"], "slow": result["slow"], "of": REQUESTS, "kinds": kinds,
            "first_failure_ms": result["first_fail_ms"], "last_failure_ms": result["last_fail_ms"]}
