import DNSMessage

/// What one thread has answered since it was last asked; plain numbers, because they change with
/// every query.
struct QueryTally: Hashable, Sendable {
    /// The types that are counted by name; all others are counted together.
    static let types: [RecordType] = [
        .a, .aaaa, .srv, .ptr, .cname, .txt, .soa, .ns, .mx, .any,
    ]
    /// How a query may end; all other codes are counted together.
    static let codes: [ResponseCode] = [
        .noError, .nameError, .serverFailure, .refused, .formatError, .notImplemented,
        .badVersion,
    ]
    /// What the last place of a type or a code counts.
    static let others = "other"
    /// Upper bounds of the histogram of durations, in seconds: a name of the zone takes
    /// microseconds, an upstream server up to seconds.
    static let bounds: [Double] = [
        0.000_01, 0.000_025, 0.000_05, 0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01,
        0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
    ]
    private static let boundsInNanoseconds = bounds.map { UInt64($0 * 1e9) }
    static let columns = codes.count + 1

    /// Answers by type and code: a row for each type.
    private(set) var answers = [UInt64](repeating: 0, count: (types.count + 1) * columns)
    /// Answers by duration; the last place is for what exceeds all bounds.
    private(set) var durations = [UInt64](repeating: 0, count: bounds.count + 1)
    /// The sum of the durations.
    private(set) var nanoseconds: UInt64 = 0
    /// Answers over UDP that did not fit.
    var truncated: UInt64 = 0
    /// Datagrams that were not answered: responses, and what is not a message.
    var dropped: UInt64 = 0
    /// Answers left out or cut because a client asks too often.
    var limited: UInt64 = 0

    /// Whether nothing was counted.
    var isEmpty: Bool { self == QueryTally() }

    /// Counts an answer; nil stands for a question that could not be read.
    mutating func count(_ type: RecordType?, _ code: ResponseCode) {
        answers[Self.row(type) * Self.columns + Self.column(code)] += 1
    }

    /// Counts how long this many answers took, each.
    mutating func count(_ number: Int, taking duration: UInt64) {
        guard number > 0 else { return }
        let place = Self.boundsInNanoseconds.firstIndex { duration <= $0 } ?? Self.bounds.count
        durations[place] += UInt64(number)
        nanoseconds += UInt64(number) * duration
    }

    /// Adds another thread's counts.
    mutating func add(_ other: QueryTally) {
        for index in answers.indices { answers[index] += other.answers[index] }
        for index in durations.indices { durations[index] += other.durations[index] }
        nanoseconds += other.nanoseconds
        truncated += other.truncated
        dropped += other.dropped
        limited += other.limited
    }

    private static func row(_ type: RecordType?) -> Int {
        switch type {
        case .a: 0
        case .aaaa: 1
        case let type?: types.firstIndex(of: type) ?? types.count
        case nil: types.count
        }
    }

    private static func column(_ code: ResponseCode) -> Int {
        code == .noError ? 0 : codes.firstIndex(of: code) ?? codes.count
    }
}
