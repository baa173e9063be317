"""The figures of `deploy/bench balancer` as tables: of each contender, and against the aims."""

import statistics

import figures

DEATHS = ("silent", "killed")


def table(results):
    """Medians of all contenders, and below them what is aimed at."""
    tables = [figures.table(list(overview(results)))]
    aims = list(reached(results))
    if aims:
        tables.append(figures.table([("aim", "", "reached"), *aims]))
    return "\n\n".join(tables)


def overview(results):
    """A row for each contender."""
    flows = list(results["direct"]["packets"])
    yield (
        "", "connections/s", "of direct", "bulk", "of direct",
        *(f"packet, {int(count):,} flows" for count in flows), "silent: failed, slow",
        "killed: failed, slow")
    for contender in results.values():
        yield (
            contender["words"],
            f"{statistics.median(contender['connections']):,.0f}",
            compared(results, contender, "connections"),
            f"{statistics.median(contender['bytes']) * 8 / 1e9:.1f} Gbit/s",
            compared(results, contender, "bytes"),
            *(f"{statistics.median(costs) * 1e9:,.0f} ns" if costs else "–"
              for costs in contender["packets"].values()),
            *(aftermath(contender[kind]) for kind in DEATHS))


def compared(results, contender, key):
    """A contender's speed against direct routing in the same round."""
    return figures.shown(figures.ratio(contender[key], results["direct"][key]), "×")


def aftermath(deaths):
    """The requests that failed, and those that took long: medians of several deaths."""
    if not deaths:
        return "–"
    return ", ".join(
        str(figures.percentile([death[key] for death in deaths], 50))
        for key in ("failed", "slow"))


def failures(deaths):
    """The requests that failed in a median death, and in the worst one."""
    counts = [death["failed"] for death in deaths]
    middle = figures.percentile(counts, 50)
    return str(middle) if max(counts) == middle else f"{middle} (≤ {max(counts)})"


def reached(results):
    """What is aimed at with each data plane, and how near that is."""
    if {"masquerade", "nftlb"} <= results.keys():
        ours, theirs = results["masquerade"], results["nftlb"]
        for key, words in (("connections", "connections/s"), ("bytes", "bulk")):
            yield (
                f"masquerade against nftlb: {words}", "≥ 1",
                figures.shown(figures.ratio(ours[key], theirs[key]), "×"))
        for flows, costs in ours["packets"].items():
            yield (
                f"masquerade against nftlb: cost a packet, {int(flows):,} flows", "≤ 1",
                figures.shown(figures.ratio(costs, theirs["packets"][flows]), "×"))
    if "direct-return" in results:
        for key, words in (("connections", "connections/s"), ("bytes", "bulk")):
            yield (
                f"direct-return against direct routing: {words}", "≥ 0.85",
                compared(results, results["direct-return"], key))
    for name, kind, most in (
        ("masquerade", "silent", 0), ("masquerade", "killed", 0),
        ("direct-return", "silent", 0), ("direct-return", "killed", 45),
    ):
        deaths = results.get(name, {}).get(kind)
        if deaths:
            words = "a node goes silent" if kind == "silent" else "a process is killed"
            yield (
                f"{name}: {words}, failed of {deaths[0]['of']:,}",
                f"≤ {most}" if most else "0", failures(deaths))
