package import DNSMessage

/// What a host's `resolv.conf` says (resolv.conf(5)).
///
/// Reading never fails: a line that cannot be meant is reported and left out, as the C library
/// leaves it out, because a host with one odd line still resolves names.
package struct ResolvConf: Hashable, Sendable {
    /// A setting of the resolver, such as `ndots:5` or `rotate`.
    package struct Option: Hashable, Sendable {
        /// What comes before the colon.
        package let name: String
        /// What comes after it, if there is one.
        package let value: String?

        init(_ text: Substring) {
            let colon = text.firstIndex(of: ":")
            name = String(text[..<(colon ?? text.endIndex)])
            value = colon.map { String(text[text.index(after: $0)...]) }
        }
    }

    /// More are never meant: the C library itself asks three.
    package static let maximumNameservers = 15
    /// Kubernetes lets a pod have as many.
    package static let maximumSearches = 32
    /// Twice as many as there are options.
    package static let maximumOptions = 64
    /// What is read of a file; a longer one is no `resolv.conf`.
    package static let maximumBytes = 65_536

    /// Whom to ask, in this order.
    package private(set) var nameservers: [UpstreamServer] = []
    /// What short names are completed with; the last `search` or `domain` line counts.
    package private(set) var searches: [DomainName] = []
    /// All options of all lines.
    package private(set) var options: [Option] = []
    /// What was left out, at most one entry a word.
    package private(set) var problems: [ResolvConfProblem] = []

    /// Reads the whole text of a file.
    package init(_ text: String) {
        guard text.utf8.count <= Self.maximumBytes else {
            problems = [ResolvConfProblem(line: 1, reason: .tooLong)]
            return
        }
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        for (index, line) in lines.enumerated() { read(line, number: index + 1) }
    }

    private mutating func read(_ line: Substring, number: Int) {
        let words = Self.words(of: line)
        guard let keyword = words.first else { return }
        let values = words.dropFirst()
        switch keyword {
        case "nameserver": readNameserver(values.first, number)
        case "domain": readSearches(values.prefix(1), number)
        case "search": readSearches(values, number)
        case "options": readOptions(values, number)
        // It sorts answers by the asker's networks, which nobody uses any more.
        case "sortlist": break
        default: report(.unknownKeyword(String(keyword)), number)
        }
    }

    /// The words of a line up to a comment, which may stand at the start or after a space.
    private static func words(of line: Substring) -> ArraySlice<Substring> {
        let words = line.split(whereSeparator: \.isWhitespace)
        return words.prefix { word in word.first != "#" && word.first != ";" }
    }

    private mutating func readNameserver(_ value: Substring?, _ line: Int) {
        guard let value else { return report(.noValue("nameserver"), line) }
        guard let server = UpstreamServer(value) else {
            return report(.noAddress(String(value)), line)
        }
        guard nameservers.count < Self.maximumNameservers else {
            return report(.tooMany("nameserver"), line)
        }
        nameservers.append(server)
    }

    private mutating func readSearches(_ values: ArraySlice<Substring>, _ line: Int) {
        searches = []
        if values.isEmpty { report(.noValue("search"), line) }
        for value in values {
            guard let name = DomainName(value) else {
                report(.noName(String(value)), line)
                continue
            }
            guard searches.count < Self.maximumSearches else {
                return report(.tooMany("search"), line)
            }
            searches.append(name)
        }
    }

    private mutating func readOptions(_ values: ArraySlice<Substring>, _ line: Int) {
        let room = Self.maximumOptions - options.count
        options += values.prefix(room).map(Option.init)
        if values.count > room { report(.tooMany("options"), line) }
    }

    private mutating func report(_ reason: ResolvConfProblem.Reason, _ line: Int) {
        guard problems.count < ResolvConfProblem.maximumCount else { return }
        problems.append(ResolvConfProblem(line: line, reason: reason))
    }
}
