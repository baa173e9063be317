/// Prometheus' text format, version 0.0.4.
package enum PrometheusText {
    /// What a response with this text states as its type.
    package static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    /// All series, ordered by name and then by labels, so that two scrapes compare.
    package static func text(of registry: PrometheusRegistry) -> String {
        let families = registry.families().filter { !$0.series.isEmpty }
        let histograms = Set(families.compactMap(\.histogramOfBuckets))
        var text = ""
        var isBegun: Set<String> = []
        for family in families {
            // Buckets, count and sum follow one another, for nothing else begins with the name.
            let histogram = family.part(of: histograms)
            let name = histogram ?? family.name
            if isBegun.insert(name).inserted {
                let help = histogram.map(registry.help(of:)) ?? family.help
                if let help { text += "# HELP \(name) \(escapedHelp(help))\n" }
                text += "# TYPE \(name) \(histogram == nil ? family.kind : .histogram)\n"
            }
            for (labels, series) in family.series.sorted(by: { $0.key < $1.key }) {
                switch series {
                case .number(let number):
                    text += line(family.name, labels, value: number.value)
                case .histogram(let histogram):
                    text += lines(family.name, labels, histogram)
                }
            }
        }
        return text
    }

    private static func lines(
        _ name: String, _ labels: LabelSet, _ histogram: HistogramSeries
    ) -> String {
        let counts = histogram.current
        var text = ""
        var cumulated: UInt64 = 0
        for (bound, count) in zip(histogram.bounds + [.infinity], counts.perBucket) {
            cumulated += count
            text += line(
                name + "_bucket", labels, bound: number(bound), value: Double(cumulated))
        }
        text += line(name + "_sum", labels, value: counts.sum)
        text += line(name + "_count", labels, value: Double(counts.total))
        return text
    }

    private static func line(
        _ name: String, _ labels: LabelSet, bound: String? = nil, value: Double
    ) -> String {
        var parts = labels.labels.map { "\($0.name)=\"\(escapedValue($0.value))\"" }
        if let bound { parts.append("le=\"\(bound)\"") }
        let braces = parts.isEmpty ? "" : "{\(parts.joined(separator: ","))}"
        return "\(name)\(braces) \(number(value))\n"
    }

    private static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        return Int64(exactly: value).map(String.init) ?? String(value)
    }

    private static func escapedHelp(_ text: String) -> String {
        escaped(text, alsoQuotes: false)
    }

    private static func escapedValue(_ text: String) -> String {
        escaped(text, alsoQuotes: true)
    }

    private static func escaped(_ text: String, alsoQuotes: Bool) -> String {
        var result = ""
        for character in text {
            switch character {
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\"" where alsoQuotes: result += "\\\""
            default: result.append(character)
            }
        }
        return result
    }
}
