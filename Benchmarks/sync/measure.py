"""One run: loads a cluster, starts the daemons, changes endpoints, and proves the result."""

import statistics
import time

from daemons import API_URL, START_SECONDS, folders, start_api
from figures import percentile
from host import Host
from process import BenchmarkFailure
from manifests import NODE_NAME, POD_RANGE, SERVICE_RANGE, Cluster

CHANGE_SECONDS = 30
IDLE_SECONDS = 5
# The API takes a changed manifest well before.
SETTLE_SECONDS = 2
TABLE = ("ip", "sluice")


class SyncRun:
    """Measures `sluice proxy` against `sluice api` for one number of Services."""

    def __init__(self, options, services, say):
        self.program = options.bin
        self.endpoints = options.endpoints
        self.changes = options.changes
        self.repeat = options.repeat
        self.proves = not options.no_proof
        self.services = services
        self.say = say
        self.result = {"services": services, "endpoints": options.endpoints}

    def run(self):
        """Measures everything; returns the figures, times in seconds, memory in bytes."""
        with Host("192.168.0.1/16") as host:
            self.host = host
            cluster = Cluster(
                host.path("manifests"), self.services, self.endpoints, self.changes)
            self.say("writing manifests")
            cluster.write()
            self.say("starting sluice api")
            api = self._start_api()
            proxy = self._starts()
            self._idle(api, proxy)
            self._change_endpoints(cluster, api, proxy)
            self._remove_endpoints(cluster, proxy)
            self._add_services(cluster, proxy)
            self._memory(api, proxy)
            self._prove()
            proxy = self._restart_after_changes(cluster, proxy)
            proxy = self._restart(proxy)
            self._prove()
            proxy.stop()
            api.stop()
            self._clean_up()
        return self.result

    def _start_api(self):
        api, line = start_api(
            self.host, self.program, self.host.folder, "--service-cidr", SERVICE_RANGE)
        self.result["api_load"] = line.arrived - api.started
        self.result["api_load_cpu"] = api.cpu_seconds()
        return api

    def _start_proxy(self):
        """Starts a proxy and waits until the kernel holds everything; the proxy and its line."""
        proxy = self.host.start(
            self.program, "proxy", *self._folders("proxy"), *self._node_flags(),
            "--log-level", "debug")
        return proxy, proxy.wait_for("the kernel holds the complete state", START_SECONDS)

    def _starts(self):
        """Starts the proxy with an empty kernel and again over its tables, several times.

        In turns, because the API's lists come later after some changes; the last proxy lives on.
        """
        totals, after_lists, cpu, transactions, memory, restarts = [], [], [], [], [], []
        for number in range(self.repeat):
            if number > 0:
                proxy.stop()
                self._tool("cleanup", *self._folders("proxy"))
            self.say(f"cold start {number + 1} of {self.repeat}")
            proxy, line = self._start_proxy()
            cpu.append(proxy.cpu_seconds())
            totals.append(line.arrived - proxy.started)
            after_lists.append(line.number("seconds"))
            transactions.append(line.number("longest_transaction"))
            memory.append(proxy.memory_bytes()[1])
            self.say(f"restart {number + 1} of {self.repeat}")
            proxy.stop()
            proxy, line = self._start_proxy()
            restarts.append(line.arrived - proxy.started)
        self.result |= {
            "cold_start": statistics.median(totals),
            "cold_start_all": totals,
            "cold_start_after_first_list": statistics.median(after_lists),
            "cold_start_cpu": statistics.median(cpu),
            "cold_start_longest_transaction": max(transactions),
            "cold_start_resident_most": max(memory),
            "restart": statistics.median(restarts),
            "restart_all": restarts,
        }
        return proxy

    def _idle(self, api, proxy):
        """What the daemons cost while nothing happens."""
        before = [process.cpu_seconds() for process in (proxy, api)]
        time.sleep(IDLE_SECONDS)
        after = [process.cpu_seconds() for process in (proxy, api)]
        self.result["proxy_idle_cpu"] = (after[0] - before[0]) / IDLE_SECONDS
        self.result["api_idle_cpu"] = (after[1] - before[1]) / IDLE_SECONDS

    def _change_endpoints(self, cluster, api, proxy):
        """Gives one pod another address, waits until the kernel has it, and goes on."""
        self.say(f"{self.changes} changes of one endpoint")
        from_file, from_store, from_arrival, transactions = [], [], [], []
        before = [process.cpu_seconds() for process in (proxy, api)]
        for step in range(self.changes):
            change = cluster.move_pod(step)
            start = time.monotonic()
            change()
            line = proxy.wait_for("written to the kernel", CHANGE_SECONDS)
            from_file.append(line.arrived - start)
            from_store.append(line.number("seconds_since_change"))
            from_arrival.append(line.number("seconds"))
            transactions.append(line.number("longest_transaction"))
        after = [process.cpu_seconds() for process in (proxy, api)]
        if from_store == from_arrival:
            raise BenchmarkFailure(
                "the slices do not say when their endpoints changed, so the time from the store "
                "to the kernel is unknown")
        self.result |= {
            "changes": self.changes,
            "proxy_cpu_a_change": (after[0] - before[0]) / self.changes,
            "api_cpu_a_change": (after[1] - before[1]) / self.changes,
            "change_longest_transaction": max(transactions),
        }
        self._note("store_to_kernel", from_store)
        self._note("arrival_to_kernel", from_arrival)
        self._note("file_to_kernel", from_file)
        self._note("transaction", transactions)

    def _remove_endpoints(self, cluster, proxy):
        """Deletes one pod of a Service and makes it again, each time until the kernel has it."""
        self.say(f"{self.changes} removals of one endpoint")
        gone, exact, transactions = [], [], []
        for step in range(self.changes):
            remove, restore = cluster.remove_pod(step)
            remove()
            line = proxy.wait_for("endpoints that went get no new connections", CHANGE_SECONDS)
            gone.append(line.number("seconds_since_change"))
            line = proxy.wait_for("written to the kernel", CHANGE_SECONDS)
            exact.append(line.number("seconds_since_change"))
            transactions.append(line.number("longest_transaction"))
            restore()
            proxy.wait_for("written to the kernel", CHANGE_SECONDS)
        self._note("removal_to_kernel", gone)
        self._note("exact_shares_to_kernel", exact)
        self._note("removal_transaction", transactions)

    def _add_services(self, cluster, proxy):
        """Makes one more Service of pods that are there, and deletes it again."""
        self.say(f"{self.changes} new Services")
        times = []
        for step in range(self.changes):
            add, delete = cluster.add_service(step)
            add()
            # The Service may come before its slice.
            changes = 0
            while changes < self.endpoints:
                line = proxy.wait_for("written to the kernel", CHANGE_SECONDS)
                changes = line.number("changes")
            times.append(line.number("seconds_since_change"))
            delete()
            changes = 0
            while changes < self.endpoints:
                changes = proxy.wait_for("written to the kernel", CHANGE_SECONDS).number("changes")
        self._note("new_service_to_kernel", times)

    def _note(self, name, values):
        self.result[f"{name}_p50"] = percentile(values, 50)
        self.result[f"{name}_p99"] = percentile(values, 99)
        self.result[f"{name}_max"] = max(values)

    def _memory(self, api, proxy):
        for name, process in (("proxy", proxy), ("api", api)):
            now, most = process.memory_bytes()
            self.result |= {f"{name}_resident": now, f"{name}_resident_most": most}

    def _restart_after_changes(self, cluster, proxy):
        """Starts another proxy after one pod has got another address and one has gone."""
        self.say("restart over tables that differ")
        proxy.stop()
        cluster.move_pod(0)()
        remove, restore = cluster.remove_pod(len(cluster.changing) // 2)
        remove()
        time.sleep(SETTLE_SECONDS)
        proxy, line = self._start_proxy()
        self.result |= {
            "restart_over_differences": line.arrived - proxy.started,
            "restart_over_differences_changes": int(line.number("changes")),
            "restart_over_differences_resident_most": proxy.memory_bytes()[1],
        }
        restore()
        proxy.wait_for("written to the kernel", CHANGE_SECONDS)
        return proxy

    def _restart(self, proxy):
        """Ends the proxy after all the changes and starts another over the tables it leaves."""
        self.say("restart after the changes")
        proxy.stop()
        proxy, line = self._start_proxy()
        self.result |= {
            "restart_changes": int(line.number("changes")),
            "restart_resident_most": proxy.memory_bytes()[1],
        }
        return proxy

    def _prove(self):
        """The kernel holds what another process plans, and as many elements as there must be."""
        if not self.proves:
            return
        self.say("comparing the kernel with the plan")
        self._tool("diff", *self._node_flags())
        # The Service of the API itself is there, too, with nothing behind it.
        expected = {
            "services": self.services + 1, "endpoints": self.services * self.endpoints}
        for name, count in expected.items():
            status, text = self.host.run("nft", "list", "map", *TABLE, name)
            found = text.count('comment "default/') if name == "services" else text.count(" . 8080")
            if status != 0 or found != count:
                raise BenchmarkFailure(
                    f"the map {name} has {found} elements and not {count}: {text[:500]}")
        self.result["elements"] = sum(expected.values())

    def _clean_up(self):
        """Removes everything and makes sure that nothing is left."""
        self._tool("cleanup", *self._folders("proxy"))
        status, text = self.host.run("nft", "list", "ruleset")
        routes = self.host.run("ip", "route", "show", SERVICE_RANGE)[1]
        if status != 0 or text or routes:
            raise BenchmarkFailure(f"cleanup left something:\n{text[:500]}\n{routes}")

    def _tool(self, *arguments):
        self.host.demand(self.program, *arguments)

    def _folders(self, role):
        return folders(self.host.folder, role)

    def _node_flags(self):
        return (
            "--api", API_URL, "--node-name", NODE_NAME,
            "--service-cidr", SERVICE_RANGE, "--pod-cidr", POD_RANGE)
