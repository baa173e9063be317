/// Why the kernel would refuse a ruleset.
package struct RulesetFault: Hashable, Sendable, CustomStringConvertible {
    /// The table at fault.
    package let table: TableID
    /// The chain or set at fault.
    package let place: String
    /// What is wrong with it.
    package let reason: String

    /// Place and reason in one line.
    package var description: String { "table \(table), \(place): \(reason)" }
}

extension Table {
    /// Everything in this table that the kernel would refuse, in order of the names.
    ///
    /// Checks that verdicts lead to chains, that statements name sets that exist, and that each
    /// chain is legal at every hook that reaches it: `masquerade` at postrouting only,
    /// `reject` not there (kernel: `nft_masq_validate`, `nft_reject_validate`). Nothing is nat at
    /// forward (`nft_chain_nat_ip4`).
    package func faults() -> [RulesetFault] {
        danglingFaults() + hookFaults()
    }

    private func danglingFaults() -> [RulesetFault] {
        var faults: [RulesetFault] = []
        for chain in chains.values.sorted(by: { $0.name < $1.name }) {
            for statement in chain.rules.flatMap(\.statements) {
                if let name = statement.setName, sets[name] == nil {
                    faults.append(fault("chain \(chain.name)", "there is no set \(name)"))
                }
                if let name = statement.filledSetName, let set = sets[name]?.declaration,
                    !set.isFilledByPackets
                {
                    faults.append(
                        fault("chain \(chain.name)", "packets cannot bring elements to \(name)"))
                }
                if case .verdict(let verdict) = statement, let target = verdict.target,
                    chains[target] == nil
                {
                    faults.append(fault("chain \(chain.name)", "there is no chain \(target)"))
                }
            }
        }
        for set in sets.values.sorted(by: { $0.declaration.name < $1.declaration.name }) {
            for target in Set(set.elements.values.compactMap(\.verdictTarget)).sorted()
            where chains[target] == nil {
                let place = "map \(set.declaration.name)"
                faults.append(fault(place, "there is no chain \(target)"))
            }
        }
        return faults
    }

    private func hookFaults() -> [RulesetFault] {
        var faults: [RulesetFault] = []
        let targetsOfMaps = sets.mapValues { Set($0.elements.values.compactMap(\.verdictTarget)) }
        for base in chains.values.sorted(by: { $0.name < $1.name }) {
            guard let place = base.base else { continue }
            if (place.hook == .ingress) != id.family.isAtDevice {
                faults.append(fault("chain \(base.name)", "is not legal in this family"))
            }
            if place.kind == .nat, place.hook == .forward {
                faults.append(fault("chain \(base.name)", "there is no nat at forward"))
            }
            var seen: Set<String> = []
            var waiting = [base.name]
            while let name = waiting.popLast() {
                guard seen.insert(name).inserted, let chain = chains[name] else { continue }
                for statement in chain.rules.flatMap(\.statements) {
                    if let reason = statement.illegality(at: place) {
                        faults.append(fault("chain \(name)", reason))
                    }
                    switch statement {
                    case .verdict(let verdict): waiting += verdict.target.map { [$0] } ?? []
                    case .verdictMap(_, let map): waiting += targetsOfMaps[map] ?? []
                    default: break
                    }
                }
            }
        }
        return faults
    }

    private func fault(_ place: String, _ reason: String) -> RulesetFault {
        RulesetFault(table: id, place: place, reason: reason)
    }
}

extension Element {
    /// The chain that a map element leads to, if it leads to one.
    package var verdictTarget: String? {
        guard case .verdict(let verdict) = value else { return nil }
        return verdict.target
    }
}

extension SetDeclaration {
    /// True if rules may bring elements (kernel: `NFT_SET_EVAL`, asked for by `nft_dynset_init`).
    fileprivate var isFilledByPackets: Bool {
        if case .byPackets = filling { true } else { false }
    }
}

extension Statement {
    /// The set that the statement brings elements to, if it does.
    fileprivate var filledSetName: String? {
        switch self {
        case .update, .isOverRate, .isOverCount: setName
        default: nil
        }
    }

    /// Why the kernel refuses the statement at a hook; nil if it does not.
    fileprivate func illegality(at place: BaseChain) -> String? {
        switch self {
        case .masquerade where place.kind != .nat || place.hook != .postrouting:
            "masquerade is legal at nat postrouting only, not at \(place.hook)"
        case .translateDestination
        where place.kind != .nat || (place.hook != .prerouting && place.hook != .output):
            "dnat is legal at nat prerouting and output only, not at \(place.hook)"
        case .reject where place.hook == .postrouting || place.hook == .ingress:
            "reject is not legal at \(place.hook)"
        case .forward where place.hook != .ingress:
            "fwd is legal at ingress only, not at \(place.hook)"
        default: nil
        }
    }
}
