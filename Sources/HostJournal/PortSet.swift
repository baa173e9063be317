package import Addressing

/// Port numbers as the kernel lists them: `30080,30090-30092`.
package struct PortSet: Hashable, Sendable {
    /// The most bytes that the kernel takes in one write (kernel: `proc_do_large_bitmap`, one
    /// page less the end of the line).
    static let maximumTextBytes = 4_095

    /// The numbers.
    package private(set) var numbers: Set<UInt16>

    /// A set of these ports.
    package init(_ ports: some Sequence<Port>) {
        numbers = Set(ports.map(\.rawValue))
    }

    init(numbers: Set<UInt16> = []) {
        self.numbers = numbers
    }

    /// Reads the kernel's text; nil if it is not a list of numbers and ranges.
    init?(text: some StringProtocol) {
        numbers = []
        for part in text.split(whereSeparator: { $0 == "," || $0.isWhitespace }) {
            let ends = part.split(separator: "-", omittingEmptySubsequences: false)
            guard let first = ends.first.flatMap({ UInt16($0) }), ends.count <= 2,
                let last = ends.last.flatMap({ UInt16($0) }), first <= last
            else { return nil }
            numbers.formUnion(first...last)
        }
    }

    /// Whether there is no port in it.
    package var isEmpty: Bool { numbers.isEmpty }

    /// The ranges, in order, that are not next to each other.
    var ranges: [ClosedRange<UInt16>] {
        var ranges: [ClosedRange<UInt16>] = []
        for number in numbers.sorted() {
            if let last = ranges.last, last.upperBound + 1 == number {
                ranges[ranges.count - 1] = last.lowerBound...number
            } else {
                ranges.append(number...number)
            }
        }
        return ranges
    }

    /// The kernel's spelling; empty for no ports.
    var text: String {
        ranges.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }
            .joined(separator: ",")
    }

    /// The same with the smallest gaps filled that make the text short enough for the kernel.
    var fittingText: PortSet {
        var fitting = self
        var gap: UInt16 = 1
        while fitting.text.utf8.count > Self.maximumTextBytes {
            let ranges = fitting.ranges
            for (left, right) in zip(ranges, ranges.dropFirst())
            where right.lowerBound - left.upperBound - 1 <= gap {
                fitting.numbers.formUnion(left.upperBound...right.lowerBound)
            }
            gap = gap > UInt16.max / 2 ? .max : gap * 2
        }
        return fitting
    }

    func union(_ other: PortSet) -> PortSet {
        PortSet(numbers: numbers.union(other.numbers))
    }

    func subtracting(_ other: PortSet) -> PortSet {
        PortSet(numbers: numbers.subtracting(other.numbers))
    }
}

extension PortSet: Codable {
    /// Reads the kernel's spelling.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let ports = PortSet(text: text) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "\"\(text)\" is no list of ports")
        }
        self = ports
    }

    /// Writes the kernel's spelling.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}
