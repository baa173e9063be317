import Addressing
import Netfilter
import Ruleset
import Support
import Testing

/// What the kernel itself writes into sets: counters, and elements of dynamic maps.
@Suite("Traffic")
struct TrafficTests {
    private let id = TableID(.ip, "sluice")
    private let services = SetDeclaration(
        "services", key: DataPlane.frontend, value: .verdict, hasCounter: true)
    private let affinity = SetDeclaration(
        "affinity", key: [.sourceAddress] + DataPlane.frontend, value: .data(DataPlane.backend),
        filling: .byPackets(timeoutSeconds: 600), size: 100)

    private var table: Table {
        Table(
            id,
            chains: [
                Chain("counted"),
                Chain(
                    "output", base: BaseChain(.filter, .output, priority: 0),
                    rules: [
                        Rule(.verdictMap(DataPlane.frontend, map: "services")),
                        Rule(
                            .isProtocol([.tcp, .udp]),
                            .update(
                                set: "affinity", key: [.sourceAddress] + DataPlane.frontend,
                                timeoutSeconds: 300, value: DataPlane.backend)),
                    ]),
            ],
            sets: [
                ElementSet(
                    services,
                    elements: [
                        Element(ElementData(.ip, 10, .udp, 80), value: .verdict(.goto("counted"))),
                        Element(ElementData(.ip, 11, .udp, 80), value: .verdict(.goto("counted"))),
                    ]),
                ElementSet(affinity),
            ])
    }

    private func send(to address: String, times: Int, in namespace: NetworkNamespace) throws {
        let script = """
            ip addr replace 10.96.0.1/24 dev lo
            for _ in $(seq \(times)); do echo hello > /dev/udp/\(address)/80; done
            """
        let output = try namespace.run("bash", "-c", script)
        #expect(output.status == 0, "\(output.complaint)")
    }

    @Test("elements count the packets that matched them, and reading leaves the counts alone")
    func counters() throws {
        var kernel = try Kernel()
        try kernel.load(table)
        try send(to: "10.96.0.10", times: 3, in: kernel.namespace)
        for _ in 0..<2 {
            var counters: [ElementData: ElementCounter] = [:]
            try kernel.socket.forEachCounter(of: id, in: services) { counters[$0.key] = $1 }
            // An IPv4 and a UDP header, and six bytes.
            #expect(
                counters[ElementData(.ip, 10, .udp, 80)] == ElementCounter(packets: 3, bytes: 102))
            #expect(
                counters[ElementData(.ip, 11, .udp, 80)] == ElementCounter(packets: 0, bytes: 0))
            #expect(counters.count == 2)
        }
        #expect(try kernel.tables() == Ruleset([table]))
    }

    @Test("what the kernel learnt is nobody's plan, but can be listed and removed")
    func learnt() throws {
        var kernel = try Kernel()
        try kernel.load(table)
        try send(to: "10.96.0.12", times: 2, in: kernel.namespace)
        #expect(try kernel.tables() == Ruleset([table]))
        var key = ElementData(.ip, 1).with(.ip, 12)
        key.append(TransportProtocol.udp)
        key.append(register: 80 << 16)
        let learnt = Element(key, value: .data(ElementData(.ip, 12, port: 80)))
        #expect(try kernel.socket.elements(of: id, in: affinity) == [learnt])
        try kernel.socket.commit([.removeElements(id, affinity, [learnt])])
        #expect(try kernel.socket.elements(of: id, in: affinity).isEmpty)
    }
}
