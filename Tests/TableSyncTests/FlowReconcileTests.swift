import Addressing
import Forwarding
import Netfilter
import Support
import TableSync
import Testing

/// Real packets on flows that changes leave behind.
@Suite("Tracked flows and what becomes of them")
struct FlowReconcileTests {
    /// Who sends, to which kind of frontend, over which family.
    struct Way: CustomStringConvertible {
        let frontend: LabFrontend
        let family: IPFamily
        let isHostNetwork: Bool

        var description: String {
            "\(frontend) \(family) from \(isHostNetwork ? "the node" : "outside")"
        }
    }

    static let ways = LabFrontend.allCases.flatMap { frontend in
        IPFamily.allCases.flatMap { family in
            [false, true].map { Way(frontend: frontend, family: family, isHostNetwork: $0) }
        }
    }

    /// A lab with a UDP socket in each of some pods, and a client with a port of its own.
    private struct Conversation {
        let lab: FlowLab
        let way: Way
        let client: LabSocket
        private let pods: [SocketEndpoint: LabSocket]

        init(_ way: Way, pods numbers: [Int], port: Int = 8080) throws {
            self.way = way
            lab = try FlowLab()
            var pods: [SocketEndpoint: LabSocket] = [:]
            for number in numbers {
                for port in Set([8080, port]) {
                    let pod = labPod(number, way.family, port: port)
                    let socket = try LabSocket(.udp, way.family, in: lab.node)
                    try socket.serve(pod, .udp)
                    pods[pod] = socket
                }
            }
            self.pods = pods
            client = try LabSocket(
                .udp, way.family, in: way.isHostNetwork ? lab.node : lab.client)
            client.connect(to: way.frontend.socket(way.family))
        }

        func entries(_ numbers: [Int], port: Int = 8080) -> [ForwardingEntry] {
            let pods = numbers.map { labPod($0, way.family, port: port) }
            return [way.frontend.entry(.udp, to: pods, way.family)]
        }

        /// Whether what the client sends now reaches the pod.
        func reaches(_ number: Int, port: Int = 8080, isExpected: Bool = true) throws -> Bool {
            client.send()
            let pod = labPod(number, way.family, port: port)
            return try #require(pods[pod]).receives(awaited: isExpected)
        }
    }

    @Test(
        "109, 110, 112: a UDP client that keeps its port reaches the endpoint that replaced its own",
        arguments: ways)
    func replaced(way: Way) async throws {
        let talk = try Conversation(way, pods: [2, 3])
        try await talk.lab.start(talk.entries([2]))
        #expect(try talk.reaches(2))
        #expect(try await talk.lab.replace(talk.entries([3])) == [.backendGone: 1])
        #expect(try talk.reaches(3))
    }

    @Test("113: the same with no endpoint in between, and nobody reaches the old one meanwhile")
    func zeroInBetween() async throws {
        for way in Self.ways where !way.isHostNetwork {
            let talk = try Conversation(way, pods: [2, 3])
            try await talk.lab.start(talk.entries([2]))
            #expect(try talk.reaches(2), "\(way)")
            #expect(try await talk.lab.replace(talk.entries([])) == [.backendGone: 1], "\(way)")
            #expect(try !talk.reaches(2, isExpected: false), "\(way)")
            #expect(try await talk.lab.replace(talk.entries([3])) == [:], "\(way)")
            #expect(try talk.reaches(3), "\(way)")
        }
    }

    @Test("115: a changed target port moves the flow", arguments: ways.filter { !$0.isHostNetwork })
    func targetPort(way: Way) async throws {
        let talk = try Conversation(way, pods: [2], port: 8081)
        try await talk.lab.start(talk.entries([2]))
        #expect(try talk.reaches(2))
        #expect(
            try await talk.lab.replace(talk.entries([2], port: 8081)) == [.backendGone: 1])
        #expect(try talk.reaches(2, port: 8081))
    }

    @Test(
        "114: a flow that began before the Service was there is translated afterwards",
        arguments: ways.filter { $0.frontend != .clusterIP })
    func beforeTheService(way: Way) async throws {
        let talk = try Conversation(way, pods: [2])
        try await talk.lab.start([])
        talk.client.send()
        talk.client.send()
        #expect(try await talk.lab.replace(talk.entries([2])) == [.untranslated: 1])
        #expect(try talk.reaches(2))
    }

    @Test(
        "114: the same where there were no tables at all, by the look after a start",
        arguments: ways)
    func beforeTheTables(way: Way) async throws {
        let talk = try Conversation(way, pods: [2])
        // What translates nothing loads conntrack all the same.
        try talk.lab.node.nft(
            "-f", "-",
            input: """
                table inet other {
                    chain tracked { type filter hook input priority 0; ct state new accept; }
                }
                """)
        talk.client.send()
        talk.client.send()
        try await talk.lab.start(talk.entries([2]))
        #expect(try await talk.lab.audit() == [.untranslated: 1])
        #expect(try talk.reaches(2))
        #expect(try await talk.lab.audit() == [:])
    }

    @Test("116: a start leaves the flows of endpoints that are still there", arguments: ways)
    func restart(way: Way) async throws {
        let talk = try Conversation(way, pods: [2, 3])
        try await talk.lab.start(talk.entries([2]))
        #expect(try talk.reaches(2))
        let report = try await talk.lab.start(talk.entries([2, 3]))
        #expect(try await talk.lab.cleaner.delete(anyOf: report.staleFlows) == 0)
        #expect(try await talk.lab.audit() == [:])
        #expect(try talk.reaches(2))
    }

    @Test(
        "flows of a ClusterIP that went are found after a kill, and those of others are not",
        arguments: ways.filter { $0.frontend == .clusterIP })
    func orphans(way: Way) async throws {
        let talk = try Conversation(way, pods: [2])
        try await talk.lab.start(talk.entries([2]))
        #expect(try talk.reaches(2))
        // What a proxy leaves that is killed between the commit and the deletion of flows.
        _ = try await talk.lab.writer.write([(identity("web"), [])])
        let report = try await talk.lab.start([])
        #expect(report.staleFlows.isEmpty)
        let address = way.frontend.socket(way.family).address
        #expect(try await talk.lab.audit(others: [address]) == [:])
        #expect(try await talk.lab.audit() == [.backendGone: 1])
        #expect(try !talk.reaches(2, isExpected: false))
    }

    @Test(
        "a translated flow that goes to no ClusterIP may be anybody's, and is left alone",
        arguments: ways.filter { $0.frontend != .clusterIP })
    func translatedByOthers(way: Way) async throws {
        let talk = try Conversation(way, pods: [2])
        try await talk.lab.start(talk.entries([2]))
        #expect(try talk.reaches(2))
        _ = try await talk.lab.writer.write([(identity("web"), [])])
        try await talk.lab.start([])
        #expect(try await talk.lab.audit() == [:])
    }

    @Test(
        "one that goes where our tables are known to have served UDP is found after a kill",
        arguments: ways.filter { $0.frontend != .clusterIP })
    func orphansOutside(way: Way) async throws {
        let talk = try Conversation(way, pods: [2])
        try await talk.lab.start(talk.entries([2]))
        #expect(try talk.reaches(2))
        _ = try await talk.lab.writer.write([(identity("web"), [])])
        try await talk.lab.start([])
        let place = way.frontend.socket(way.family)
        let beside = SocketEndpoint(address: place.address, port: try #require(Port(999)))
        #expect(try await talk.lab.audit(formerly: [beside]) == [:])
        #expect(try await talk.lab.audit(formerly: [place]) == [.backendGone: 1])
        #expect(try !talk.reaches(2, isExpected: false))
        // What the client's next packet begins is not translated, and nobody's to delete.
        #expect(try await talk.lab.audit(formerly: [place]) == [:])
    }

    @Test("flows that lead elsewhere, and flows to nothing of ours, are left alone")
    func unrelated() async throws {
        let way = Way(frontend: .nodePort, family: .v4, isHostNetwork: false)
        let talk = try Conversation(way, pods: [2, 3])
        try await talk.lab.start(talk.entries([2]))
        #expect(try talk.reaches(2))
        // The pod itself, another port of the node, and the same port of another protocol.
        for place in [labPod(2, .v4), socket("192.168.50.1:30081")] {
            let other = try LabSocket(.udp, .v4, in: talk.lab.client)
            other.connect(to: place)
            other.send()
        }
        let tcp = try LabSocket(.tcp, .v4, in: talk.lab.client)
        tcp.connect(to: socket("10.244.9.1:80"), waits: false)
        var conntrack = try ConntrackSocket(inNamespace: talk.lab.node.name)
        let before = Set(try conntrack.flows().map(\.id))
        #expect(before.count == 4)
        #expect(try await talk.lab.replace(talk.entries([3])) == [.backendGone: 1])
        #expect(try await talk.lab.audit() == [:])
        #expect(before.subtracting(try conntrack.flows().map(\.id)).count == 1)
    }

    @Test("119: an established TCP connection to a removed endpoint goes on", arguments: ways)
    func established(way: Way) async throws {
        let lab = try FlowLab()
        let pod = labPod(2, way.family)
        let server = try LabSocket(.tcp, way.family, in: lab.node)
        try server.serve(pod, .tcp)
        try await lab.start([way.frontend.entry(.tcp, to: [pod], way.family)])
        let client = try LabSocket(
            .tcp, way.family, in: way.isHostNetwork ? lab.node : lab.client)
        #expect(client.connect(to: way.frontend.socket(way.family)))
        #expect(try await lab.replace([way.frontend.entry(.tcp, to: [], way.family)]) == [:])
        #expect(try await lab.audit() == [:])
        client.send()
        #expect(server.acceptsByte())
    }

    @Test(
        "a TCP connection that its endpoint never answered is cut when the endpoint goes",
        arguments: ways)
    func unanswered(way: Way) async throws {
        let lab = try FlowLab()
        let entry = way.frontend.entry(.tcp, to: [labPod(90, way.family)], way.family)
        try await lab.start([entry])
        let client = try LabSocket(
            .tcp, way.family, in: way.isHostNetwork ? lab.node : lab.client)
        client.connect(to: way.frontend.socket(way.family), waits: false)
        var conntrack = try ConntrackSocket(inNamespace: lab.node.name)
        #expect(try eventually { try conntrack.flows().count == 1 })
        #expect(
            try await lab.replace([
                way.frontend.entry(.tcp, to: [labPod(2, way.family)], way.family)
            ])
                == [.unanswered: 1])
    }
}
