import Addressing
import Forwarding
import Netfilter
import Support
import TableSync
import Testing

@Suite("Clients of whole Services, with real packets")
struct ServiceAffinityPacketTests {
    /// TCP and UDP at each of the lab's frontends, which share what they remember.
    private func entries(to pods: [Int], _ family: IPFamily) -> [ForwardingEntry] {
        LabFrontend.allCases.flatMap { frontend in
            [(TransportProtocol.tcp, 8080), (.udp, 9090)].map { transport, port in
                var entry = frontend.entry(
                    transport, to: pods.map { labPod($0, family, port: port) }, family)
                entry.affinitySeconds = 600
                entry.affinityService = LabFrontend.clusterIP.socket(family).address
                return entry
            }
        }
    }

    /// Where new connections from a host to each frontend are sent, each made twice.
    private func backends(
        _ lab: FlowLab, _ family: IPFamily, from host: NetworkNamespace, waits: Bool = false
    ) async throws -> Set<SocketEndpoint> {
        let all = [FlowFilter(transport: .tcp), FlowFilter(transport: .udp)]
        _ = try await lab.cleaner.delete(lab.cleaner.flows(anyOf: all))
        var sockets: [LabSocket] = []
        for frontend in LabFrontend.allCases + LabFrontend.allCases {
            for transport in [TransportProtocol.tcp, .udp] {
                let socket = try LabSocket(transport, family, in: host)
                socket.connect(to: frontend.socket(family), waits: waits)
                if transport == .udp { socket.send() }
                sockets.append(socket)
            }
        }
        let flows = try await lab.cleaner.flows(anyOf: all)
        // A socket that is closed would leave no trace of its attempt.
        #expect(sockets.count == 2 * 2 * LabFrontend.allCases.count)
        return Set(flows.compactMap(\.backend))
    }

    /// One address, with the target port of each transport.
    private func isOne(_ backends: Set<SocketEndpoint>) -> Bool {
        Set(backends.map(\.address)).count == 1
            && Set(backends.map(\.port.rawValue)) == [8080, 9090]
    }

    @Test(
        "one endpoint serves a client at all frontends; it moves when that goes, and on restart stays",
        arguments: IPFamily.allCases)
    func life(family: IPFamily) async throws {
        let lab = try FlowLab()
        var pods = [91, 92, 93, 94]
        try await lab.start(entries(to: pods, family))
        let first = try await backends(lab, family, from: lab.client)
        #expect(isOne(first), "\(first)")
        #expect(try await backends(lab, family, from: lab.client) == first)

        let gone = try #require(first.first?.address)
        pods.removeAll { labPod($0, family).address == gone }
        _ = try await lab.writer.write([(identity("web"), entries(to: pods, family))])
        #expect(try await lab.writer.sweepAffinity(isLast: true) == 1)
        let second = try await backends(lab, family, from: lab.client)
        #expect(isOne(second), "\(second)")
        #expect(!second.contains { $0.address == gone })

        _ = try await lab.writer.sweepIdleChains()
        let writer = try ForwardingWriter(
            layout: ForwardingLayout(role: .node), inNamespace: lab.node.name)
        let report = try await writer.start(
            [identity("web"): entries(to: pods, family)], surroundings: FlowLab.surroundings)
        #expect(report.changeCount == 0)
        #expect(try await backends(lab, family, from: lab.client) == second)
    }

    @Test(
        "pods on the node, and clients on the node, are no exception", arguments: IPFamily.allCases)
    func local(family: IPFamily) async throws {
        let lab = try FlowLab()
        var servers: [LabSocket] = []
        for pod in 2...4 {
            for (transport, port) in [(TransportProtocol.tcp, 8080), (.udp, 9090)] {
                let server = try LabSocket(transport, family, in: lab.node)
                try server.serve(labPod(pod, family, port: port), transport)
                servers.append(server)
            }
        }
        try await lab.start(entries(to: [2, 3, 4], family))
        for host in [lab.client, lab.node] {
            let backends = try await backends(lab, family, from: host, waits: true)
            #expect(isOne(backends), "\(backends)")
        }
        #expect(servers.count == 6)
    }
}
