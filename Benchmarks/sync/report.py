"""What is shown of a run's figures."""

import figures
from figures import shown

# What is shown: words, key, unit, and the aim at 1,000, 10,000 and 100,000 Services.
ROWS = (
    ("cold start, process start → kernel complete", "cold_start", "s", "≤ 0.5 / 3 / 30 s"),
    ("  of it after the first list had arrived", "cold_start_after_first_list", "s", ""),
    ("  CPU of the proxy", "cold_start_cpu", "s", ""),
    ("  longest transaction", "cold_start_longest_transaction", "ms", "≤ 100 ms"),
    ("restart over the same tables", "restart", "s", "≤ cold start"),
    ("  changes sent by it (2: the tables are claimed)", "restart_changes", "", "2"),
    ("restart after one pod moved and one went", "restart_over_differences", "s", ""),
    ("  changes sent by it", "restart_over_differences_changes", "", ""),
    ("one endpoint changes: store → kernel, p50", "store_to_kernel_p50", "ms", ""),
    ("  p99", "store_to_kernel_p99", "ms", "≤ 5 / 10 / 100 ms"),
    ("  worst", "store_to_kernel_max", "ms", ""),
    ("  of it in the proxy, p50", "arrival_to_kernel_p50", "ms", ""),
    ("  of it in the proxy, p99", "arrival_to_kernel_p99", "ms", ""),
    ("  of it the transaction, p50", "transaction_p50", "ms", ""),
    ("  of it the transaction, longest", "change_longest_transaction", "ms", ""),
    ("  file → kernel, p50", "file_to_kernel_p50", "ms", ""),
    ("  file → kernel, p99", "file_to_kernel_p99", "ms", ""),
    ("one endpoint goes: store → no new connections, p50", "removal_to_kernel_p50", "ms", ""),
    ("  p99", "removal_to_kernel_p99", "ms", "≤ 5 ms"),
    ("  store → exact shares of the others, p99", "exact_shares_to_kernel_p99", "ms", ""),
    ("  the longest transaction of it", "removal_transaction_max", "ms", ""),
    ("a new Service: store → kernel, p50", "new_service_to_kernel_p50", "ms", ""),
    ("  p99", "new_service_to_kernel_p99", "ms", "≤ 10 / 20 / 150 ms"),
    ("CPU of the proxy a change", "proxy_cpu_a_change", "ms", "≤ 5 ms at 10,000"),
    ("CPU of the API a change", "api_cpu_a_change", "ms", ""),
    ("CPU of the proxy while idle", "proxy_idle_cpu", "%", ""),
    ("CPU of the API while idle", "api_idle_cpu", "%", ""),
    ("resident memory of the proxy", "proxy_resident", "MiB", ""),
    ("  the most of a cold start", "cold_start_resident_most", "MiB", "≤ 60 / 200 / 1,200 MB"),
    ("  the most after a restart", "restart_resident_most", "MiB", ""),
    ("  the most after one over differences", "restart_over_differences_resident_most", "MiB", ""),
    ("resident memory of the API", "api_resident", "MiB", ""),
    ("  the most there was", "api_resident_most", "MiB", ""),
    ("the API's own start, manifests → served", "api_load", "s", ""),
)


def table(results):
    """All figures, a column for each number of Services."""
    heads = [f"{result['services']:,} × {result['endpoints']}" for result in results]
    rows = [("Services × endpoints", *heads, "aim")]
    for words, key, unit, aim in ROWS:
        rows.append((words, *(shown(result[key], unit) for result in results), aim))
    return figures.table(rows)
