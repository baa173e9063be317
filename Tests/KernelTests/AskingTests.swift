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

    @Test("what a set was given is found, over several questions, and what it was not is not")
    func finds() throws {
        var kernel = try Kernel()
        try kernel.load(table(1_000))
        for (set, elements) in [(services, services), (endpoints, { endpoints($0) })] {
            if let count = try kernel.socket.elementCount(of: id, in: set) {
                #expect(count == 1_000)
            }
            #expect(try kernel.socket.finds(elements(0..<1_000), of: id, in: set))
            #expect(try !kernel.socket.finds(elements(1..<1_001), of: id, in: set))
            let wanted = elements(0..<1_000)
            let found = try kernel.socket.elements(underKeysOf: wanted, of: id, in: set)
            #expect(found == wanted)
        }
    }

    @Test("between elements that are not there those that are keep their places")
    func gaps() throws {
        var kernel = try Kernel()
        let all = endpoints(0..<2_000)
        var random = SplitMix(seed: 7)
        for percent in [0, 1, 50, 99, 100] {
            let there = all.filter { _ in random.chance(percent) }
            var kernelOfThese = try Kernel()
            try kernelOfThese.load(Table(id, sets: [ElementSet(endpoints, elements: there)]))
            let found = try kernelOfThese.socket.elements(
                underKeysOf: all, of: id, in: endpoints)
            let keys = Set(there.map(\.key))
            #expect(found == all.map { keys.contains($0.key) ? $0 : nil })
        }
        // What is under a key is told as it is, not as it was asked for.
        try kernel.load(table(10))
        let others = endpoints(0..<10, port: 9_999)
        #expect(
            try kernel.socket.elements(underKeysOf: others, of: id, in: endpoints)
                == endpoints(0..<10))
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
        #expect(
            try kernel.socket.elements(underKeysOf: services(0..<3), of: id, in: other)
                == [nil, nil, nil])
    }

    @Test("sets that are left out read as empty, with their declarations")
    func leftOut() throws {
        var kernel = try Kernel()
        var expected = table(10)
        try kernel.load(expected)
        let found = try kernel.socket.read([id], leavingOut: [id: ["endpoints"]])
        expected.sets["endpoints"]?.elements = [:]
        #expect(found == Ruleset([expected]))
    }
}
