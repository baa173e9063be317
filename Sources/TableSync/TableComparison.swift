import Addressing
import Forwarding
import Glibc
import Netfilter
import Ruleset

/// One table of a plan.
enum TablePlan {
    /// That of an address family.
    case family(IPFamily)
    /// One at a device, with everything in it.
    case device(Table)
}

/// One table that is there, compared with what it should be.
///
/// Both sides are whole but for sets that are asked: of those they have what differs.
struct TableComparison {
    /// Elements of one set that are asked for together.
    private static let askedAtOnce = 1_024

    private let plan: ForwardingTable
    private let part: TablePlan
    private let askedElements: Int
    private let replacesUnfinished: Bool
    /// How many elements each asked set should have.
    private var asked: [String: Int] = [:]
    /// How many of those are not there.
    private var absent: [String: Int] = [:]
    /// What is there.
    private(set) var present: Table?
    /// What should be there.
    private(set) var wanted: Table
    /// The large sets that had to be listed.
    private(set) var listed: [SetDeclaration] = []
    /// True if the table should be large and leads nobody anywhere.
    private(set) var isUnfinished = false

    /// Nothing is read yet: `wanted` has no elements.
    init(
        _ part: TablePlan, of plan: ForwardingTable, askedElements: Int, replacesUnfinished: Bool
    ) {
        self.plan = plan
        self.replacesUnfinished = replacesUnfinished
        self.part = part
        self.askedElements = askedElements
        switch part {
        case .family(let family): wanted = plan.frame(family)
        case .device(let table):
            wanted = table
            for name in table.sets.keys { wanted.sets[name]?.elements = [:] }
        }
    }

    /// Reads the table and compares; `present` stays nil if it is not there.
    mutating func read(with socket: inout NetfilterSocket) throws(NetfilterError) {
        try gather(with: &socket)
        let id = wanted.id
        present = try socket.read([id], leavingOut: [id: Set(asked.keys)]).tables[id]
        guard let found = present, !asked.isEmpty else { return }
        guard found.canBecome(wanted) else { return takeAll() }
        guard try !leadsNowhere(with: &socket) else {
            isUnfinished = true
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

    private func forEachElement<Failure>(
        _ body: (SetDeclaration, Element) throws(Failure) -> Void
    ) throws(Failure) {
        switch part {
        case .family(let family): try plan.forEachElement(family, body)
        case .device(let table):
            for set in table.sets.values {
                for element in set.elements.values { try body(set.declaration, element) }
            }
        }
    }

    /// The table has to be made anew as a whole.
    private mutating func takeAll() {
        switch part {
        case .family(let family): wanted = plan.wholeTable(family)
        case .device(let table): wanted = table
        }
    }

    /// Takes the elements of all sets but those that are too many.
    private mutating func gather(with socket: inout NetfilterSocket) throws(NetfilterError) {
        let whole = self
        try whole.forEachElement { set, element throws(NetfilterError) in
            if asked[set.name] != nil {
                asked[set.name, default: 0] += 1
                return
            }
            wanted.sets[set.name]?.elements[element.key] = element
            guard let count = wanted.sets[set.name]?.elements.count, count >= askedElements,
                !listed.contains(where: { $0.name == set.name })
            else { return }
            if try canAsk(set, with: &socket) {
                asked[set.name] = count
                wanted.sets[set.name]?.elements = [:]
            } else {
                listed.append(set)
            }
        }
    }

    private func canAsk(
        _ set: SetDeclaration, with socket: inout NetfilterSocket
    ) throws(NetfilterError) -> Bool {
        guard !set.isInterval else { return false }
        return try elementCount(of: set, with: &socket) != nil
    }

    /// Nil if the kernel does not tell, or has no such set.
    private func elementCount(
        of set: SetDeclaration, with socket: inout NetfilterSocket
    ) throws(NetfilterError) -> Int? {
        do throws(NetfilterError) {
            return try socket.elementCount(of: wanted.id, in: set)
        } catch {
            guard error.isNotFound else { throw error }
            return nil
        }
    }

    /// Whether the kernel has slots, perhaps, and nothing that leads there; nor has it learned or
    /// been told anything that goes with the table, as a balancer's blocklist.
    private func leadsNowhere(with socket: inout NetfilterSocket) throws(NetfilterError) -> Bool {
        guard replacesUnfinished, case .family = part else { return false }
        for (name, set) in wanted.sets
        where set.declaration.value == .verdict || set.declaration.isDynamic {
            let isListed = asked[name] == nil && !set.declaration.isDynamic
            let count =
                try isListed
                ? present?.sets[name]?.elements.count
                : elementCount(of: set.declaration, with: &socket)
            if count ?? 0 > 0 { return false }
        }
        return true
    }

    /// Asks for what should be there, and keeps what is otherwise.
    private mutating func ask(with socket: inout NetfilterSocket) throws(NetfilterError) {
        var waiting: [String: [Element]] = [:]
        let whole = self
        try whole.forEachElement { set, element throws(NetfilterError) in
            guard asked[set.name] != nil else { return }
            waiting[set.name, default: []].append(element)
            guard waiting[set.name]?.count == Self.askedAtOnce else { return }
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
        guard let count = try elementCount(of: set, with: &socket) else { return }
        var others = count - (asked[set.name] ?? 0) + (absent[set.name] ?? 0)
        if case .family(let family) = part, set.name == plan.layout.endpoints.name {
            try findSlots(in: set, of: family, &others, with: &socket)
        }
        guard others > 0 else { return }
        listed.append(set)
        var keys: Set<ElementData> = []
        keys.reserveCapacity(asked[set.name] ?? 0)
        forEachElement { other, element in
            if other.name == set.name { keys.insert(element.key) }
        }
        var found: [ElementData: Element] = [:]
        try socket.forEachElement(of: wanted.id, in: set) { element in
            if !keys.contains(element.key) { found[element.key] = element }
        }
        present?.sets[set.name]?.elements.merge(found) { $1 }
        let all = (present?.sets[set.name]?.elements ?? [:]).keys.count { !keys.contains($0) }
        // While a hash table is rehashed, some come twice and others not at all.
        guard count - (asked[set.name] ?? 0) + (absent[set.name] ?? 0) == all else {
            throw NetfilterError(.read, code: EINTR)
        }
    }

    /// Looks for slots behind those that frontends should have, until there are no others.
    private mutating func findSlots(
        in set: SetDeclaration, of family: IPFamily, _ others: inout Int,
        with socket: inout NetfilterSocket
    ) throws(NetfilterError) {
        guard others > 0 else { return }
        var places = unwantedFrontends.map { (frontend: $0, slot: 0) }
        for service in plan.services {
            for entry in plan.entries(of: service) where entry.family == family {
                places.append((entry.frontend, entry.backends.count))
            }
        }
        while !places.isEmpty {
            var next: [(frontend: Frontend, slot: Int)] = []
            for start in stride(from: 0, to: places.count, by: Self.askedAtOnce) {
                guard others > 0 else { return }
                let part = places[start..<min(places.count, start + Self.askedAtOnce)]
                let questions = part.map { Element($0.frontend.slotKey($0.slot)) }
                let found = try socket.elements(underKeysOf: questions, of: wanted.id, in: set)
                for case (let place, let element?) in zip(part, found) {
                    present?.sets[set.name]?.elements[element.key] = element
                    others -= 1
                    next.append((place.frontend, place.slot + 1))
                }
            }
            places = next
        }
    }

    /// Frontends that are there and that no Service has.
    private var unwantedFrontends: [Frontend] {
        let services = plan.layout.services
        let wantedKeys = wanted.sets[services.name]?.elements ?? [:]
        return (present?.sets[services.name]?.elements ?? [:]).keys.compactMap { key in
            wantedKeys[key] != nil
                ? nil : Frontend(leading: key, of: services, family: wanted.id.family)
        }
    }
}
