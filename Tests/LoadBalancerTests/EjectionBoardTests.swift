import Addressing
import Foundation
import HealthChecking
import ServiceModel
import Support
import Synchronization
import Testing

@testable import LoadBalancer
@testable import Netfilter

@Suite("What the kernel tells of connections, and who is ejected for it")
struct EjectionBoardTests {
    /// A board that watches three nodes of each family, and what it told.
    private final class Watched {
        let board: EjectionBoard
        private let turns: Turns

        private final class Turns: Sendable {
            let list = Mutex<[String]>([])
        }

        init(
            after record: EjectionBoard.Record = [:],
            _ change: (inout EjectionPolicy) -> Void = { _ in }
        ) {
            var policy = EjectionPolicy()
            policy.failures = 3
            // Whatever is not answered is overdue at the next look.
            policy.replyTime = .nanoseconds(1)
            change(&policy)
            let turns = Turns()
            self.turns = turns
            let (_, signal) = AsyncStream.makeStream(of: Void.self)
            board = EjectionBoard(policy: policy, record: record, signal: signal) { target, turn in
                turns.list.withLock { $0.append("\(turn) \(target)") }
            }
            board.watch(
                web, (1...3).flatMap { [Self.target($0, .v4), Self.target($0, .v6)] })
        }

        var told: [String] { turns.list.withLock { $0 } }

        static func target(_ node: Int, _ family: IPFamily) -> SocketEndpoint {
            socket(family == .v4 ? "192.168.50.\(node):30080" : "[fd00:50::\(node)]:30080")
        }
    }

    /// An event of a connection of this number to a target.
    private func event(
        _ kind: FlowEvent.Kind, _ id: UInt32, to target: SocketEndpoint, isAnswered: Bool = false,
        isTranslated: Bool = true
    ) -> FlowEvent {
        let isV4 = target.address.family == .v4
        let client = address(isV4 ? "203.0.113.10" : "2001:db8:113::10")
        let balancer = address(isV4 ? "192.168.50.10" : "fd00:50::10")
        var status = FlowStatus.confirmed
        if isTranslated { status.insert(.destinationNAT) }
        if isAnswered { status.insert(.seenReply) }
        return FlowEvent(
            kind: kind,
            flow: Flow(
                transport: .tcp,
                original: FlowDirection(
                    source: client, sourcePort: 40_000,
                    destination: address(isV4 ? "198.51.100.10" : "fd00:198::10"),
                    destinationPort: 80),
                reply: FlowDirection(
                    source: target.address, sourcePort: target.port.rawValue,
                    destination: balancer, destinationPort: 40_000),
                status: status, tcpState: isAnswered ? .established : .synSent, id: id, zone: 0))
    }

    /// Connections of these numbers that begin, and what becomes of each.
    private func connections(
        _ numbers: ClosedRange<UInt32>, to target: SocketEndpoint, _ end: FlowEvent.Kind?,
        isAnswered: Bool = false
    ) -> [FlowEvent] {
        numbers.flatMap { id in
            [event(.began, id, to: target)]
                + (end.map { [event($0, id, to: target, isAnswered: isAnswered)] } ?? [])
        }
    }

    @Test("who refuses so many in a row is ejected, once", arguments: IPFamily.allCases)
    func refused(family: IPFamily) {
        let watched = Watched()
        let target = Watched.target(2, family)
        watched.board.take(connections(1...2, to: target, .ended))
        #expect(watched.board.ejected.isEmpty)
        watched.board.take(connections(3...9, to: target, .ended))
        #expect(watched.board.ejected == [target])
        #expect(watched.told == ["ejected \(target)"])
        #expect(watched.board.takeChanged() == [web])
        #expect(watched.board.takeChanged().isEmpty)
    }

    @Test("who does not answer so many in time is ejected", arguments: IPFamily.allCases)
    func unanswered(family: IPFamily) {
        let watched = Watched()
        let target = Watched.target(1, family)
        watched.board.take(connections(1...3, to: target, nil))
        watched.board.take([])
        #expect(watched.board.ejected == [target])
    }

    @Test("an answer among them begins the count anew")
    func answered() {
        let watched = Watched { $0.replyTime = .seconds(3_600) }
        let target = Watched.target(2, .v4)
        for round in 0..<5 as Range<UInt32> {
            let first = 10 * round
            watched.board.take(connections(first...first + 1, to: target, .ended))
            watched.board.take(
                connections(first + 2...first + 2, to: target, .changed, isAnswered: true))
        }
        #expect(watched.board.ejected.isEmpty && watched.told.isEmpty)
    }

    @Test("lost events are no evidence, and take with them what was counted until then")
    func lost() {
        let watched = Watched()
        let target = Watched.target(2, .v4)
        // Their answers may have been among what was lost.
        watched.board.take(connections(1...9, to: target, nil).map { $0 })
        watched.board.take(nil)
        watched.board.take([])
        watched.board.take(connections(11...12, to: target, .ended))
        watched.board.take(nil)
        watched.board.take(connections(13...14, to: target, .ended))
        #expect(watched.board.ejected.isEmpty && watched.told.isEmpty)
    }

    @Test("connections that somebody deleted, that are not ours, or to nobody, show nothing")
    func others() {
        let watched = Watched()
        let target = Watched.target(2, .v4)
        watched.board.take(connections(1...5, to: target, .deleted))
        watched.board.take(
            (6...9 as ClosedRange<UInt32>).flatMap { id in
                [.began, .ended].map { event($0, id, to: target, isTranslated: false) }
            })
        watched.board.take(connections(10...19, to: socket("192.168.50.9:30080"), .ended))
        watched.board.take([])
        #expect(watched.board.ejected.isEmpty && watched.told.isEmpty)
    }

    @Test("what the last run knew holds at once, until its time", arguments: IPFamily.allCases)
    func remembers(family: IPFamily) throws {
        let before = Watched { $0.time = .seconds(3_600) }
        let target = Watched.target(2, family)
        before.board.take(connections(1...3, to: target, .ended))
        let file = try JSONEncoder().encode(before.board.record)
        let record = try JSONDecoder().decode(EjectionBoard.Record.self, from: file)
        #expect(record.keys.sorted() == ["\(target)"])

        let after = EjectionBoard(
            policy: EjectionPolicy(), record: record,
            signal: AsyncStream.makeStream(of: Void.self).continuation
        ) { _, _ in }
        #expect(after.ejected == [target])
        // Nobody watches the target yet: the run after that has to know it as well.
        #expect(after.record.keys.sorted() == ["\(target)"])
        let view = try #require(after.views[target])
        let known = try #require(record.values.first)
        #expect(abs(view.since.timeIntervalSince(known.since)) < 1)
        // No longer than the policy of now says.
        #expect(view.until <= Date.now + 300)

        let watched = Watched(after: record)
        #expect(watched.board.ejected == [target])
        watched.board.checkSucceeded(at: target, took: .zero)
        #expect(watched.board.ejected.isEmpty && watched.board.record.isEmpty)
    }

    @Test("what is over, or no target, is not remembered")
    func forgets() {
        let past = EjectionBoard.View(since: .now - 60, until: .now - 30, number: 1)
        let lasting = EjectionBoard.View(since: .now - 60, until: .now + 30, number: 1)
        let watched = Watched(after: [
            "\(Watched.target(1, .v4))": past, "nonsense": lasting,
        ])
        #expect(watched.board.ejected.isEmpty && watched.told.isEmpty)
    }

    @Test("a check that reaches the very socket brings it back, as its time does")
    func comesBack() {
        let watched = Watched { $0.time = .nanoseconds(1) }
        let target = Watched.target(2, .v6)
        watched.board.take(connections(1...3, to: target, .ended))
        watched.board.take([])
        #expect(watched.told == ["ejected \(target)", "returned \(target)"])
        let patient = Watched { $0.time = .seconds(3_600) }
        patient.board.take(connections(1...3, to: target, .ended))
        patient.board.checkSucceeded(at: Watched.target(1, .v6), took: .zero)
        #expect(patient.board.ejected == [target])
        patient.board.checkSucceeded(at: target, took: .zero)
        #expect(patient.board.ejected.isEmpty)
        #expect(patient.told.last == "returned \(target)")
    }
}
