import Addressing
import Forwarding
import ServiceModel
import ServiceTranslation

/// When an address is held no more, although there are Services that have it.
package enum WithdrawalRule: String, CaseIterable, Hashable, Sendable {
    /// When none of them has a node to send to.
    case empty
    /// Already when none of them has a healthy node, although unhealthy ones are used.
    case unhealthy
    /// Never.
    case never
}

extension BalancerPlan {
    /// What a Service has to offer to whoever sends to its addresses.
    struct Offer: Hashable, Sendable {
        /// Those of its addresses that are to be held for its sake.
        var addresses: Set<IPAddress> = []
        /// Whether a node is well and takes its traffic.
        var isHealthy = false
    }

    /// Whether traffic would find a healthy node, for any Service if there is one.
    package var servesAny: Bool {
        offers.values.contains(where: \.isHealthy)
            || !snapshot.services.values.contains { $0.isLoadBalancer && $0.isProxied }
    }

    /// Takes note of what a Service offers now.
    mutating func note(_ new: Offer?, of service: ServiceIdentity) {
        let old = offers[service] ?? Offer()
        offers[service] = new
        guard new != old else { return }
        for address in new?.addresses ?? [] {
            offerCounts[address, default: 0] += 1
            heldAddresses.insert(address)
        }
        for address in old.addresses {
            offerCounts[address, default: 0] -= 1
            guard offerCounts[address] == 0 else { continue }
            offerCounts[address] = nil
            heldAddresses.remove(address)
        }
    }

    /// What a Service offers that has been translated to this.
    func offer(
        of translated: BalancedService, _ targets: BalancerTargets, _ judgement: Judgement
    ) -> Offer {
        func serves(_ family: IPFamily) -> Bool {
            targets.all.indices.contains {
                judgement.standings[$0].isServing
                    && targets.all[$0].socket.address.family == family
            }
        }
        let entries = translated.entries.filter { entry in
            switch rules.withdrawal {
            case .empty: entry.hasTargets
            case .unhealthy: serves(entry.family)
            case .never: true
            }
        }
        return Offer(
            addresses: Set(entries.map(\.frontend.address)),
            isHealthy: judgement.standings.contains(where: \.isServing))
    }
}
