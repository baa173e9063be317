"""What is shown of the figures."""

import figures
from figures import shown

# What is shown of a part: words, key, unit, aim.
DEATH = (
    ("a node dies: decision → no new connections, p50", "gone_p50", "ms", ""),
    ("  worst", "gone_max", "ms", "≤ 50 ms"),
    ("  → exact shares of the others, worst", "settled_max", "ms", ""),
    ("a node returns: decision → kernel, p50", "back_p50", "ms", ""),
    ("  worst", "back_max", "ms", ""),
    ("the longest transaction of these", "transaction_max", "ms", ""),
    ("CPU a death or return", "cpu_a_change", "ms", ""),
    ("checks made a second, shared by the Services", "checks_a_second", "", ""),
    ("CPU of them", "cpu", "%", "≤ 10 %"),
    ("resident memory", "resident", "MiB", ""),
)
OWN = (
    ("checks made a second", "checks_a_second", "", ""),
    ("CPU of the checks", "cpu", "%", "≤ 60 %"),
    ("  the same exchanges by a C program", "cpu_floor", "%", ""),
    ("resident memory", "resident", "MiB", ""),
)
EJECTION = (
    ("CPU of the balancer a connection, ejection off", "cpu_off", "µs", ""),
    ("  on", "cpu_on", "µs", ""),
    ("connections a second, ejection off", "rate_off", "", ""),
    ("  on, of that", "rate_ratio", "×", ""),
)
PARTS = {
    "masquerade": DEATH, "direct-return": DEATH, "own-http": OWN, "own-tcp": OWN,
    "ejection": EJECTION,
}


def table(results):
    """All figures, part by part."""
    rows = [("", "measured", "aim")]
    for part, result in results.items():
        targets = f": {result['targets']:,} targets" if "targets" in result else ""
        rows.append((f"{part}{targets}", "", ""))
        for words, key, unit, aim in PARTS[part]:
            if key in result:
                value = round(result[key]) if unit == "" else result[key]
                rows.append((f"  {words}", shown(value, unit), aim))
    return figures.table(rows)
