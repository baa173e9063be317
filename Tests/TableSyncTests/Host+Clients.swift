import Addressing
import Fixtures
import Forwarding
import Ruleset
import Support

/// Client N of a family, from outside the cluster.
func client(_ number: Int, _ family: IPFamily) -> IPAddress {
    address(family == .v4 ? "203.0.113.\(number)" : "fd03::\(number)")
}

/// Clients that the kernel remembers.
extension Host {
    /// What clients are remembered for.
    enum Scope {
        /// TCP port 80 of a ClusterIP.
        case port
        /// The whole Service that has a ClusterIP.
        case service
    }

    /// What the kernel remembers at first: client N of a family has pod N at this ClusterIP.
    func remember(
        _ clients: [Int], _ family: IPFamily, at number: Int, of scope: Scope = .port
    ) throws {
        let places = ExamplePlaces(family)
        let table = family == .v4 ? "ip" : "ip6"
        for remembered in clients {
            let key = "\(client(remembered, family)) . \(places.clusterIP(number))"
            let pod = places.localPod(remembered)
            let (map, element) =
                switch scope {
                case .port: ("affinity", "\(key) . tcp . 80 timeout 1h : \(pod) . 8080")
                case .service: ("service_affinity", "\(key) timeout 1h : \(pod)")
                }
            try namespace.nft("add", "element", table, "sluice", map, "{ \(element) }")
        }
    }

    /// The numbers of the clients that are remembered at any port.
    func clients(_ family: IPFamily) throws -> [Int] {
        let present = try affinity(TableFamily(family)).keys
        return (1..<20).filter { present.contains(client($0, family)) }
    }

    /// The numbers of the clients that are remembered for the whole Service of a ClusterIP.
    func clients(of number: Int, _ family: IPFamily) throws -> [Int] {
        let present = try serviceAffinity(TableFamily(family))
        let service = ExamplePlaces(family).clusterIP(number)
        return (1..<20).filter { present[client($0, family)]?[service] != nil }
    }

    /// The backends of the clients that are remembered at a port, by client.
    func affinity(_ family: TableFamily) throws -> [IPAddress: SocketEndpoint] {
        var clients: [IPAddress: SocketEndpoint] = [:]
        for (key, value) in try learned(in: layout.affinityMap(family), family) {
            guard case .address(let client) = key.first, case .address(let address) = value.first,
                case .port(let number) = value.last
            else { continue }
            clients[client] = endpoint(address, number)
        }
        return clients
    }

    /// The Services for which clients are remembered, with the address of the endpoint.
    private func serviceAffinity(
        _ family: TableFamily
    ) throws -> [IPAddress: [IPAddress: IPAddress]] {
        var clients: [IPAddress: [IPAddress: IPAddress]] = [:]
        for (key, value) in try learned(in: layout.serviceAffinityMap(family), family) {
            guard case .address(let client)? = key.first, case .address(let service)? = key.last,
                case .address(let endpoint)? = value.first
            else { continue }
            clients[client, default: [:]][service] = endpoint
        }
        return clients
    }
}
