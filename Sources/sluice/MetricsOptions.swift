import ArgumentParser

/// Flags that say what a proxy's metrics hold.
struct MetricsOptions: ParsableArguments {
    @Option(help: "Connections of each frontend and endpoint in the metrics: on or off.")
    var connectionMetrics = Terminal.environment("connection-metrics") ?? "on"
}
