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

    /// Takes note of what a Service offers after it was translated; nil for one that is gone.
    mutating func note(
        _ translated: BalancedService?, of service: ServiceIdentity, _ views: [TargetView]
    ) {
        let old = offers[service] ?? Offer()
        let new = translated.map { offer(of: $0, views) }
        offers[service] = new
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

    private func offer(of translated: BalancedService, _ views: [TargetView]) -> Offer {
        func serves(_ family: IPFamily) -> Bool {
            views.contains { $0.standing.isServing && $0.target.socket.address.family == family }
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
            isHealthy: views.contains(where: \.standing.isServing))
    }
}
