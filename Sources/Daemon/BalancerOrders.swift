import FoundationEssentials
import LoadBalancer

/// Orders for a balancer's nodes: read from a query by the daemon, written into one by the tool.
package enum BalancerOrders {
    /// What can be ordered, as the socket spells it.
    package enum Kind: String, Sendable {
        case ready
        case drain
        case maintenance
    }

    static let path = "/orders"

    /// Carries out what is posted: `?node=NODE&state=STATE`, and optionally `service` and
    /// `deadline` in seconds from now.
    static func action(of balancer: LoadBalancer) -> StatusAction {
        StatusAction(path) { query in
            guard let order = order(in: query, at: .now) else {
                return .init(text: "an order needs a node and a state", isWell: false)
            }
            do {
                guard try await balancer.give(order) else {
                    return .init(text: unknown(order.place), isWell: false)
                }
                return .init(text: "done")
            } catch {
                return .init(
                    text: "done, but it will not outlive a restart: \(error)", isWell: false)
            }
        }
    }

    /// Reads a query.
    static func order(in query: [String: String], at now: Date) -> NodeOrder? {
        guard let node = query["node"], !node.isEmpty,
            let state = query["state"].flatMap(ServingState.init(rawValue:))
        else { return nil }
        let seconds = query["deadline"].flatMap(Int.init)
        return NodeOrder(
            state, for: .init(node: node, service: query["service"]), since: now,
            deadline: seconds.map { now + Double($0) })
    }

    private static func unknown(_ place: NodeOrder.Place) -> String {
        place.service.map { "there is no node \(place.node), or no Service \($0) to balance" }
            ?? "there is no node \(place.node)"
    }

    /// Gives an order to the balancer that runs on this host.
    package static func give(
        _ kind: Kind, node: String, service: String?, deadline: String?,
        common: CommonSettings
    ) async throws {
        var query = ["node=\(encoded(node))", "state=\(kind.rawValue)"]
        if let service {
            guard service.split(separator: "/").count == 2 else {
                throw ConfigurationError("--service", "\"\(service)\" is not NAMESPACE/NAME")
            }
            query.append("service=\(encoded(service))")
        }
        if let deadline {
            let seconds = try SettingText.duration(deadline, flag: "--deadline").components.seconds
            query.append("deadline=\(seconds)")
        }
        _ = try await DaemonSocket(role: "balancer", common: common)
            .post(path + "?" + query.joined(separator: "&"))
    }

    /// Percent encoding of all but letters, digits and what names are made of (RFC 3986, 2.3).
    static func encoded(_ text: String) -> String {
        text.utf8.map { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x2d, 0x2e, 0x5f:
                String(UnicodeScalar(byte))
            default: "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }.joined()
    }
}
