import Netfilter
import Ruleset
import Synchronization

/// Changes of our tables that others made and that have not been repaired yet.
final class ForeignEdits: Sendable {
    /// As many are told of at most; more say nothing new.
    static let limit = 100

    private let edits = Mutex<[RulesetEdit]>([])

    /// Whether anybody has changed our tables since.
    var isEmpty: Bool { edits.withLock { $0.isEmpty } }

    /// Notes a change.
    func add(_ edit: RulesetEdit) {
        edits.withLock { edits in
            if edits.count < Self.limit { edits.append(edit) }
        }
    }

    /// Takes all that were noted.
    func take() -> [RulesetEdit] {
        edits.withLock { edits in
            defer { edits = [] }
            return edits
        }
    }
}

/// Hears of others' changes of our tables, on a queue of its own because the kernel is waited
/// for.
actor ForeignEditWatch {
    /// How long one wait lasts: as long may the watch outlive its task.
    private static let waitMilliseconds = 200

    private let executor = BlockingExecutor(label: "sluice.monitor")
    private let tables: Set<TableID>
    private var monitor: RulesetMonitor

    nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe executor.asUnownedSerialExecutor()
    }

    /// Listens from now on, in the namespace that `ip netns` calls so or in the process's own.
    init(
        tables: some Sequence<TableID>, inNamespace namespace: String? = nil
    ) throws(NetfilterError) {
        self.tables = Set(tables)
        monitor = try RulesetMonitor(inNamespace: namespace)
    }

    /// The changes of our tables by others than the socket of this number, as soon as there are any.
    ///
    /// Nothing after a while without; nil if some were missed.
    func next(without portID: UInt32) throws(NetfilterError) -> [RulesetEdit]? {
        let edits = try monitor.next(withinMilliseconds: Self.waitMilliseconds)
        return edits?.filter { edit in
            edit.portID != portID && !edit.tables.isDisjoint(with: tables)
        }
    }
}

extension RulesetEdit {
    /// Who made it, as far as the kernel says: `nft (pid 812)`.
    var author: String {
        guard let processName else { return "unknown" }
        return processID.map { "\(processName) (pid \($0))" } ?? processName
    }
}
