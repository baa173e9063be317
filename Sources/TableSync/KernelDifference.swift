package import Addressing
package import Forwarding
package import Netfilter
package import Ruleset

/// How the kernel's tables differ from a plan, found without having all of either in memory.
///
/// The kernel's time for listing a set grows with the square of its size, so one that should have
/// many elements is asked for them, and for their number. What it has beside them is looked for
/// where a predecessor may have left it, behind the slots of frontends; only if that is not all,
/// the set is listed. Kernels that do not tell a set's number of elements (before Linux 6.17) are
/// always asked for a listing.
package struct KernelDifference {
    /// From so many elements on a set is asked instead of listed.
    package static let askedElements = 50_000

    /// What leads from what is there to the plan, apart from the tables that are missing.
    package let changes: [RulesetChange]
    /// The families whose table is not there.
    package let missing: [IPFamily]

    /// Reads the kernel's tables, as they were at one moment, and compares.
    ///
    /// - Parameters:
    ///   - plan: What should be there.
    ///   - socket: Asks the kernel.
    ///   - askedElements: From so many elements on a set is asked instead of listed.
    ///   - claims: False if a table that outlived its owner is well without a new one.
    /// - Throws: `EINTR` if others commit during each of many attempts.
    package init(
        from plan: ForwardingTable, with socket: inout NetfilterSocket,
        askedElements: Int = KernelDifference.askedElements, claims: Bool = true
    ) throws(NetfilterError) {
        self = try socket.consistently { socket throws(NetfilterError) in
            try KernelDifference(plan, &socket, askedElements, claims)
        }
    }

    private init(
        _ plan: ForwardingTable, _ socket: inout NetfilterSocket, _ askedElements: Int,
        _ claims: Bool
    ) throws(NetfilterError) {
        let names = Set(plan.layout.tables)
        let there = Set(try socket.listTables().map(\.id)).intersection(names)
        let device = there.subtracting(plan.layout.familyTables)
        var present = device.isEmpty ? Ruleset() : try socket.read(device.sorted())
        var wanted = Ruleset(plan.deviceTables)
        var missing: [IPFamily] = []
        for family in IPFamily.allCases {
            var comparison = TableComparison(plan, family, askedElements: askedElements)
            let id = comparison.wanted.id
            if there.contains(id) { try comparison.read(with: &socket) }
            if let found = comparison.present {
                present.tables[id] = found
                wanted.tables[id] = comparison.wanted
            } else {
                missing.append(family)
            }
        }
        if !claims {
            for (id, found) in present.tables where found.canBeClaimed(with: plan.layout.flags) {
                present.tables[id]?.flags = plan.layout.flags
            }
        }
        self.missing = missing
        changes = present.changes(to: wanted)
    }

    /// All changes that lead to the plan that was compared, missing tables and all.
    package func changes(to plan: ForwardingTable) -> [RulesetChange] {
        changes + Ruleset().changes(to: Ruleset(missing.map(plan.wholeTable)))
    }

    /// Whether the kernel holds the plan and nothing else.
    package var isNone: Bool { changes.isEmpty && missing.isEmpty }
}

/// One table that is there, compared with what it should be.
///
/// Both sides are whole but for sets that are asked: of those they have what differs.
private struct TableComparison {
    private let plan: ForwardingTable
    private let family: IPFamily
    private let askedElements: Int
    /// How many elements each asked set should have.
    private var asked: [String: Int] = [:]
    /// How many of those are not there.
    private var absent: [String: Int] = [:]
    /// What is there.
    private(set) var present: Table?
    /// What should be there.
    private(set) var wanted: Table

    init(_ plan: ForwardingTable, _ family: IPFamily, askedElements: Int) {
        self.plan = plan
        self.family = family
        self.askedElements = askedElements
        wanted = plan.frame(family)
    }

    mutating func read(with socket: inout NetfilterSocket) throws(NetfilterError) {
        try gather(with: &socket)
        let id = wanted.id
        present = try socket.read([id], leavingOut: [id: Set(asked.keys)]).tables[id]
        guard let found = present, !asked.isEmpty else { return }
        guard found.canBecome(wanted) else {
            wanted = plan.wholeTable(family)
            return
        }
        try ask(with: &socket)
        // Frontends before slots: those that nobody wants may have some.
        for set in asked.keys.compactMap({ wanted.sets[$0]?.declaration })
            .sorted(by: { $0.elementOrder > $1.elementOrder })
        {
            try findOthers(in: set, with: &socket)
        }
    }

    /// Takes the elements of all sets but those that are too many.
    private mutating func gather(with socket: inout NetfilterSocket) throws(NetfilterError) {
        var listed: Set<String> = []
        let plan = plan
        try plan.forEachElement(family) { set, element throws(NetfilterError) in
            if asked[set.name] != nil {
                asked[set.name, default: 0] += 1
                return
            }
            wanted.sets[set.name]?.elements[element.key] = element
            guard let count = wanted.sets[set.name]?.elements.count, count >= askedElements,
                !listed.contains(set.name)
            else { return }
            if try canAsk(set, with: &socket) {
                asked[set.name] = count
                wanted.sets[set.name]?.elements = [:]
            } else {
                listed.insert(set.name)
            }
        }
    }

    private func canAsk(
        _ set: SetDeclaration, with socket: inout NetfilterSocket
    ) throws(NetfilterError) -> Bool {
        guard !set.isInterval else { return false }
        do throws(NetfilterError) {
            return try socket.elementCount(of: wanted.id, in: set) != nil
        } catch {
            guard error.isNotFound else { throw error }
            return false
        }
    }

    /// Asks for what should be there, and keeps what is otherwise.
    private mutating func ask(with socket: inout NetfilterSocket) throws(NetfilterError) {
        let askedAtOnce = 1_024
        var waiting: [String: [Element]] = [:]
        let plan = plan
        try plan.forEachElement(family) { set, element throws(NetfilterError) in
            guard asked[set.name] != nil else { return }
            waiting[set.name, default: []].append(element)
            guard waiting[set.name]?.count == askedAtOnce else { return }
            try compare(waiting[set.name] ?? [], of: set, with: &socket)
            waiting[set.name]?.removeAll(keepingCapacity: true)
        }
        for (name, elements) in waiting {
            guard let set = wanted.sets[name]?.declaration else { continue }
            try compare(elements, of: set, with: &socket)
        }
    }

    private mutating func compare(
        _ elements: [Element], of set: SetDeclaration, with socket: inout NetfilterSocket
    ) throws(NetfilterError) {
        let found = try socket.elements(underKeysOf: elements, of: wanted.id, in: set)
        for (element, found) in zip(elements, found) where element != found {
            wanted.sets[set.name]?.elements[element.key] = element
            if let found {
                present?.sets[set.name]?.elements[found.key] = found
            } else {
                absent[set.name, default: 0] += 1
            }
        }
    }

    /// Finds what a set has beside what it should have.
    private mutating func findOthers(
        in set: SetDeclaration, with socket: inout NetfilterSocket
    ) throws(NetfilterError) {
        guard let count = try socket.elementCount(of: wanted.id, in: set) else { return }
        let known = (asked[set.name] ?? 0) - (absent[set.name] ?? 0)
        var others = count - known
        if others > 0, set.name == plan.layout.endpoints.name {
            others -= try findSlots(behind: set, with: &socket)
        }
        guard others > 0 else { return }
        var keys: Set<ElementData> = []
        keys.reserveCapacity(asked[set.name] ?? 0)
        plan.forEachElement(family) { other, element in
            if other.name == set.name { keys.insert(element.key) }
        }
        for element in try socket.elements(of: wanted.id, in: set)
        where !keys.contains(element.key) {
            present?.sets[set.name]?.elements[element.key] = element
        }
    }

    /// Looks for slots behind those that frontends should have; returns how many there are.
    private mutating func findSlots(
        behind set: SetDeclaration, with socket: inout NetfilterSocket
    ) throws(NetfilterError) -> Int {
        var places: [(frontend: Frontend, slot: Int)] = []
        for service in plan.services {
            for entry in plan.entries(of: service) where entry.family == family {
                places.append((entry.frontend, entry.backends.count))
            }
        }
        let services = plan.layout.services
        for key in (present?.sets[services.name]?.elements ?? [:]).keys
        where wanted.sets[services.name]?.elements[key] == nil {
            guard let frontend = Frontend(leading: key, of: services, family: wanted.id.family)
            else { continue }
            places.append((frontend, 0))
        }
        var count = 0
        while !places.isEmpty {
            let questions = places.map { Element($0.frontend.slotKey($0.slot)) }
            let found = try socket.elements(underKeysOf: questions, of: wanted.id, in: set)
            for case let element? in found {
                present?.sets[set.name]?.elements[element.key] = element
                count += 1
            }
            places = zip(places, found).compactMap { place, element in
                element == nil ? nil : (place.frontend, place.slot + 1)
            }
        }
        return count
    }
}
