import Addressing
import Testing

@testable import Netfilter

/// Real connections through rules that translate a VIP to a node that answers and to one that
/// does not, and what can be told about them and deleted.
@Suite("Conntrack")
struct NetworkConntrackTests {
    /// The ends of a family's connections; see `NetworkLab`.
    struct Ends {
        let family: IPFamily
        let virtual: IPAddress
        let answering: IPAddress
        let silent: IPAddress

        init(_ family: IPFamily) throws {
            self.family = family
            virtual = try address(family == .v4 ? "198.51.100.1" : "fd00:198::1")
            answering = try address(family == .v4 ? "192.168.50.1" : "fd00:50::1")
            silent = try address(family == .v4 ? "192.168.50.2" : "fd00:50::2")
        }

        /// VIP ports below 90 go to the answering node, the others to the silent one; the node's
        /// port is 8000 higher.
        var rules: String {
            let ip = family == .v4 ? "ip" : "ip6"
            let form = family == .v4 ? ("", "") : ("[", "]")
            let lines = [80, 81, 90, 91].flatMap { port in
                ["tcp", "udp"].map { transport in
                    let node = form.0 + "\(port < 90 ? answering : silent)" + form.1
                    return "\(ip) daddr \(virtual) \(transport) dport \(port) "
                        + "dnat to \(node):\(port + 8000)"
                }
            }
            return """
                table \(ip) translation {
                    chain prerouting {
                        type nat hook prerouting priority dstnat
                        \(lines.joined(separator: "\n"))
                    }
                }
                """
        }

        func frontend(_ port: Int) throws -> SocketEndpoint {
            SocketEndpoint(address: virtual, port: try #require(Port(port)))
        }

        func backend(_ port: Int) throws -> SocketEndpoint {
            SocketEndpoint(
                address: port < 90 ? answering : silent, port: try #require(Port(port + 8000)))
        }
    }

    /// Leaves one flow of each kind in the router's table: answered TCP and UDP to port 80,
    /// unanswered ones to 90.
    private func makeFlows(_ lab: NetworkLab, _ ends: Ends) throws {
        for transport in [TransportProtocol.tcp, .udp] {
            let server = try NetworkTestSocket(transport, ends.family, in: lab.router)
            try server.serve(ends.backend(80), transport)
            let answered = try NetworkTestSocket(transport, ends.family, in: lab.client)
            try #require(try answered.connect(to: ends.frontend(80)))
            if transport == .udp {
                try answered.send()
                try server.answer()
                try answered.receive()
            }
            let unanswered = try NetworkTestSocket(transport, ends.family, in: lab.client)
            try unanswered.beginConnecting(to: ends.frontend(90))
            if transport == .udp { try unanswered.send() }
        }
    }

    @Test(
        "a flow tells both directions, its translation and its state", arguments: IPFamily.allCases)
    func flowsAreTold(family: IPFamily) throws {
        let lab = try NetworkLab()
        let ends = try Ends(family)
        try lab.loadRules(ends.rules)
        try makeFlows(lab, ends)
        var conntrack = try ConntrackSocket(inNamespace: lab.router)

        let filter = FlowFilter(transport: .tcp, frontend: try ends.frontend(90))
        let flows = try conntrack.flows(matching: filter)
        let flow = try #require(flows.first)
        #expect(flows.count == 1)
        #expect(flow.family == family)
        #expect(
            flow.original.source == (try address(family == .v4 ? "203.0.113.10" : "fd00:203::10")))
        #expect(flow.frontend == (try ends.frontend(90)))
        #expect(flow.backend == (try ends.backend(90)))
        #expect(flow.reply.destinationPort == flow.original.sourcePort)
        #expect(flow.status.contains(.destinationNAT))
        #expect(flow.tcpState == .synSent)
        #expect(flow.isUnanswered)

        let answered = try conntrack.flows(matching: FlowFilter(frontend: ends.frontend(80)))
        #expect(Set(answered.map(\.transport)) == [.tcp, .udp])
        #expect(answered.allSatisfy { $0.status.contains(.seenReply) && !$0.isUnanswered })
        #expect(answered.allSatisfy { ($0.tcpState == nil) == ($0.transport == .udp) })
    }

    @Test("the dead node's unanswered flows go, all others stay", arguments: IPFamily.allCases)
    func deadNode(family: IPFamily) throws {
        let lab = try NetworkLab()
        let ends = try Ends(family)
        try lab.loadRules(ends.rules)
        try makeFlows(lab, ends)
        var conntrack = try ConntrackSocket(inNamespace: lab.router)

        let dead = FlowFilter(backendAddress: ends.silent, onlyUnanswered: true)
        let others = Set(try conntrack.flows()).subtracting(try conntrack.flows(matching: dead))
        #expect(try conntrack.delete(where: dead) == 2)
        #expect(Set(try conntrack.flows()) == others)
        #expect(try conntrack.delete(where: dead) == 0)

        let living = FlowFilter(backendAddress: ends.answering, onlyUnanswered: true)
        #expect(try conntrack.delete(where: living) == 0)
        #expect(try conntrack.delete(where: FlowFilter(backendAddress: ends.answering)) == 2)
    }

    @Test("the text tells what netlink tells, but for identities", arguments: IPFamily.allCases)
    func textTellsTheSame(family: IPFamily) throws {
        let lab = try NetworkLab()
        let ends = try Ends(family)
        try lab.loadRules(ends.rules)
        try makeFlows(lab, ends)
        var conntrack = try ConntrackSocket(inNamespace: lab.router)
        let told: FlowStatus = [.seenReply, .assured, .confirmed, .sourceNAT, .destinationNAT]
        let text = try #require(try ConntrackText(namespace: lab.router).flows())
        let wanted = try conntrack.flows().map { flow in
            Flow(
                transport: flow.transport, original: flow.original, reply: flow.reply,
                status: flow.status.intersection(told), tcpState: flow.tcpState, id: 0,
                zone: flow.zone)
        }
        #expect(Set(text) == Set(wanted))
        #expect(text.filter { $0.frontend?.address == ends.virtual }.count == 4)
    }

    @Test("transport, frontend and backend all have to agree", arguments: IPFamily.allCases)
    func allHaveToAgree(family: IPFamily) throws {
        let lab = try NetworkLab()
        let ends = try Ends(family)
        try lab.loadRules(ends.rules)
        try makeFlows(lab, ends)
        var conntrack = try ConntrackSocket(inNamespace: lab.router)

        for (front, back) in [(80, 90), (90, 80), (81, 80), (80, 81)] {
            let wrong = FlowFilter(
                frontend: try ends.frontend(front), backend: try ends.backend(back))
            #expect(try conntrack.delete(where: wrong) == 0)
        }
        let right = FlowFilter(
            transport: .udp, frontend: try ends.frontend(80), backend: try ends.backend(80))
        #expect(try conntrack.delete(where: right) == 1)
        let left = try conntrack.flows(matching: FlowFilter(frontend: ends.frontend(80)))
        #expect(left.map(\.transport) == [.tcp])
    }

    @Test(
        "many filters of both families act at once, by text, with and without the kernel's help",
        arguments: [(true, ConntrackText.maximumFlows), (true, 0), (false, 0)])
    func manyFilters(filtersInKernel: Bool, mostFlowsAsText: Int) throws {
        let lab = try NetworkLab()
        var filters: [FlowFilter] = []
        for family in IPFamily.allCases {
            let ends = try Ends(family)
            try lab.loadRules(ends.rules)
            try makeFlows(lab, ends)
            filters += [
                FlowFilter(transport: .udp, backend: try ends.backend(80)),
                FlowFilter(transport: .tcp, backendAddress: ends.silent, onlyUnanswered: true),
                FlowFilter(transport: .udp, frontend: try ends.frontend(81)),
            ]
        }
        var conntrack = try ConntrackSocket(inNamespace: lab.router)
        conntrack.filtersInKernel = filtersInKernel
        conntrack.mostFlowsAsText = mostFlowsAsText
        let before = try conntrack.flows().count
        // Both families have the transport in common, which the kernel can narrow by.
        let udp = filters.filter { $0.transport == .udp }
        #expect(Set(try conntrack.flows(anyOf: udp).map(\.family)) == Set(IPFamily.allCases))
        #expect(try conntrack.delete(anyOf: filters) == 4)
        #expect(try conntrack.flows().count == before - 4)
        #expect(try conntrack.delete(anyOf: []) == 0)
    }

    @Test("more flows than fit one datagram go, and the count falls by as many")
    func manyFlows() throws {
        let lab = try NetworkLab()
        let ends = try Ends(.v4)
        try lab.loadRules(ends.rules)
        for _ in 0..<300 {
            let client = try NetworkTestSocket(.udp, .v4, in: lab.client)
            try client.beginConnecting(to: ends.frontend(90))
            try client.send()
        }
        var conntrack = try ConntrackSocket(inNamespace: lab.router)
        let full = try conntrack.usage()
        let deleted = try conntrack.delete(where: FlowFilter(frontend: ends.frontend(90)))
        // Two of the clients may have had the same port.
        #expect(deleted == full.count)
        #expect(deleted > 256)
        #expect(try conntrack.usage().count == full.count - deleted)
        #expect(full.limit >= full.count)
    }

    @Test("a later flow between the same ends survives the deletion of an earlier one")
    func laterFlow() throws {
        let lab = try NetworkLab()
        let ends = try Ends(.v4)
        try lab.loadRules(ends.rules)
        try makeFlows(lab, ends)
        var conntrack = try ConntrackSocket(inNamespace: lab.router)
        let silent = FlowFilter(transport: .udp, backendAddress: ends.silent)
        let flow = try #require(try conntrack.flows(matching: silent).first)
        let earlier = Flow(
            transport: flow.transport, original: flow.original, reply: flow.reply,
            status: flow.status, tcpState: nil, id: flow.id &+ 1, zone: flow.zone)

        var socket = try NetworkSocket(protocolNumber: 12, inNamespace: lab.router)
        var refusals: [Int32] = []
        var places: [Int] = []
        try socket.perform([earlier, flow, flow].map(ConntrackMessage.delete)) { place, code in
            refusals.append(code)
            places.append(place)
        }
        #expect(refusals == [2, 2])  // the earlier one, and the flow itself the second time
        #expect(places == [0, 2])
        #expect(try conntrack.flows(matching: silent).isEmpty)
    }

    @Test("a namespace that is not there is an error that says so")
    func noNamespace() throws {
        let error = #expect(throws: NetworkError.self) {
            _ = try ConntrackSocket(inNamespace: "network-nowhere")
        }
        #expect(error?.isNotFound == true)
        #expect(
            error?.description
                == "could not open a socket in the network namespace network-nowhere: "
                + "No such file or directory (errno 2)")
    }
}
