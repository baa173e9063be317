import Foundation
import LabKit

/// What `nft list table` prints of one table.
struct TableListing: Hashable, Sendable {
    /// The text without the table's own flags, which nft 1.0.6 cannot load, and its owner's name.
    let text: String

    /// Lists a table of a host; throws if nft cannot.
    init(_ lab: Lab, _ host: String, _ family: String, _ table: String) async throws {
        self.init(try await lab.exec(host, "nft", "list", "table", family, table))
    }

    init(_ listing: String) {
        text = listing.split(separator: "\n", omittingEmptySubsequences: false)
            .filter { !$0.hasPrefix("\tflags ") }
            .joined(separator: "\n")
            .replacing(#/ # progname .*/#, with: "")
    }

    /// What nft lists after it has loaded this text in an empty namespace.
    func reloaded(_ family: String, _ table: String) async throws -> TableListing {
        let copy = try await withTemporaryFolder { folder in
            let file = folder.appendingPathComponent("table.nft")
            try Data(text.utf8).write(to: file)
            return try await Program([
                "unshare", "--net", "sh", "-c", "nft -f \"$1\" && nft list table \"$2\" \"$3\"",
                "sh", file.path, family, table,
            ]).finish().checked().text
        }
        return TableListing(copy)
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

    /// The listing without what the kernel has learned from packets: elements of dynamic sets, and
    /// the rules that add them, of which nft 1.0.6 cannot load those for IPv6.
    var withoutLearning: TableListing {
        TableListing(
            text.replacing(#/(flags [a-z,]*dynamic[^{}]*)elements = \{[^{}]*\}/#) {
                String($0.output.1)
            }
            .replacing(#/(?s)(chain remember_\d+s \{\n).*?(\n\t\})/#) {
                String($0.output.1 + $0.output.2)
            })
    }

    /// Some of what only one of two tables holds; none if they hold the same.
    func differences(from other: TableListing) -> ArraySlice<String> {
        contents.difference(from: other.contents).map(Self.text).prefix(10)
    }

    private static func text(of change: CollectionDifference<String>.Change) -> String {
        switch change {
        case .insert(_, let element, _): "+ \(element)"
        case .remove(_, let element, _): "- \(element)"
        }
    }

    /// How many chains the table has.
    var chainCount: Int { text.matches(of: #/(?m)^\tchain /#).count }

    /// How many elements name an object in their comment.
    func elementCount(commentPrefix: String) -> Int {
        text.ranges(of: "comment \"\(commentPrefix)").count
    }
}
