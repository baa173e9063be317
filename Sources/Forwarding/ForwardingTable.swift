import Addressing
package import Ruleset
package import ServiceModel

/// All frontends of a host, by Service, and how they stand in its tables.
///
/// The work of a change is that of the Service that changes. The value says what should be in
/// the kernel; whoever commits the changes takes a refused replacement back with `revert`.
package struct ForwardingTable: Sendable {
    /// What the tables look like without any Service.
    package let layout: ForwardingLayout
    /// Which addresses are what around this host.
    package private(set) var surroundings: Surroundings
    /// What each Service has been given, without the frontends that others hold.
    private var granted: [ServiceIdentity: [ForwardingEntry]] = [:]
    /// What each Service asked for, if it was not given all of it.
    private(set) var waiting: [ServiceIdentity: [ForwardingEntry]] = [:]
    private(set) var holders: [Frontend: ServiceIdentity] = [:]
    var uses: SharedUses
    var direct: DirectReturnTables

    /// An empty table.
    package init(layout: ForwardingLayout, surroundings: Surroundings = Surroundings()) {
        self.layout = layout
        self.surroundings = surroundings
        direct = DirectReturnTables(layout: layout)
        uses = SharedUses(
            lasting: IPFamily.allCases.flatMap { family in
                SharedChain.lasting(on: layout.role).map { chain in
                    SharedUses.PlacedChain(table: layout.table(family), chain: chain)
                }
            })
    }

    /// What a Service has been given.
    package func entries(of service: ServiceIdentity) -> [ForwardingEntry] {
        granted[service] ?? []
    }

    /// What a Service has asked for, with the frontends that others hold.
    package func request(of service: ServiceIdentity) -> [ForwardingEntry] {
        waiting[service] ?? entries(of: service)
    }

    /// The Services that have been given anything.
    package var services: some Collection<ServiceIdentity> & Sendable { granted.keys }

    /// The Service that has a frontend.
    package func holder(of frontend: Frontend) -> ServiceIdentity? { holders[frontend] }

    /// Replaces all entries of a Service; no entries remove it.
    package mutating func replace(
        _ service: ServiceIdentity, with entries: [ForwardingEntry]
    ) -> Replacement {
        replace([(service, entries)])
    }

    /// Replaces all entries of several Services in one transaction.
    ///
    /// A Service that waited for a frontend that becomes free gets it in the same changes.
    package mutating func replace(
        _ updates: [(service: ServiceIdentity, entries: [ForwardingEntry])]
    ) -> Replacement {
        var result = Replacement()
        let direct = exchange(updates, &result)
        result.changes += direct.first
        for (table, shared) in result.newChains {
            let chain = shared.chain(on: layout.role)
            result.changes += shared.sets.map { .createSet(table, $0) }
            result.changes.append(
                .createChain(table, name: chain.name, base: nil, comment: chain.comment))
            result.changes.append(.replaceRules(table, chain: chain.name, chain.rules))
        }
        result.changes += (result.delta?.changes ?? []) + direct.last
        result.delta = nil
        return result
    }

    /// Does the same without saying what changes: for a start, when the kernel is compared
    /// with all of it.
    package mutating func fill(
        with services: [(service: ServiceIdentity, entries: [ForwardingEntry])]
    ) -> [FrontendConflict] {
        var result = Replacement()
        result.delta = nil
        _ = exchange(services, &result)
        return result.conflicts
    }

    /// Takes a replacement back whose changes the kernel refused.
    ///
    /// Nothing else may have been replaced since.
    package mutating func revert(_ replacement: Replacement) {
        for service in replacement.previous.keys {
            for entry in granted[service] ?? [] { holders[entry.frontend] = nil }
        }
        for (service, holding) in replacement.previous {
            for entry in holding.granted { holders[entry.frontend] = service }
            granted[service] = holding.granted.isEmpty ? nil : holding.granted
            waiting[service] = holding.waiting
        }
        uses.restore(replacement.usesBefore)
        if let before = replacement.directBefore { direct = before }
    }

    private mutating func exchange(
        _ updates: [(service: ServiceIdentity, entries: [ForwardingEntry])],
        _ result: inout Replacement
    ) -> (first: [RulesetChange], last: [RulesetChange]) {
        for (service, wanted) in updates {
            let freed = exchange(service, for: wanted, &result)
            guard !waiting.isEmpty, !freed.isEmpty else { continue }
            let waiters = waiting.filter { waiter in
                waiter.key != service
                    && waiter.value.contains { freed.contains($0.frontend) }
            }
            for (waiter, wanted) in waiters.sorted(by: {
                Seniority($0.key, $0.value) < Seniority($1.key, $1.value)
            }) {
                _ = exchange(waiter, for: wanted, &result)
            }
        }
        if !waiting.isEmpty {
            result.conflicts = result.previous.keys.sorted().flatMap(conflicts)
        }
        result.usesBefore = uses.takeMemory()
        return direct.isUnsettled ? direct.settle(&result.delta) : ([], [])
    }

    /// Takes the Service's old entries out and puts the new ones in; returns frontends set free.
    private mutating func exchange(
        _ service: ServiceIdentity, for wanted: [ForwardingEntry], _ result: inout Replacement
    ) -> Set<Frontend> {
        takeFromYounger(service, wanted, &result)
        let elders = frontendsOfElders(of: service, wanted)
        let old = granted.removeValue(forKey: service) ?? []
        result.remember(service, (granted: old, waiting: waiting[service]))
        for entry in old { holders[entry.frontend] = nil }
        var freed = Set(old.map(\.frontend))
        var given: [ForwardingEntry] = []
        for entry in wanted
        where holders[entry.frontend] == nil && !elders.contains(entry.frontend) {
            holders[entry.frontend] = service
            freed.remove(entry.frontend)
            given.append(entry)
        }
        waiting[service] = given.count == wanted.count ? nil : wanted
        granted[service] = given.isEmpty ? nil : given
        swap(old, for: given, &result)
        return freed
    }

    /// Takes the frontends that a Service wants away from younger ones, which wait from now on.
    private mutating func takeFromYounger(
        _ service: ServiceIdentity, _ wanted: [ForwardingEntry], _ result: inout Replacement
    ) {
        let own = Seniority(service, wanted)
        var younger: Set<ServiceIdentity> = []
        for entry in wanted {
            guard let holder = holders[entry.frontend], holder != service,
                own < Seniority(holder, request(of: holder))
            else { continue }
            younger.insert(holder)
        }
        guard !younger.isEmpty else { return }
        let frontends = Set(wanted.map(\.frontend))
        for younger in younger {
            let old = entries(of: younger)
            let kept = old.filter { !frontends.contains($0.frontend) }
            result.remember(younger, (granted: old, waiting: waiting[younger]))
            waiting[younger] = request(of: younger)
            for entry in old where frontends.contains(entry.frontend) {
                holders[entry.frontend] = nil
            }
            granted[younger] = kept.isEmpty ? nil : kept
            swap(old, for: kept, &result)
        }
    }

    /// Says anew which addresses are what, and returns what changes by it.
    package mutating func replaceSurroundings(with new: Surroundings) -> [RulesetChange] {
        guard layout.role == .node, new != surroundings else { return [] }
        defer { surroundings = new }
        return surroundings.changes(to: new, in: layout)
    }

    /// Whether chains are left that no frontend uses.
    package var hasIdleChains: Bool { uses.hasIdleChains }

    /// Forgets chains that no frontend uses, and returns what removes them from the kernel.
    package mutating func sweepIdleChains() -> [RulesetChange] { uses.sweepIdleChains() }
}
