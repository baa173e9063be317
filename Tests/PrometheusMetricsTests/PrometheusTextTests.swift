import CoreMetrics
import Testing

@testable import PrometheusMetrics

@Suite("Prometheus text")
struct PrometheusTextTests {
    @Test("series are printed in a stable order, with help, type and escaped labels")
    func wholeText() {
        let registry = PrometheusRegistry(help: ["sluice_syncs_total": "Syncs,\nby family \\."])
        Counter(label: "sluice_syncs_total", dimensions: [("family", "v6")], factory: registry)
            .increment(by: 2)
        Counter(label: "sluice_syncs_total", dimensions: [("family", "v4")], factory: registry)
            .increment()
        Meter(label: "sluice.services", dimensions: [("na-me", "a\"b\\c\nd")], factory: registry)
            .set(1.5)
        #expect(
            PrometheusText.text(of: registry) == """
                # HELP sluice_metrics_dropped_series Series that were refused: too many, \
                or a name used for two kinds.
                # TYPE sluice_metrics_dropped_series gauge
                sluice_metrics_dropped_series 0
                # TYPE sluice_services gauge
                sluice_services{na_me="a\\"b\\\\c\\nd"} 1.5
                # HELP sluice_syncs_total Syncs,\\nby family \\\\.
                # TYPE sluice_syncs_total counter
                sluice_syncs_total{family="v4"} 1
                sluice_syncs_total{family="v6"} 2

                """)
    }

    @Test("a timer gives cumulated buckets in seconds, a sum and a count")
    func timer() {
        let registry = PrometheusRegistry()
        let timer = Timer(label: "sync_seconds", dimensions: [], factory: registry)
        timer.recordMilliseconds(1)
        timer.recordSeconds(3)
        timer.recordSeconds(60)
        let lines = PrometheusText.text(of: registry).split(separator: "\n")
        #expect(lines.contains("sync_seconds_bucket{le=\"0.0005\"} 0"))
        #expect(lines.contains("sync_seconds_bucket{le=\"0.001\"} 1"))
        #expect(lines.contains("sync_seconds_bucket{le=\"2.5\"} 1"))
        #expect(lines.contains("sync_seconds_bucket{le=\"10\"} 2"))
        #expect(lines.contains("sync_seconds_bucket{le=\"+Inf\"} 3"))
        #expect(lines.contains("sync_seconds_sum 63.001"))
        #expect(lines.contains("sync_seconds_count 3"))
    }

    @Test("counters that are a histogram's parts are told as one, buckets in order")
    func histogramOfCounters() {
        let registry = PrometheusRegistry(help: ["wait_seconds": "Waits."])
        for (bound, count) in [("+Inf", 9), ("10.0", 7), ("2.0", 3), ("1e-05", 0)] {
            Counter(label: "wait_seconds_bucket", dimensions: [("le", bound)], factory: registry)
                .increment(by: count)
        }
        Counter(label: "wait_seconds_count", dimensions: [], factory: registry).increment(by: 9)
        FloatingPointCounter(label: "wait_seconds_sum", dimensions: [], factory: registry)
            .increment(by: 1.5)
        Counter(label: "other_count", dimensions: [], factory: registry).increment()
        let text = PrometheusText.text(of: registry)
        #expect(
            text.contains(
                """
                # HELP wait_seconds Waits.
                # TYPE wait_seconds histogram
                wait_seconds_bucket{le="1e-05"} 0
                wait_seconds_bucket{le="2.0"} 3
                wait_seconds_bucket{le="10.0"} 7
                wait_seconds_bucket{le="+Inf"} 9
                wait_seconds_count 9
                wait_seconds_sum 1.5

                """))
        #expect(text.contains("# TYPE other_count counter\n"))
    }

    @Test("a recorder that does not aggregate is a gauge")
    func gauge() {
        let registry = PrometheusRegistry()
        Gauge(label: "size", dimensions: [], factory: registry).record(7)
        #expect(PrometheusText.text(of: registry).contains("# TYPE size gauge\nsize 7\n"))
    }

    @Test("the last series that fits is kept, the next is dropped and counted")
    func limit() {
        let registry = PrometheusRegistry(maximumSeries: 2)
        for name in ["a", "b", "c"] {
            Counter(label: "hits", dimensions: [("who", name)], factory: registry).increment()
        }
        let text = PrometheusText.text(of: registry)
        #expect(text.contains("hits{who=\"b\"} 1"))
        #expect(!text.contains("who=\"c\""))
        #expect(text.contains("sluice_metrics_dropped_series 1\n"))
    }

    @Test("a destroyed series makes room for another")
    func destroyed() {
        let registry = PrometheusRegistry(maximumSeries: 1)
        Counter(label: "first", dimensions: [], factory: registry).destroy()
        Counter(label: "second", dimensions: [], factory: registry).increment()
        let text = PrometheusText.text(of: registry)
        #expect(!text.contains("first"))
        #expect(text.contains("second 1\n"))
    }

    @Test("a name that is a counter does not become a gauge")
    func oneKindPerName() {
        let registry = PrometheusRegistry()
        Counter(label: "thing", dimensions: [], factory: registry).increment(by: 3)
        Meter(label: "thing", dimensions: [], factory: registry).set(9)
        let text = PrometheusText.text(of: registry)
        #expect(text.contains("# TYPE thing counter\nthing 3\n"))
        #expect(text.contains("sluice_metrics_dropped_series 1\n"))
    }
}
