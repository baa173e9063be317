/// What a `resolv.conf` says, as it is spelled there.
package struct ResolverSettings: Hashable, Sendable {
    /// Addresses of servers, in the order in which they are asked.
    package var nameservers: [String]
    /// What is appended to short names, in the order in which it is tried.
    package var searches: [String]
    /// Options such as `ndots:5` and `rotate`.
    package var options: [String]

    /// Settings; without any, the resolver's own defaults are in force.
    package init(nameservers: [String] = [], searches: [String] = [], options: [String] = []) {
        self.nameservers = nameservers
        self.searches = searches
        self.options = options
    }

    /// Reads a `resolv.conf` as the kubelet does: of several `search` and `options` lines the last
    /// counts, and what is not known is passed over.
    package init(parsing text: String) {
        self.init()
        for line in text.split(whereSeparator: \.isNewline) {
            let words = line.split(whereSeparator: \.isWhitespace).map(String.init)
            switch words.first {
            case "nameserver":
                nameservers += words.dropFirst().prefix(1)
            case "search":
                searches = words.dropFirst().map {
                    $0.hasSuffix(".") && $0 != "." ? String($0.dropLast()) : $0
                }
            case "options":
                options = Array(words.dropFirst())
            default:
                continue
            }
        }
    }

    /// The file's text.
    package var text: String {
        var lines: [String] = []
        if !searches.isEmpty { lines.append("search " + searches.joined(separator: " ")) }
        lines += nameservers.map { "nameserver \($0)" }
        if !options.isEmpty { lines.append("options " + options.joined(separator: " ")) }
        return lines.map { $0 + "\n" }.joined()
    }
}

/// How much of a `resolv.conf` resolvers read; Kubernetes cuts off what is beyond.
package enum ResolverLimits {
    /// Servers that glibc asks.
    package static let nameservers = 3
    /// Domains in the search list.
    package static let searches = 32
    /// Characters of the search list, the blanks between its domains included.
    package static let searchListCharacters = 2048
    /// Characters of one domain; glibc 2.28 aborts on more than 255.
    package static let searchCharacters = 253
}
