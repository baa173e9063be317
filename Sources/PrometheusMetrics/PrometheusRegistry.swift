package import CoreMetrics
import Synchronization

/// A swift-metrics backend that keeps every series in memory and prints them for Prometheus.
///
/// The number of series is limited: labels that take too many values then lose series, and say
/// so in `sluice_metrics_dropped_series`, instead of filling the memory.
package final class PrometheusRegistry: MetricsFactory {
    /// How many series a registry holds when nothing else is said: about 100 bytes each.
    package static let defaultMaximumSeries = 20_000

    private struct State {
        var families: [String: MetricFamily] = [:]
        var seriesCount = 0
        var droppedCount = 0
    }

    private let help: [String: String]
    private let maximumSeries: Int
    private let state = Mutex(State())

    /// A registry with the help texts of the metrics, by name.
    package init(
        help: [String: String] = [:], maximumSeries: Int = PrometheusRegistry.defaultMaximumSeries
    ) {
        self.help = help
        self.maximumSeries = maximumSeries
    }

    /// A number that only goes up.
    package func makeCounter(
        label: String, dimensions: [(String, String)]
    ) -> any CounterHandler {
        number(.counter, label, dimensions)
    }

    /// A number, perhaps broken, that only goes up.
    package func makeFloatingPointCounter(
        label: String, dimensions: [(String, String)]
    ) -> any FloatingPointCounterHandler {
        number(.counter, label, dimensions)
    }

    /// A number that goes up and down.
    package func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        number(.gauge, label, dimensions)
    }

    /// A histogram of sizes, or the last value where nothing is to be aggregated.
    package func makeRecorder(
        label: String, dimensions: [(String, String)], aggregate: Bool
    ) -> any RecorderHandler {
        aggregate
            ? histogram(HistogramSeries.sizeBounds, label, dimensions)
            : number(.gauge, label, dimensions)
    }

    /// A histogram of durations, in seconds.
    package func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        histogram(HistogramSeries.secondsBounds, label, dimensions)
    }

    /// Forgets the series.
    package func destroyCounter(_ handler: any CounterHandler) { forget(handler) }

    /// Forgets the series.
    package func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) {
        forget(handler)
    }

    /// Forgets the series.
    package func destroyMeter(_ handler: any MeterHandler) { forget(handler) }

    /// Forgets the series.
    package func destroyRecorder(_ handler: any RecorderHandler) { forget(handler) }

    /// Forgets the series.
    package func destroyTimer(_ handler: any TimerHandler) { forget(handler) }

    /// The help text of a metric.
    func help(of name: String) -> String? { help[name] }

    /// The families, ordered by name, with the registry's own one.
    func families() -> [MetricFamily] {
        let (families, dropped) = state.withLock { (Array($0.families.values), $0.droppedCount) }
        var own = MetricFamily(
            name: "sluice_metrics_dropped_series", kind: .gauge,
            help: "Series that were refused: too many, or a name used for two kinds.")
        let count = NumberSeries()
        count.set(Int64(dropped))
        own.series[LabelSet([])] = .number(count)
        return (families + [own]).sorted { $0.name < $1.name }
    }

    private func number(
        _ kind: MetricFamily.Kind, _ label: String, _ dimensions: [(String, String)]
    ) -> NumberSeries {
        guard
            case .number(let found) = series(
                kind, label, dimensions, make: { .number(NumberSeries()) })
        else { return NumberSeries() }
        return found
    }

    private func histogram(
        _ bounds: [Double], _ label: String, _ dimensions: [(String, String)]
    ) -> HistogramSeries {
        guard
            case .histogram(let found) = series(
                .histogram, label, dimensions,
                make: { .histogram(HistogramSeries(bounds: bounds)) })
        else { return HistogramSeries(bounds: bounds) }
        return found
    }

    /// The series of this name and these labels; `nil` when it must not be kept.
    private func series(
        _ kind: MetricFamily.Kind, _ label: String, _ dimensions: [(String, String)],
        make: () -> MetricSeries
    ) -> MetricSeries? {
        let name = MetricName.sanitized(label)
        let labels = LabelSet(dimensions)
        return state.withLock { state in
            var family =
                state.families[name]
                ?? MetricFamily(name: name, kind: kind, help: help[name])
            if let existing = family.series[labels], family.kind == kind { return existing }
            guard family.kind == kind, state.seriesCount < maximumSeries else {
                state.droppedCount += 1
                return nil
            }
            let made = make()
            family.series[labels] = made
            state.families[name] = family
            state.seriesCount += 1
            return made
        }
    }

    private func forget(_ handler: AnyObject) {
        state.withLock { state in
            for (name, family) in state.families {
                let labels = family.series.first { $0.value.isSame(as: handler) }?.key
                guard let labels else { continue }
                state.families[name]?.series[labels] = nil
                state.seriesCount -= 1
            }
        }
    }
}
