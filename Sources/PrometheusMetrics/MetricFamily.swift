/// All series of one name; they are of one kind.
struct MetricFamily: Sendable {
    /// What Prometheus writes as `TYPE`.
    enum Kind: String, Sendable {
        case counter
        case gauge
        case histogram
    }

    let name: String
    let kind: Kind
    let help: String?
    var series: [LabelSet: MetricSeries] = [:]
}

/// Histograms that are made of counters: who counts in batches cannot record one value at a time.
extension MetricFamily {
    /// The histogram that these counters are the buckets of, if each has a bound.
    var histogramOfBuckets: String? {
        guard kind == .counter, !series.isEmpty, series.keys.allSatisfy({ $0.bound != nil })
        else { return nil }
        return Self.stem(of: name, ending: "_bucket")
    }

    /// The one of these histograms that the family is a part of.
    func part(of histograms: Set<String>) -> String? {
        ["_bucket", "_count", "_sum"].lazy.compactMap { Self.stem(of: name, ending: $0) }
            .first(where: histograms.contains)
    }

    private static func stem(of name: String, ending: String) -> String? {
        name.hasSuffix(ending) ? String(name.dropLast(ending.count)) : nil
    }
}

/// What one series keeps.
enum MetricSeries: Sendable {
    case number(NumberSeries)
    case histogram(HistogramSeries)

    /// Whether this is what `handler` writes to.
    func isSame(as handler: AnyObject) -> Bool {
        switch self {
        case .number(let series): series === handler
        case .histogram(let series): series === handler
        }
    }
}

/// Label names with their values, ordered by name.
struct LabelSet: Hashable, Sendable, Comparable {
    /// One label of a series.
    struct Label: Hashable, Sendable {
        let name: String
        let value: String
    }

    let labels: [Label]

    /// Of several values for one name the last counts.
    init(_ dimensions: [(String, String)]) {
        var values: [String: String] = [:]
        for (name, value) in dimensions { values[MetricName.sanitized(name)] = value }
        labels = values.map { Label(name: $0.key, value: $0.value) }
            .sorted { $0.name < $1.name }
    }

    /// The bound of a histogram's bucket, `le`.
    var bound: Double? { labels.first { $0.name == "le" }.flatMap { Double($0.value) } }

    /// Orders by labels, and a histogram's buckets by their bounds.
    static func < (left: LabelSet, right: LabelSet) -> Bool {
        left.labels.lexicographicallyPrecedes(right.labels) {
            if $0.name == "le", $1.name == "le", let left = Double($0.value),
                let right = Double($1.value)
            {
                return left < right
            }
            return ($0.name, $0.value) < ($1.name, $1.value)
        }
    }
}

/// Names as Prometheus allows them.
enum MetricName {
    /// Replaces everything but ASCII letters, digits and `_` by `_`; never starts with a digit.
    static func sanitized(_ text: String) -> String {
        var name = String(
            text.unicodeScalars.map { scalar -> Character in
                scalar.isASCII && (scalar.properties.isAlphabetic || isDigit(scalar))
                    ? Character(scalar) : "_"
            })
        if name.unicodeScalars.first.map(isDigit) ?? true { name = "_" + name }
        return name
    }

    private static func isDigit(_ scalar: Unicode.Scalar) -> Bool {
        ("0"..."9").contains(scalar)
    }
}
