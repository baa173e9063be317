"""Runs `deploy/bench dns`: questions a second, waiting, changes, memory."""

import os
import statistics
import time

import servers
from changes import Asker
from figures import percentile, shown
from figures import table as text_table
from host import Host
from load import latencies, throughput
from manifests import write_objects
from names import NEW_NAMESPACE, NODE_ADDRESS, ZONE, Names, service
from progress import say

ONE_KIND = (["A"], {"NOERROR"})
# What a pod's resolver asks: both families, a service's port, and names of the search list.
MIXED = (["A", "AAAA", "SRV", "missing"], {"NOERROR", "NXDOMAIN"})
FIRST_NEW_ADDRESS = "10.111.0."
COLUMNS = ("sluice", "unbound", "knot")


def run(options):
    """Measures everything; returns the figures, times in seconds, memory in bytes."""
    servers.require_tools()
    results = {"names": options.names, "many": options.many}
    with Host(f"{NODE_ADDRESS}/16") as host:
        names = Names(options.names)
        say(f"starting sluice, unbound and knot with {options.names:,} names")
        names.write_manifests(host.path("manifests"))
        servers.start_api(host, options.bin)
        processes = {
            "sluice": servers.start_sluice(host, options.bin),
            "unbound": servers.start_unbound(host, names, options.threads),
            "knot": servers.start_knot(host, names, options.threads),
        }
        for server in COLUMNS:
            servers.wait_until_answering(host, server, names.name(7), names.address(7))
        for key, kinds in (("A", ONE_KIND), ("mixed", MIXED)):
            results[key] = compare(host, names, options, key, *kinds)
        results["memory"] = {
            server: process.memory_bytes()[0] for server, process in processes.items()}
        for server in ("unbound", "knot"):
            processes[server].stop()
        results["change"] = changes(host, options)
    with Host(f"{NODE_ADDRESS}/16") as host:
        results["memory_many"] = memory(host, options)
    return results


def compare(host, names, options, key, kinds, codes):
    """Answers a second and waiting of each server, in turns."""
    questions = os.path.join(host.folder, f"questions-{key}")
    names.write_questions(questions, kinds)
    rates = {server: [] for server in COLUMNS}
    waits = {server: [] for server in COLUMNS}
    for number in range(options.rounds):
        say(f"{key}: round {number + 1} of {options.rounds}")
        for server in COLUMNS:
            rates[server].append(throughput(host, server, questions, options.seconds, codes))
    for number in range(options.rounds):
        say(f"{key}: waiting at half load, round {number + 1} of {options.rounds}")
        for server in COLUMNS:
            rate = statistics.median(rates[server]) / 2
            waits[server].append(latencies(host, server, questions, options.seconds, rate))
    return {
        server: {
            "rate": statistics.median(rates[server]), "rates": rates[server],
            "p50": statistics.median(wait["p50"] for wait in waits[server]),
            "p99": statistics.median(wait["p99"] for wait in waits[server]),
        } for server in COLUMNS}


def changes(host, options):
    """How soon a new Service has a name, and a removed one has none."""
    folder = host.path("manifests")
    appeared, went = [], []
    with Asker(host, servers.ADDRESS, servers.PORTS["sluice"]) as asker:
        for number in range(options.changes):
            address = f"{FIRST_NEW_ADDRESS}{number % 250 + 1}"
            name = f"new-{number}.{NEW_NAMESPACE}.svc.{ZONE}"
            item = service(f"new-{number}", NEW_NAMESPACE, address)
            start = time.monotonic()
            write_objects(folder, "new.json", [item])
            appeared.append(asker.when(name, address) - start)
            start = time.monotonic()
            os.remove(os.path.join(folder, "new.json"))
            went.append(asker.when(name, None) - start)
    return {
        "new_p50": percentile(appeared, 50), "new_p99": percentile(appeared, 99),
        "gone_p50": percentile(went, 50), "gone_p99": percentile(went, 99)}


def memory(host, options):
    """Memory of the server with many Services, and how long it takes until it knows them."""
    names = Names(options.many)
    say(f"starting sluice with {options.many:,} Services")
    names.write_manifests(host.path("manifests"))
    servers.start_api(host, options.bin)
    start = time.monotonic()
    server = servers.start_sluice(host, options.bin)
    ready = time.monotonic() - start
    servers.wait_until_answering(host, "sluice", names.name(7), names.address(7))
    now, most = server.memory_bytes()
    return {"now": now, "most": most, "ready": ready}


def table(results):
    """All figures."""
    rows = [("names over UDP", *COLUMNS, "aim")]
    for key, words in (("A", "A"), ("mixed", "A, AAAA, SRV and NXDOMAIN")):
        figures = results[key]
        best = max(figures["unbound"]["rate"], figures["knot"]["rate"])
        rows.append((
            f"{words}: answers a second", *(f"{figures[server]['rate']:,.0f}" for server in COLUMNS),
            ""))
        rows.append((
            "  against the faster of the others",
            *(shown(figures[server]["rate"] / best, "×") for server in COLUMNS), "≥ 0.7"))
        for percent, aim in (("p50", ""), ("p99", "≤ 1 ms")):
            rows.append((
                f"  waiting at half of that, {percent}",
                *(shown(figures[server][percent], "ms") for server in COLUMNS), aim))
    rows.append((
        f"memory with {results['names']:,} names",
        *(shown(results["memory"][server], "MiB") for server in COLUMNS), ""))
    many = results["memory_many"]
    change = results["change"]
    for words, value, unit, aim in (
        (f"memory with {results['many']:,} Services", many["now"], "MiB", "≤ 150 MB"),
        ("  the most there was", many["most"], "MiB", ""),
        ("  start → ready", many["ready"], "s", ""),
        ("a new Service: file → answer, p50", change["new_p50"], "ms", ""),
        ("  p99", change["new_p99"], "ms", "≤ 50 ms"),
        ("a removed Service: file → no answer, p50", change["gone_p50"], "ms", ""),
        ("  p99", change["gone_p99"], "ms", "≤ 50 ms"),
    ):
        rows.append((words, shown(value, unit), "", "", aim))
    return text_table(rows)
