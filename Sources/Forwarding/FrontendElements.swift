import Addressing
import Ruleset

/// One element with the set that it belongs to.
struct PlacedElement {
    let set: SetDeclaration
    let element: Element
}

/// What one frontend puts into the maps and sets.
struct FrontendElements {
    let entry: ForwardingEntry
    let layout: ForwardingLayout

    /// The chains that must be there before the elements.
    var chains: [SharedChain] {
        var chains: [SharedChain] = []
        if entry.slotsForAll.count > 0 {
            chains += SharedChain.forAll(of: entry).withSuccessors
        }
        if entry.isLocalForOutside, entry.localCount > 0 {
            chains += SharedChain.forOutside(of: entry).withSuccessors
        }
        if let remembering = SharedChain.remembering(entry) { chains.append(remembering) }
        if let guardChain { chains.append(.guarding(guardChain)) }
        return chains
    }

    private var guardChain: GuardChain? {
        guard layout.role == .balancer, !entry.protection.isNone else { return nil }
        return GuardChain(
            protection: entry.protection, isRestricted: !entry.allowedSources.isEmpty)
    }

    /// Elements that belong to this frontend alone.
    var own: [PlacedElement] {
        apartFromSlots + entry.backends.indices.map(slot)
    }

    /// One element for each slot.
    func slot(_ slot: Int) -> PlacedElement {
        PlacedElement(set: layout.sets.endpoints, element: self.slot(slot, entry.backends[slot]))
    }

    /// Elements that belong to this frontend alone, beside its slots.
    var apartFromSlots: [PlacedElement] {
        let key = entry.frontend.key
        let sets = layout.sets
        var elements = [
            PlacedElement(
                set: sets.services,
                element: verdict(
                    key, entry.slotsForAll.count > 0 ? .forAll(of: entry) : nil,
                    else: entry.fallback))
        ]
        if entry.isLocalForOutside, !entry.backends.isEmpty {
            let element = verdict(
                key, entry.localCount > 0 ? .forOutside(of: entry) : nil, else: .drop)
            elements.append(PlacedElement(set: sets.fromOutside, element: element))
        }
        if let remembering = SharedChain.remembering(entry) {
            let jump = Verdict.jump(remembering.name)
            let element = Element(key, value: .verdict(jump), comment: comment)
            elements.append(PlacedElement(set: sets.remember, element: element))
        }
        switch entry.sourceHiding {
        case .byServiceRange: break
        case .everyClient:
            elements.append(PlacedElement(set: sets.hideClient, element: Element(key)))
        case .hostOnly:
            elements.append(PlacedElement(set: sets.hideNode, element: Element(key)))
        }
        if layout.role == .balancer, entry.canRetryElsewhere {
            elements.append(
                PlacedElement(set: sets.holdRefusals, element: Element(key, comment: comment)))
        }
        return elements + serviceAffinity(key) + allowedSources(key) + protection(key)
    }

    /// What leads a client of the whole Service to the endpoint that it has.
    private func serviceAffinity(_ key: ElementData) -> [PlacedElement] {
        guard let service = entry.affinityService, entry.affinitySeconds != nil else { return [] }
        var value = ElementData()
        value.append(service)
        var elements = [
            PlacedElement(
                set: layout.sets.serviceAddresses,
                element: Element(key, value: .data(value), comment: comment))
        ]
        // A backend may fill several slots.
        var known: Set<IPAddress> = []
        for backend in entry.backends where known.insert(backend.address).inserted {
            var member = key
            member.append(backend.address)
            elements.append(
                PlacedElement(
                    set: layout.sets.endpointsByAddress,
                    element: Element(member, value: .data(data(backend)))))
        }
        return elements
    }

    /// What bounds the frontend's connections on a balancer, and what counts the refused ones.
    private func protection(_ key: ElementData) -> [PlacedElement] {
        guard layout.role == .balancer else { return [] }
        let sets = layout.sets
        var elements: [PlacedElement] = []
        if let guardChain {
            elements.append(
                PlacedElement(
                    set: sets.guards,
                    element: Element(
                        key, value: .verdict(.jump(guardChain.name)), comment: comment)))
        }
        let counting = [
            (sets.strangers, !entry.allowedSources.isEmpty),
            (sets.overRate, entry.protection.clientRate != nil),
            (sets.overLimit, entry.protection.connectionLimit != nil),
        ]
        for (set, isUsed) in counting where isUsed {
            elements.append(PlacedElement(set: set, element: Element(key, comment: comment)))
        }
        return elements
    }

    /// Elements that other frontends may need as well: hairpins and ClusterIPs, or a balancer's
    /// addresses.
    var shared: [PlacedElement] {
        guard layout.role == .node else {
            var data = ElementData()
            data.append(entry.frontend.address)
            return [PlacedElement(set: layout.sets.virtualIPs, element: Element(data))]
        }
        var elements: [PlacedElement] = []
        if entry.sourceHiding == .byServiceRange {
            var data = ElementData()
            data.append(entry.frontend.address)
            let owner = String(entry.label.prefix { $0 != ":" })
            elements.append(
                PlacedElement(
                    set: layout.sets.clusterIPs,
                    element: Element(data, comment: Self.trimmed(owner))))
        }
        for address in Set(entry.backends.prefix(entry.localCount).map(\.address)) {
            var data = ElementData()
            data.append(address)
            data.append(address)
            elements.append(PlacedElement(set: layout.sets.hairpin, element: Element(data)))
        }
        return elements
    }

    private func verdict(
        _ key: ElementData, _ chain: SharedChain?, else fallback: ForwardingEntry.Fallback
    ) -> Element {
        let verdict: Verdict
        if let chain {
            verdict = .goto(chain.name)
        } else {
            verdict = fallback == .drop ? .drop : .goto(BaseChains.refuse)
        }
        return Element(key, value: .verdict(verdict), comment: comment)
    }

    private func slot(_ slot: Int, _ backend: SocketEndpoint) -> Element {
        Element(entry.frontend.slotKey(slot), value: .data(data(backend)))
    }

    private func data(_ backend: SocketEndpoint) -> ElementData {
        var value = ElementData()
        value.append(backend.address)
        value.append(backend.port)
        return value
    }

    private func allowedSources(_ key: ElementData) -> [PlacedElement] {
        CIDRBlock.merged(entry.allowedSources.filter { $0.family == entry.family }).map {
            PlacedElement(
                set: layout.sets.allowedSources, element: Element(prefixedBy: key, range: $0))
        }
    }

    private var comment: String { Self.trimmed(entry.label) }

    /// Cuts a comment to what `nft` takes, at a character's border.
    static func trimmed(_ text: String) -> String {
        guard text.utf8.count > ForwardingLimits.commentBytes else { return text }
        var cut = text
        while cut.utf8.count > ForwardingLimits.commentBytes - 3 { cut.removeLast() }
        return cut + "..."
    }
}

extension ForwardingEntry {
    /// Whether an entry of the same frontend differs in who its slots lead to, and nothing else
    /// that it puts into the tables follows from that.
    func hasOtherTargetsAlone(than old: ForwardingEntry) -> Bool {
        guard backends.count == old.backends.count, localCount == 0, affinityService == nil,
            canRetryElsewhere == old.canRetryElsewhere
        else { return false }
        var rest = self
        rest.backends = old.backends
        rest.conversing = old.conversing
        rest.directReturn = old.directReturn
        return rest == old
    }

    /// Whether a client that one backend refuses may find another at its next attempt.
    ///
    /// Of the last backend the client must hear, or its connection would time out instead. Only
    /// TCP's clients ask again by themselves.
    fileprivate var canRetryElsewhere: Bool {
        holdsRefusals && frontend.transport == .tcp
            && backends.contains { $0 != backends.first }
    }
}
