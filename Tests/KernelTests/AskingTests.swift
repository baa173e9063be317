import Addressing
import Netfilter
import Ruleset
import Support
import Testing

/// Asking the kernel for what it should hold, instead of having everything listed.
@Suite("Asking for elements")
struct AskingTests {
    private let id = TableID(.ip, "sluice")
    private let services = SetDeclaration(
        "services", key: DataPlane.frontend, value: .verdict, hasCounter: true)
    private let endpoints = SetDeclaration(
        "endpoints", key: DataPlane.slot, value: .data(DataPlane.backend), hasCounter: true)

    private func services(_ numbers: Range<Int>) -> [Element] {
        numbers.map {
            Element(
                ElementData(.ip, $0, .tcp, 80), value: .verdict(.goto("random")),
                comment: "default/service-\($0)")
        }
    }

    private func endpoints(_ numbers: Range<Int>, port: UInt32 = 8080) -> [Element] {
        numbers.map {
            Element(
                ElementData(.ip, $0, .tcp, 80).with(slot: 0),
                value: .data(ElementData(.ip, $0, port: port)))
        }
    }

    private func table(_ count: Int, endpoints endpointCount: Int? = nil) -> Table {
        Table(
            id, chains: [Chain("random")],
            sets: [
                ElementSet(services, elements: services(0..<count)),
                ElementSet(endpoints, elements: endpoints(0..<(endpointCount ?? count))),
            ])
    }

    @Test("a set holds what it was given, over several questions, and nothing else")
    func holds() throws {
        var kernel = try Kernel()
        try kernel.load(table(1_000))
        guard try kernel.socket.elementCount(of: id, in: services) != nil else { return }
        #expect(try kernel.socket.elementCount(of: id, in: endpoints) == 1_000)
        for (set, elements) in [(services, services), (endpoints, { endpoints($0) })] {
            let range = 0..<1_000
            let isEqual = try kernel.socket.holds(
                ElementSet(set, elements: elements(range)), in: id)
            #expect(isEqual)
            // One less, one more, and as many of which one is another.
            for range in [0..<999, 0..<1_001, 1..<1_001] {
                let isEqual = try kernel.socket.holds(
                    ElementSet(set, elements: elements(range)), in: id)
                #expect(!isEqual, "\(set.name) \(range)")
            }
        }
    }

    @Test("another value, another verdict and another comment are noticed")
    func values() throws {
        var kernel = try Kernel()
        try kernel.load(table(10))
        let key = ElementData(.ip, 9, .tcp, 80)
        for (set, other) in [
            (endpoints, endpoints(9..<10, port: 8081)[0]),
            (services, Element(key, value: .verdict(.drop), comment: "default/service-9")),
            (services, Element(key, value: .verdict(.goto("random")), comment: "default/other")),
        ] {
            #expect(try kernel.socket.finds(endpoints(8..<9), of: id, in: endpoints))
            #expect(try !kernel.socket.finds([other], of: id, in: set), "\(other)")
        }
    }

    @Test("a set that is not there is told, and holds nothing")
    func missing() throws {
        var kernel = try Kernel()
        try kernel.load(table(1))
        let other = SetDeclaration("other", key: DataPlane.frontend)
        #expect(throws: NetfilterError.self) {
            try kernel.socket.elementCount(of: id, in: other)
        }
        #expect(try !kernel.socket.finds(services(0..<1), of: id, in: other))
    }

    @Test("reading with a wrong expectation reads what is there", arguments: [true, false])
    func expectation(isRight: Bool) throws {
        var kernel = try Kernel()
        let truth = table(10, endpoints: 50_000)
        try kernel.load(truth)
        var expected = truth
        if !isRight {
            let key = ElementData(.ip, 7, .tcp, 80).with(slot: 0)
            expected.sets["endpoints"]?.elements[key] = endpoints(7..<8, port: 1)[0]
        }
        let found = try kernel.socket.read([id], expecting: Ruleset([expected]))
        #expect(found == Ruleset([truth]))
    }
}
