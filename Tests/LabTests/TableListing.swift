/// What `nft list table` prints of one table.
struct TableListing: Hashable, Sendable {
    /// The text without the table's own flags: nft 1.0.6 cannot load those of owned tables.
    let text: String

    /// Lists a table of a host; throws if nft cannot.
    init(_ lab: Lab, _ host: String, _ family: String, _ table: String) async throws {
        self.init(try await lab.exec(host, "nft", "list", "table", family, table))
    }

    init(_ listing: String) {
        text = listing.split(separator: "\n", omittingEmptySubsequences: false)
            .filter { !$0.hasPrefix("\tflags ") }
            .joined(separator: "\n")
    }

    /// Every rule, declaration and element without its counts, sorted: two tables with the
    /// same contents are equal, in whatever order the kernel lists hashed elements.
    var contents: [String] {
        text.replacing(#/packets \d+ bytes \d+/#, with: "")
            .split { $0 == "\n" || $0 == "," || $0 == "{" || $0 == "}" }
            .map { $0.trimmingPrefix(while: \.isWhitespace) }
            .map { String($0.reversed().drop(while: \.isWhitespace).reversed()) }
            .filter { !$0.isEmpty }
            .sorted()
    }

    /// How many chains the table has.
    var chainCount: Int { text.matches(of: #/(?m)^\tchain /#).count }

    /// How many elements name an object in their comment.
    func elementCount(commentPrefix: String) -> Int {
        text.ranges(of: "comment \"\(commentPrefix)").count
    }
}
