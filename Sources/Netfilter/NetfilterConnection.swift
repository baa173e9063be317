package import Ruleset

/// A netfilter socket that tasks may share: its blocking calls run on a queue of its own.
package actor NetfilterConnection {
    private let executor: BlockingExecutor
    private var socket: NetfilterSocket

    /// Opens a socket in the named network namespace, or in that of the calling thread.
    package init(inNamespace namespace: String? = nil) throws(NetfilterError) {
        executor = BlockingExecutor(label: "netfilter")
        socket = try NetfilterSocket(inNamespace: namespace)
    }

    /// The queue that the actor's calls run on.
    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe executor.asUnownedSerialExecutor()
    }

    /// Does all changes as one transaction, or none: see `NetfilterSocket.commit`.
    package func commit(
        _ changes: [RulesetChange], ifGeneration generation: UInt32? = nil
    ) throws(NetfilterError) {
        try socket.commit(changes, ifGeneration: generation)
    }

    /// Reads tables with everything in them: see `NetfilterSocket.read`.
    package func read(_ ids: [TableID]) throws(NetfilterError) -> Ruleset {
        try socket.read(ids)
    }

    /// True if this kernel has the table flags `owner` and `persist`.
    package func supportsTableOwnership() throws(NetfilterError) -> Bool {
        try socket.supportsTableOwnership()
    }

    /// All tables of the families ip and ip6, without what is in them.
    package func listTables() throws(NetfilterError) -> [Table] {
        try socket.listTables()
    }

    /// The elements of one set, dynamic ones too.
    package func elements(
        of table: TableID, in declaration: SetDeclaration
    ) throws(NetfilterError) -> [Element] {
        try socket.elements(of: table, in: declaration)
    }

    /// What the elements of a set have counted.
    package func counters(
        of table: TableID, in declaration: SetDeclaration
    ) throws(NetfilterError) -> [ElementData: ElementCounter] {
        try socket.counters(of: table, in: declaration)
    }

    /// The number of the kernel's ruleset: one more after each commit, of anybody.
    package func generation() throws(NetfilterError) -> UInt32 {
        try socket.generation()
    }
}
