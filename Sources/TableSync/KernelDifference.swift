package import Addressing
package import Forwarding
package import Netfilter
package import Ruleset

/// How the kernel's tables differ from a plan.
///
/// The kernel's time for listing a set grows with the square of its size, so one that should have
/// many elements is asked for them, and for their number. What it has beside them is looked for
/// where a predecessor may have left it, behind the slots of frontends; only if that is not all,
/// the set is listed. Of such a set neither side is ever in memory as a whole. Kernels that do not
/// tell a set's number of elements (before Linux 6.17) always have it listed.
package struct KernelDifference {
    /// From so many elements on a set is asked instead of listed.
    package static let askedElements = 50_000

    /// The kernel's ruleset generation at which all this holds.
    package let generation: UInt32
    /// What leads from what is there to the plan, apart from the tables that are missing.
    package let changes: [RulesetChange]
    /// The families whose table is not there, or has to be made anew.
    package let missing: [IPFamily]
    /// Large tables without any frontend or anything learned, as a start leaves them that was cut
    /// off: they are made anew, since nobody loses anything by it.
    package let unfinished: Set<TableID>
    /// The large sets that had to be listed.
    let listed: [SetDeclaration]

    /// Reads the kernel's tables, as they were at one moment, and compares.
    ///
    /// - Parameters:
    ///   - plan: What should be there.
    ///   - socket: Asks the kernel.
    ///   - askedElements: From so many elements on a set is asked instead of listed.
    ///   - claims: False if a table that outlived its owner is well without a new one.
    ///   - replacesUnfinished: False to complete what a start left that was cut off.
    /// - Throws: `EINTR` if others commit during each of many attempts.
    package init(
        from plan: ForwardingTable, with socket: inout NetfilterSocket,
        askedElements: Int = KernelDifference.askedElements, claims: Bool = true,
        replacesUnfinished: Bool = true
    ) throws(NetfilterError) {
        self = try socket.consistently { socket throws(NetfilterError) in
            try KernelDifference(plan, &socket, askedElements, claims, replacesUnfinished)
        }
    }

    private init(
        _ plan: ForwardingTable, _ socket: inout NetfilterSocket, _ askedElements: Int,
        _ claims: Bool, _ replacesUnfinished: Bool
    ) throws(NetfilterError) {
        generation = try socket.generation()
        let there = Set(try socket.listTables().map(\.id)).intersection(plan.layout.tables)
        var present = Ruleset()
        var wanted = Ruleset()
        var listed: [SetDeclaration] = []
        func compare(_ part: TablePlan) throws(NetfilterError) -> TableComparison {
            var comparison = TableComparison(
                part, of: plan, askedElements: askedElements,
                replacesUnfinished: replacesUnfinished)
            let id = comparison.wanted.id
            if there.contains(id) { try comparison.read(with: &socket) }
            listed += comparison.listed
            present.tables[id] = comparison.isUnfinished ? nil : comparison.present
            return comparison
        }
        var missing: [IPFamily] = []
        var unfinished: Set<TableID> = []
        for family in IPFamily.allCases {
            let comparison = try compare(.family(family))
            let id = comparison.wanted.id
            if comparison.isUnfinished { unfinished.insert(id) }
            if present.tables[id] == nil {
                missing.append(family)
            } else {
                wanted.tables[id] = comparison.wanted
            }
        }
        for table in plan.deviceTables {
            let compared = try compare(.device(table)).wanted
            wanted.tables[table.id] = present.tables[table.id] == nil ? table : compared
        }
        let superfluous = there.subtracting(plan.layout.familyTables).filter {
            wanted.tables[$0] == nil
        }
        for id in superfluous { present.tables[id] = Table(id) }
        if !claims {
            for (id, found) in present.tables where found.canBeClaimed(with: plan.layout.flags) {
                present.tables[id]?.flags = plan.layout.flags
            }
        }
        self.missing = missing
        self.unfinished = unfinished
        self.listed = listed
        changes = present.changes(to: wanted)
    }

    /// All changes that lead to the plan that was compared, missing tables and all.
    package func changes(to plan: ForwardingTable) -> [RulesetChange] {
        changes + unfinished.sorted().map { .deleteTable($0) }
            + Ruleset().changes(to: Ruleset(missing.map(plan.wholeTable)))
    }

    /// Whether the kernel holds the plan and nothing else.
    package var isNone: Bool { changes.isEmpty && missing.isEmpty }
}
