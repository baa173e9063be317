import Addressing
import Testing

@testable import Netfilter

/// What the kernel tells of connections while they happen.
@Suite("Conntrack events")
struct NetworkConntrackEventTests {
    private typealias Ends = NetworkConntrackTests.Ends

    /// Reads until an event is as wanted; what else came is in the list, too.
    private func events(
        _ socket: inout ConntrackEventSocket, until isLast: (FlowEvent) -> Bool
    ) throws -> [FlowEvent] {
        var events: [FlowEvent] = []
        let deadline = ContinuousClock.now + .seconds(60)
        while !events.contains(where: isLast), .now < deadline {
            events += try #require(try socket.next(withinMilliseconds: 100))
        }
        return events
    }

    @Test("an answer, a refusal and a deletion are told apart", arguments: IPFamily.allCases)
    func kinds(family: IPFamily) throws {
        let lab = try NetworkLab()
        let ends = try Ends(family)
        try lab.loadRules(ends.rules)
        var socket = try ConntrackEventSocket(inNamespace: lab.router)

        let server = try NetworkTestSocket(.tcp, family, in: lab.router)
        try server.serve(ends.backend(80), .tcp)
        let answered = try NetworkTestSocket(.tcp, family, in: lab.client)
        try #require(try answered.connect(to: ends.frontend(80)))
        let backend = try ends.backend(80)
        let answers = try events(&socket) {
            $0.flow.backend == backend && $0.flow.status.contains(.seenReply)
        }
        let began = try #require(answers.first { $0.flow.backend == backend })
        #expect(began.kind == .began && began.flow.isUnanswered)
        #expect(began.flow.frontend == (try ends.frontend(80)))
        #expect(answers.contains { $0.flow.id == began.flow.id && $0.kind == .changed })

        let refused = try NetworkTestSocket(.tcp, family, in: lab.client)
        #expect(try !refused.connect(to: ends.frontend(81)))
        let closed = try ends.backend(81)
        let refusals = try events(&socket) { $0.flow.backend == closed && $0.kind == .ended }
        let refusal = try #require(refusals.first { $0.kind == .ended })
        #expect(!refusal.flow.status.contains(.seenReply))

        let unanswered = try NetworkTestSocket(.tcp, family, in: lab.client)
        try unanswered.beginConnecting(to: ends.frontend(90))
        let silent = try ends.backend(90)
        _ = try events(&socket) { $0.flow.backend == silent && $0.kind == .began }
        var conntrack = try ConntrackSocket(inNamespace: lab.router)
        let count = try conntrack.delete(where: FlowFilter(backend: silent))
        #expect(count == 1)
        let deletions = try events(&socket) { $0.flow.backend == silent && $0.kind == .deleted }
        #expect(deletions.contains { $0.kind == .deleted })
    }
}
