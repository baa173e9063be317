import Addressing
import Fixtures
import Forwarding
import Ruleset
import Synchronization

/// Who begins a connection, seen from the example node.
enum Side: CaseIterable {
    case localPod, thisHost, remotePod, otherNode, client

    func address(in places: ExamplePlaces) -> IPAddress {
        switch self {
        case .localPod: places.localPod(4)
        case .thisHost: places.node
        case .remotePod: places.remotePod(9)
        case .otherNode: places.otherNode
        case .client: places.client
        }
    }

    var origin: PacketWalk.Origin { self == .thisHost ? .thisHost : .network }
}

/// What became of connections that differ in nothing but the kernel's random choice.
struct Connections: Equatable {
    var backends: Set<SocketEndpoint> = []
    var masqueraded: Set<Bool> = []
    var others: Set<PacketOutcome> = []

    /// All of them reach these backends, each backend at least once.
    static func reach(_ backends: [SocketEndpoint], masqueraded: Bool) -> Connections {
        Connections(backends: Set(backends), masqueraded: [masqueraded])
    }

    /// None reaches a backend; all end in this way.
    static func end(_ outcome: PacketOutcome) -> Connections { Connections(others: [outcome]) }
}

/// The example node, through whose planned table packets are walked.
struct TracedNode {
    let services: ExampleServices
    let table: Table

    var places: ExamplePlaces { services.places }

    init(_ family: IPFamily, _ forwarding: ForwardingTable = ExampleServices.table()) {
        services = ExampleServices(family)
        let id = TableID(TableFamily(family), "sluice")
        guard let table = forwarding.ruleset.tables[id] else {
            preconditionFailure("a node has a table \(id)")
        }
        self.table = table
    }

    /// Node port and load balancer address of an example.
    func externals(of number: Int) -> [(address: IPAddress, port: UInt16)] {
        [(places.node, UInt16(30_070 + number)), (places.loadBalancerIP(number), 80)]
    }

    /// A walk in which the kernel's random choice is always `slot`, or the last there is.
    func walk(slot: UInt32 = 0) -> PacketWalk {
        PacketWalk(through: table, localAddresses: [places.node]) { min(slot, $0 - 1) }
    }

    /// A walk in which the kernel's random choices are 0, 1, 2 and so on, over all connections.
    func walkInTurn() -> PacketWalk {
        let turn = Turn()
        return PacketWalk(through: table, localAddresses: [places.node]) { turn.next() % $0 }
    }

    private final class Turn: Sendable {
        private let count = Mutex<UInt32>(0)

        func next() -> UInt32 {
            count.withLock { count in
                defer { count += 1 }
                return count
            }
        }
    }

    /// The first packet of a connection.
    func packet(
        _ transport: TransportProtocol = .tcp, from source: IPAddress, to destination: IPAddress,
        port number: UInt16 = 80
    ) -> Packet {
        Packet(transport, from: endpoint(source, 40_000), to: endpoint(destination, number))
    }

    /// What becomes of connections from one side, over every choice the kernel can make.
    func connections(
        _ transport: TransportProtocol = .tcp, from side: Side, to destination: IPAddress,
        port number: UInt16 = 80
    ) -> Connections {
        connections(
            transport, from: side.address(in: places), side.origin, to: destination, port: number)
    }

    /// What becomes of connections from one address, over every choice the kernel can make.
    func connections(
        _ transport: TransportProtocol = .tcp, from source: IPAddress,
        _ origin: PacketWalk.Origin = .network, to destination: IPAddress, port number: UInt16 = 80
    ) -> Connections {
        var result = Connections()
        for slot in 0..<4 as Range<UInt32> {
            var walk = walk(slot: slot)
            let packet = packet(transport, from: source, to: destination, port: number)
            let outcome = walk.walk(packet, from: origin).outcome
            if case .delivered(let backend, let isMasqueraded) = outcome {
                result.backends.insert(backend)
                result.masqueraded.insert(isMasqueraded)
            } else {
                result.others.insert(outcome)
            }
        }
        return result
    }
}
