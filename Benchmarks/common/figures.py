"""Figures: percentiles, units, tables, and the machine they were measured on."""

import os
import platform
import statistics
import subprocess

MEBIBYTE = 1 << 20


def percentile(values, percent):
    """The nearest-rank percentile: a value that was measured, never one in between."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * percent // 100) - 1)]


def ratio(values, others):
    """The median of the ratios, round by round."""
    return statistics.median(value / other for value, other in zip(values, others))


def shown(value, unit):
    """A figure in its unit."""
    match unit:
        case "s": return f"{value:.2f} s"
        case "ms": return f"{value * 1000:.2f} ms"
        case "µs": return f"{value * 1e6:.1f} µs"
        case "%": return f"{value * 100:.1f} %"
        case "MiB": return f"{value / MEBIBYTE:.0f} MiB"
        case "×": return f"{value:.2f}"
        case _: return f"{value:,}"


def table(rows):
    """Rows of texts as a table whose first column reads from the left and the others from the right."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = [
        "  ".join([row[0].ljust(widths[0])] + [
            cell.rjust(width) for cell, width in zip(row[1:], widths[1:])]).rstrip()
        for row in rows]
    lines.insert(1, "─" * (sum(widths) + 2 * len(widths) - 2))
    return "\n".join(lines)


def environment(program):
    """What the figures depend on besides the code."""
    version = subprocess.run([program, "--version"], capture_output=True, text=True)
    return {
        "kernel": platform.release(),
        "processor": processor(),
        "processors": os.cpu_count(),
        "sluice": version.stdout.strip(),
        "commit": commit(),
        "load": os.getloadavg()[0],
    }


def environment_line(environment):
    """The same in a line for people."""
    return (
        f"{environment['processors']} × {environment['processor']}, Linux "
        f"{environment['kernel']}, commit {environment['commit']}, "
        f"load before {environment['load']:.1f}")


def processor():
    """The processor's name, as Linux gives it."""
    with open("/proc/cpuinfo") as file:
        for line in file:
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.machine()


def commit():
    """The commit that is checked out; empty outside a clone."""
    here = os.path.dirname(os.path.abspath(__file__))
    done = subprocess.run(
        ["git", "-C", here, "rev-parse", "--short", "HEAD"], capture_output=True, text=True)
    return done.stdout.strip()
