package import Forwarding
package import Netfilter
import Ruleset

/// Reads the kernel's tables back piece by piece, on a queue and a socket of its own, so that no
/// change waits for it, and compares each piece with the plan.
///
/// A piece is one set's elements, or a table's rules and declarations. Dynamic sets are nobody's
/// plan. Nothing is repaired here.
package actor TableSweep {
    /// What came of a piece.
    package enum Outcome: Hashable, Sendable {
        case matches
        case differs
        /// Somebody changed a ruleset meanwhile, so that the piece says nothing.
        case isOvertaken
    }

    private enum Piece: Hashable {
        case frame(TableID)
        case elements(TableID, SetDeclaration)
    }

    private let executor = BlockingExecutor(label: "sluice.sweep")
    private var socket: NetfilterSocket
    private var pieces: [(piece: Piece, digest: TableDigest)] = []
    private var generation: UInt32 = 0

    /// Runs the actor on a thread that may block.
    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe executor.asUnownedSerialExecutor()
    }

    /// Opens a netlink socket in the namespace that `ip netns` calls so, or in that of the calling
    /// thread.
    package init(inNamespace namespace: String? = nil) throws(NetfilterError) {
        socket = try NetfilterSocket(inNamespace: namespace)
    }

    /// How many pieces the plan has.
    package var pieceCount: Int { pieces.count }

    /// Stands for all of the plan.
    package var digest: String {
        var all = TableDigest()
        for (_, digest) in pieces { all.add(digest) }
        let hexadecimal = String(all.sum, radix: 16)
        return String(repeating: "0", count: 16 - hexadecimal.count) + hexadecimal
    }

    /// Takes the plan that the kernel is said to hold; the pieces keep their places.
    package func take(_ plan: ForwardingTable, generation: UInt32) {
        self.generation = generation
        pieces = []
        for table in plan.ruleset.tables.values.sorted(by: { $0.id < $1.id }) {
            var frame = TableDigest()
            frame.add(frameOf: table)
            pieces.append((.frame(table.id), frame))
            for set in table.sets.values.sorted(by: { $0.declaration.name < $1.declaration.name })
            where !set.declaration.isDynamic {
                var digest = TableDigest()
                for element in set.elements.values { digest.add(element) }
                pieces.append((.elements(table.id, set.declaration), digest))
            }
        }
    }

    /// Reads one piece and compares it.
    package func read(_ place: Int) throws(NetfilterError) -> Outcome {
        guard try socket.generation() == generation else { return .isOvertaken }
        let found: TableDigest
        do throws(NetfilterError) {
            found = try digest(of: pieces[place].piece)
        } catch {
            guard error.isNotFound else { throw error }
            return try socket.generation() == generation ? .differs : .isOvertaken
        }
        guard try socket.generation() == generation else { return .isOvertaken }
        return found == pieces[place].digest ? .matches : .differs
    }

    private func digest(of piece: Piece) throws(NetfilterError) -> TableDigest {
        var digest = TableDigest()
        switch piece {
        case .frame(let id):
            guard let table = try socket.readFrame(of: id) else { return digest }
            digest.add(frameOf: table)
        case .elements(let id, let declaration):
            try socket.forEachElement(of: id, in: declaration) { digest.add($0) }
        }
        return digest
    }
}
