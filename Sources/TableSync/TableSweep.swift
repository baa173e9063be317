import Addressing
package import Forwarding
package import Netfilter
import Ruleset
package import ServiceModel

/// Reads the kernel's tables back piece by piece, on a queue and a socket of its own, so that no
/// change waits for it, and compares each piece with the plan.
///
/// A piece is a table's rules and declarations, a set's elements, or, of a set too large to be
/// listed, the number of its elements; the elements of those are asked for, some Services at a
/// time. Dynamic sets are nobody's plan. Nothing is repaired here.
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
        case count(TableID, SetDeclaration)
    }

    private let executor = BlockingExecutor(label: "sluice.sweep")
    private var socket: NetfilterSocket
    private let askedElements: Int
    private var pieces: [(piece: Piece, digest: TableDigest)] = []
    private var generation: UInt32 = 0
    private var layout: ForwardingLayout?
    /// The sets that are asked for what they should hold, by table.
    private var asked: [TableID: Set<String>] = [:]

    /// The Services that the plan had; empty if nothing of them has to be asked for.
    package private(set) var askedServices: [ServiceIdentity] = []

    /// Runs the actor on a thread that may block.
    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe executor.asUnownedSerialExecutor()
    }

    /// Opens a netlink socket in the namespace that `ip netns` calls so, or in that of the calling
    /// thread.
    ///
    /// A set of `askedElements` or more is not listed: the kernel's time for that grows with the
    /// square of their number.
    package init(
        inNamespace namespace: String? = nil, askedElements: Int = KernelDifference.askedElements
    ) throws(NetfilterError) {
        socket = try NetfilterSocket(inNamespace: namespace)
        self.askedElements = askedElements
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
        layout = plan.layout
        pieces = []
        asked = [:]
        for family in [IPFamily.v4, .v6] { take(plan, family) }
        askedServices = asked.isEmpty ? [] : plan.services.sorted()
    }

    private func take(_ plan: ForwardingTable, _ family: IPFamily) {
        let table = plan.frame(family)
        var frame = TableDigest()
        frame.add(frameOf: table)
        pieces.append((.frame(table.id), frame))
        var digests: [String: TableDigest] = [:]
        plan.forEachElement(family) { set, element in
            digests[set.name, default: TableDigest()].add(element)
        }
        for set in table.sets.values.map(\.declaration).sorted(by: { $0.name < $1.name })
        where !set.isDynamic {
            let digest = digests[set.name] ?? TableDigest()
            let isAsked =
                digest.count >= askedElements && !set.isInterval && canCount(table.id, set)
            if isAsked { asked[table.id, default: []].insert(set.name) }
            pieces.append((isAsked ? .count(table.id, set) : .elements(table.id, set), digest))
        }
    }

    private func canCount(_ table: TableID, _ set: SetDeclaration) -> Bool {
        (try? socket.elementCount(of: table, in: set)).flatMap { $0 } != nil
    }

    /// Reads one piece and compares it.
    package func read(_ place: Int) throws(NetfilterError) -> Outcome {
        let (piece, digest) = pieces[place]
        return try compare(at: generation) { sweep throws(NetfilterError) in
            try sweep.holds(piece, digest)
        }
    }

    /// Asks for what Services with these entries should have in the sets that are not listed; the
    /// generation is the kernel's when it was last known to hold them.
    package func read(
        _ entries: [ForwardingEntry], generation: UInt32
    ) throws(NetfilterError) -> Outcome {
        guard let layout else { return .isOvertaken }
        var wanted: [TableID: [SetDeclaration: [Element]]] = [:]
        for entry in entries {
            let table = layout.table(entry.family)
            guard let names = asked[table] else { continue }
            for (set, element) in layout.elements(of: entry) where names.contains(set.name) {
                wanted[table, default: [:]][set, default: []].append(element)
            }
        }
        return try compare(at: generation) { sweep throws(NetfilterError) in
            for (table, sets) in wanted {
                for (set, elements) in sets
                where try !sweep.socket.finds(elements, of: table, in: set) { return false }
            }
            return true
        }
    }

    private func compare(
        at generation: UInt32, _ isEqual: (isolated TableSweep) throws(NetfilterError) -> Bool
    ) throws(NetfilterError) -> Outcome {
        guard try socket.generation() == generation else { return .isOvertaken }
        let result: Bool
        do throws(NetfilterError) {
            result = try isEqual(self)
        } catch {
            guard error.isNotFound else { throw error }
            return try socket.generation() == generation ? .differs : .isOvertaken
        }
        guard try socket.generation() == generation else { return .isOvertaken }
        return result ? .matches : .differs
    }

    private func holds(_ piece: Piece, _ wanted: TableDigest) throws(NetfilterError) -> Bool {
        var digest = TableDigest()
        switch piece {
        case .frame(let id):
            guard let table = try socket.readFrame(of: id) else { return false }
            digest.add(frameOf: table)
        case .elements(let id, let declaration):
            try socket.forEachElement(of: id, in: declaration) { digest.add($0) }
        case .count(let id, let declaration):
            return try socket.elementCount(of: id, in: declaration) == wanted.count
        }
        return digest == wanted
    }
}
