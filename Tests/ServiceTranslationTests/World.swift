import Addressing
import Forwarding
import KubeAPI
import Ruleset
import ServiceModel
import ServiceTranslation
import Synchronization
import Testing

/// A cluster of two nodes and a balancer, from objects to the fate of packets.
///
/// Pods 10.244.N/24 and fd00:244:N::/48, nodes 192.168.50.N and fd00:50::N, ClusterIPs 10.96/12
/// and fd00:96::/112, the client 203.0.113.5.
struct World {
    var snapshot = ClusterSnapshot()

    init(_ services: ServiceObject..., slices: [EndpointSliceObject] = []) {
        _ = snapshot.replaceNodes([node(1), node(2)])
        _ = snapshot.replaceServices(services)
        _ = snapshot.replaceSlices(slices)
    }

    /// What a Service is on a node.
    func translated(_ name: String = "web", on number: Int = 1) throws -> TranslatedService {
        let identity = ServiceIdentity(namespace: "default", name: name)
        let node = try #require(snapshot.nodes["node\(number)"])
        return NodeFrontends(place: node.locality, nodePortAddresses: node.addresses)
            .translate(
                try #require(snapshot.services[identity]), groups: snapshot.groups(of: identity))
    }

    /// The entry of a Service at an address and port, such as `10.96.0.10:80`.
    func entry(
        _ socket: String, of name: String = "web", on number: Int = 1
    ) throws -> ForwardingEntry? {
        let socket = try #require(SocketEndpoint(socket))
        return try translated(name, on: number).entries.first {
            $0.frontend.address == socket.address && $0.frontend.port == socket.port
        }
    }

    /// A node with all Services in its tables.
    func host(_ number: Int = 1) throws -> TracedHost {
        let node = try #require(snapshot.nodes["node\(number)"])
        let surroundings = Surroundings(
            localPods: try blocks("10.244.\(number).0/24", "fd00:244:\(number)::/48"),
            cluster: try blocks(
                "10.244.0.0/16", "192.168.50.0/24", "fd00:244::/32", "fd00:50::/64"),
            serviceRanges: try blocks("10.96.0.0/12", "fd00:96::/112"))
        var table = ForwardingTable(
            layout: ForwardingLayout(role: .node), surroundings: surroundings)
        for identity in snapshot.services.keys.sorted() {
            let entries = try translated(identity.name, on: number).entries
            #expect(table.replace(identity, with: entries).conflicts == [])
        }
        return TracedHost(table, addresses: node.addresses)
    }

    /// A balancer with all Services in its tables; `down` names nodes that are not usable.
    func balancer(down: Set<String> = []) throws -> TracedHost {
        var table = ForwardingTable(layout: ForwardingLayout(role: .balancer))
        var addresses: [IPAddress] = []
        for (identity, service) in snapshot.services.sorted(by: { $0.key < $1.key }) {
            addresses += BalancerFrontends().addresses(of: service)
            let translated = BalancerFrontends().translate(
                service, nodes: Array(snapshot.nodes.values)
            ) { down.contains($0.node) ? .withheld : .serving(weight: 1) }
            #expect(table.replace(identity, with: translated.entries).conflicts == [])
        }
        return TracedHost(table, addresses: addresses)
    }

    private func blocks(_ texts: String...) throws -> [CIDRBlock] {
        try texts.map { try #require(CIDRBlock($0)) }
    }
}

extension BalancerFrontends {
    /// A Service alone, among all its targets on some nodes.
    func translate(
        _ service: ServiceDefinition, nodes: [NodeIdentity], holdsRefusals: Bool = false,
        protection: Protection = Protection(), by dataPlane: DataPlane = .masquerade,
        standing: (Target) -> TargetStanding
    ) -> BalancedService {
        let targets = targets(of: service, on: nodes)
        var memory = DirectReturnMemory()
        return translate(
            service, among: targets, standings: targets.all.map(standing),
            holdsRefusals: holdsRefusals, protection: protection, by: dataPlane, &memory)
    }
}

/// A host through whose planned tables packets are walked.
struct TracedHost {
    private let ruleset: Ruleset
    private let addresses: Set<IPAddress>

    init(_ table: ForwardingTable, addresses: [IPAddress]) {
        ruleset = table.ruleset
        self.addresses = Set(addresses)
    }

    /// What becomes of connections between these, over every choice the kernel can make: backends
    /// (`masq` if the client's address is hidden), `refused`, `dropped`, or `untouched`.
    func fates(
        _ transport: TransportProtocol = .tcp, from source: String, to destination: String
    ) throws -> [String] {
        var fates: Set<String> = []
        for choice in 0..<8 as Range<UInt32> {
            var walk = try walk(for: destination, choosing: KernelChoice(choice))
            fates.insert(try fate(transport, from: source, to: destination, &walk))
        }
        return fates.sorted()
    }

    /// What becomes of one connection, in a walk that remembers those before it.
    func fate(
        _ transport: TransportProtocol = .tcp, from source: String, to destination: String,
        _ walk: inout PacketWalk
    ) throws -> String {
        let client = try #require(IPAddress(source))
        let packet = Packet(
            transport, from: SocketEndpoint(address: client, port: try #require(Port(40_000))),
            to: try #require(SocketEndpoint(destination)))
        let origin: PacketWalk.Origin = addresses.contains(client) ? .thisHost : .network
        switch walk.walk(packet, from: origin).outcome {
        case .delivered(let end, _) where end == packet.originalDestination: return "untouched"
        case .delivered(let end, let isMasqueraded): return "\(end)\(isMasqueraded ? " masq" : "")"
        case .refused: return "refused"
        case .dropped: return "dropped"
        case .forwarded(let node): return "as it is to \(node)"
        }
    }

    /// A walk in which the kernel picks the slot that was chosen for it.
    func walk(for destination: String, choosing choice: KernelChoice) throws -> PacketWalk {
        let family = try #require(SocketEndpoint(destination)).address.family
        let table = try #require(
            ruleset.tables.values.first { $0.id.family.addressFamily == family })
        return PacketWalk(through: table, localAddresses: addresses) { count in
            choice.slot.withLock { $0 % count }
        }
    }
}

/// The slot that the kernel picks, modulo their number; it may be changed between two packets.
final class KernelChoice: Sendable {
    let slot: Mutex<UInt32>

    init(_ slot: UInt32) {
        self.slot = Mutex(slot)
    }
}
