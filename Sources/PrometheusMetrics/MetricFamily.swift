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

    static func < (left: LabelSet, right: LabelSet) -> Bool {
        left.labels.lexicographicallyPrecedes(right.labels) {
            ($0.name, $0.value) < ($1.name, $1.value)
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
