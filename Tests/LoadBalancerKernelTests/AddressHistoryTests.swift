import Addressing
import Foundation
import PrometheusMetrics
import Testing

@testable import LoadBalancer

@Suite("What becomes of each address, as metrics")
struct AddressHistoryTests {
    private let registry = PrometheusRegistry()
    private let taken = "198.51.100.10"
    private let free = "fd00:198::10"

    /// The value of a metric of an address; nil if there is none.
    private func value(_ name: String, of address: String, event: String? = nil) -> Double? {
        let labels = "address=\"\(address)\"" + (event.map { ",event=\"\($0)\"" } ?? "")
        let line = PrometheusText.text(of: registry).split(separator: "\n").first {
            $0.hasPrefix("sluice_balancer_address_\(name){\(labels)} ")
        }
        return line?.split(separator: " ").last.flatMap { Double($0) }
    }

    private func count(_ event: AddressHistory.Event, of address: String) -> Double? {
        value("events_total", of: address, event: event.rawValue)
    }

    private func addresses(_ texts: String...) -> Set<IPAddress> {
        Set(texts.compactMap { IPAddress($0) })
    }

    @Test("claims, withdrawals, questions and conflicts are counted for each address")
    func counts() async throws {
        let link = try Link()
        try link.neighbour("ip addr add \(taken)/24 dev \(Link.far)")
        let history = AddressHistory(factory: registry)
        history.know(addresses(taken, free))
        let announcer = try link.announcer(history: history)
        await announcer.want(addresses(taken, free))
        await announcer.turn()
        #expect(value("held", of: taken) == 0 && value("held", of: free) == 1)
        #expect([.probed, .conflict, .claimed].map { count($0, of: taken) } == [1, 1, 0])
        #expect([.probed, .conflict, .claimed].map { count($0, of: free) } == [1, 0, 1])
        #expect(
            PrometheusText.text(of: registry).contains("\nsluice_balancer_announcements_total 1"))

        try link.neighbour("ip addr del \(taken)/24 dev \(Link.far)")
        await announcer.want(addresses(taken))
        await announcer.turn()
        #expect(value("held", of: taken) == 1 && value("held", of: free) == 0)
        #expect(count(.withdrawn, of: free) == 1 && count(.withdrawn, of: taken) == 0)
        #expect(count(.claimed, of: taken) == 1)
        // It is held already, so nobody is asked, and nothing is claimed again.
        await announcer.want(addresses(taken, free))
        await announcer.turn()
        #expect(count(.probed, of: taken) == 2 && count(.claimed, of: taken) == 1)
        #expect(count(.claimed, of: free) == 2)
    }

    @Test("an address that is found elsewhere after somebody took it off is held no more")
    func lost() async throws {
        let link = try Link()
        let history = AddressHistory(factory: registry)
        history.know(addresses(taken))
        let announcer = try link.announcer(history: history)
        await announcer.want(addresses(taken))
        await announcer.turn()
        #expect(value("held", of: taken) == 1)
        try link.host("ip addr flush dev \(Link.near)")
        try link.neighbour("ip addr add \(taken)/24 dev \(Link.far)")
        // Wanting something else makes it look again at once.
        await announcer.want(addresses(taken, free))
        await announcer.turn()
        #expect(value("held", of: taken) == 0)
        #expect(count(.conflict, of: taken) == 1 && count(.withdrawn, of: taken) == 0)
    }

    @Test("the time is that of the last change, and an address that no Service has is not told")
    func times() throws {
        let address = try #require(IPAddress(taken))
        let history = AddressHistory(factory: registry)
        let moments = (1...4).map { Date(timeIntervalSince1970: Double($0) * 1_000) }
        history.know([address], at: moments[0])
        #expect(value("changed_timestamp_seconds", of: taken) == 1_000)
        history.note(.claimed, of: address, at: moments[1])
        history.note(.claimed, of: address, at: moments[2])
        history.note(.probed, of: address, at: moments[2])
        history.know([address], at: moments[2])
        #expect(value("changed_timestamp_seconds", of: taken) == 2_000)
        #expect(history.since(address) == moments[1])
        history.note(.withdrawn, of: address, at: moments[3])
        #expect(value("changed_timestamp_seconds", of: taken) == 4_000)
        history.know([], at: moments[3])
        #expect(!PrometheusText.text(of: registry).contains(taken))
        history.note(.claimed, of: address)
        #expect(history.since(address) == nil)
        #expect(!PrometheusText.text(of: registry).contains(taken))
    }
}
