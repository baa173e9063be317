import KubeAPI
import Testing

@testable import Admission

@Suite("what of a ledger is decided about anew")
struct IngressWakeTests {
    private var world = IngressWorld()
    private var ledger: IngressLedger

    init() throws {
        ledger = IngressLedger(IngressPolicy(blocks: [try block("198.51.100.1/32")]))
        world.apply(balanced("a", created: "2026-01-31T12:00:00Z"))
        world.apply(balanced("b", created: "2026-01-31T12:00:01Z"))
        #expect(Array(ledger.settle(&world).keys) == ["b"])
    }

    @Test("a Service that comes again as it was wakes nobody who waits for an address")
    mutating func unchanged() throws {
        let served = try #require(world.services[key("a")])
        for _ in 0..<2 {
            ledger.upsert(served)
            #expect(ledger.takeUndecided() == [key("a")])
            #expect(ledger.decide(key("a")) == .nothing)
        }
    }

    @Test("a Service that gives its address back wakes those who wait")
    mutating func givenBack() throws {
        world.delete(key("a"))
        ledger.delete(key("a"))
        #expect(ledger.takeUndecided() == [key("b")])
        guard case .write(let write) = ledger.decide(key("b")) else {
            Issue.record("b gets the address")
            return
        }
        #expect(write.ingress.map(\.ip) == ["198.51.100.1"])
    }

    @Test("a Service that was read again, and is not in the next list, is gone")
    mutating func readAgain() throws {
        let served = try #require(world.services[key("a")])
        ledger.keep(key("a"))
        ledger.upsert(served)
        ledger.replace([])
        #expect(!ledger.knows(key("a")))
    }
}
