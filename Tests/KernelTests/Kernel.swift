import Netfilter
import Ruleset
import Support

/// A namespace with a socket into it, for one test.
struct Kernel: ~Copyable {
    let namespace: NetworkNamespace
    var socket: NetfilterSocket

    init(maximumBatchBytes: Int = 1 << 30) throws {
        let namespace = try NetworkNamespace()
        let socket = try NetfilterSocket(
            inNamespace: namespace.name, maximumBatchBytes: maximumBatchBytes)
        self.namespace = namespace
        self.socket = socket
    }

    /// Brings the kernel from nothing to these tables.
    mutating func load(_ tables: Table...) throws {
        try socket.commit(Ruleset().changes(to: Ruleset(tables)))
    }

    /// Everything in the tables of these families that are named `sluice`.
    mutating func tables() throws -> Ruleset {
        try socket.read(TableFamily.allCases.map { TableID($0, "sluice") })
    }

    /// Commits changes that the kernel refuses, and returns how.
    mutating func refusal(of changes: [RulesetChange]) throws -> NetfilterError? {
        do throws(NetfilterError) {
            try socket.commit(changes)
            return nil
        } catch {
            return error
        }
    }
}
