import DNSMessage
import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import DNSForwarding

@Suite("Questions at the same time")
struct ForwarderLimitTests {
    private let www = question("www.example")

    /// Waits until so many askers and questions wait.
    private func waitFor(
        askers: Int, questions: Int, _ forwarder: Forwarder
    ) async throws {
        try await waitUntil("\(askers) askers of \(questions) questions wait") {
            let counters = forwarder.counters()
            return counters.askersWaiting == askers && counters.questionsInFlight == questions
        }
    }

    @Test("equal questions are asked once, and all askers are told")
    func joined() async throws {
        let upstream = try await TestUpstream { [.held($0.answer())] }
        try await withForwarder([upstream]) { forwarder in
            try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 0..<50 {
                    let spelling = number.isMultiple(of: 2) ? "www.example" : "WWW.EXAMPLE"
                    group.addTask {
                        await forwarder.resolve(question(spelling)).answers.count
                    }
                }
                try await waitFor(askers: 50, questions: 1, forwarder)
                upstream.script.release()
                for try await count in group { #expect(count == 1) }
            }
            #expect(upstream.received.count == 1)
            #expect(forwarder.counters().joined == 49)
            #expect(forwarder.counters().askersWaiting == 0)
        }
    }

    @Test("the first asker's going away does not take the answer from the others")
    func firstLeaves() async throws {
        let upstream = try await TestUpstream { [.held($0.answer())] }
        try await withForwarder([upstream]) { forwarder in
            let first = Task { await forwarder.resolve(www) }
            try await waitFor(askers: 1, questions: 1, forwarder)
            let second = Task { await forwarder.resolve(www) }
            try await waitFor(askers: 2, questions: 1, forwarder)
            first.cancel()
            #expect(await first.value.failure == .cancelled)
            try await waitFor(askers: 1, questions: 1, forwarder)
            upstream.script.release()
            #expect(await second.value.answers.count == 1)
            #expect(upstream.received.count == 1)
        }
    }

    @Test("a question for which nobody waits any more is given up")
    func allLeave() async throws {
        let upstream = try await TestUpstream { _ in [] }
        try await withForwarder([upstream]) { forwarder in
            let asker = Task { await forwarder.resolve(www) }
            try await waitFor(askers: 1, questions: 1, forwarder)
            try await waitUntil("the server is asked") { upstream.received.count == 1 }
            let port = try #require(upstream.received.first?.sourcePort)
            #expect(await !isFree(port))
            asker.cancel()
            #expect(await asker.value.failure == .cancelled)
            try await waitFor(askers: 0, questions: 0, forwarder)
            // The socket is closed, before anything could have timed out.
            #expect(await isFree(port))
        }
    }

    /// Whether nobody has this port of UDP.
    private func isFree(_ port: Int) async -> Bool {
        let bootstrap = DatagramBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        guard let channel = try? await bootstrap.bind(host: "127.0.0.1", port: port).get() else {
            return false
        }
        try? await channel.close()
        return true
    }

    @Test("a connection that nobody waits for any more is closed")
    func connectionCloses() async throws {
        let upstream = try await TestUpstream { received in
            guard !received.isStream else { return [] }
            var message = received.answer([])
            message.header.isTruncated = true
            return [.message(message)]
        }
        try await withForwarder([upstream]) { forwarder in
            let asker = Task { await forwarder.resolve(www) }
            try await waitUntil("the server is asked over TCP") {
                upstream.received.contains { $0.isStream }
            }
            #expect(upstream.script.closedConnections == 0)
            asker.cancel()
            try await waitUntil("it is closed") { upstream.script.closedConnections == 1 }
        }
    }

    @Test("a caller on an event loop is told by a call, once")
    func call() async throws {
        let upstream = try await TestUpstream { [.message($0.answer())] }
        try await withForwarder([upstream]) { forwarder in
            let answers = Mutex<[ForwardedAnswer]>([])
            for _ in 0..<2 {
                let count = answers.withLock { $0.count }
                forwarder.resolve(www) { answer in answers.withLock { $0.append(answer) } }
                try await waitUntil("it is told") { answers.withLock { $0.count } > count }
            }
            #expect(answers.withLock { $0.map(\.answers.count) } == [1, 1])
        }
    }

    @Test("a task that was cancelled before asks nothing")
    func cancelledBefore() async throws {
        let upstream = try await TestUpstream { _ in [] }
        try await withForwarder([upstream]) { forwarder in
            let isCancelled = Mutex(false)
            let asker = Task {
                while !Task.isCancelled { await Task.yield() }
                isCancelled.withLock { $0 = true }
                return await forwarder.resolve(www)
            }
            asker.cancel()
            #expect(await asker.value.failure == .cancelled)
            #expect(isCancelled.withLock { $0 })
            #expect(upstream.received.isEmpty)
        }
    }

    @Test("as many questions as may wait do; one more is refused, until there is room")
    func concurrentQuestions() async throws {
        let upstream = try await TestUpstream { [.held($0.answer())] }
        var limits = patient
        limits.concurrentQuestions = 3
        try await withForwarder([upstream], limits: limits) { forwarder in
            try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 0..<3 {
                    group.addTask {
                        await forwarder.resolve(question("host\(number).example")).answers.count
                    }
                }
                try await waitFor(askers: 3, questions: 3, forwarder)
                let refused = await forwarder.resolve(question("host3.example"))
                #expect(refused.responseCode == .serverFailure)
                #expect(refused.failure == .overloaded)
                #expect(forwarder.counters().overloaded == 1)
                // It was no server's fault, so nothing is remembered of it.
                #expect(forwarder.cached(question("host3.example")) == nil)
                // An equal question takes no room of its own.
                group.addTask {
                    await forwarder.resolve(question("host0.example")).answers.count
                }
                try await waitFor(askers: 4, questions: 3, forwarder)
                upstream.script.release()
                for try await count in group { #expect(count == 1) }
            }
            #expect(await forwarder.resolve(question("host3.example")).answers.count == 1)
            #expect(upstream.received.count == 4)
        }
    }

    @Test("as many askers as may wait do, and one more is refused")
    func waitingAskers() async throws {
        let upstream = try await TestUpstream { [.held($0.answer())] }
        var limits = patient
        limits.waitingAskers = 2
        try await withForwarder([upstream], limits: limits) { forwarder in
            async let first = forwarder.resolve(www)
            async let second = forwarder.resolve(www)
            try await waitFor(askers: 2, questions: 1, forwarder)
            #expect(await forwarder.resolve(www).failure == .overloaded)
            #expect(await forwarder.resolve(question("b.example")).failure == .overloaded)
            upstream.script.release()
            #expect(await first.answers.count == 1)
            #expect(await second.answers.count == 1)
        }
    }

    @Test("while the forwarder's thread cannot keep up, askers are refused where they come from")
    func thread() async throws {
        let upstream = try await TestUpstream { [.message($0.answer())] }
        var limits = patient
        limits.waitingAskers = 2
        try await withForwarder([upstream], limits: limits) { forwarder in
            let isBusy = Atomic(false)
            let mayGoOn = Atomic(false)
            defer { mayGoOn.store(true, ordering: .releasing) }
            let answers = Mutex<[ForwardedAnswer]>([])
            forwarder.resolve(www) { _ in
                isBusy.store(true, ordering: .releasing)
                while !mayGoOn.load(ordering: .acquiring) {}
            }
            try await waitUntil("the thread is busy") { isBusy.load(ordering: .acquiring) }
            for _ in 0..<3 {
                forwarder.resolve(www) { answer in answers.withLock { $0.append(answer) } }
            }
            #expect(answers.withLock { $0.map(\.failure) } == [.overloaded])
            mayGoOn.store(true, ordering: .releasing)
            try await waitUntil("all are told") { answers.withLock { $0.count } == 3 }
            #expect(answers.withLock { $0.map(\.failure) } == [.overloaded, nil, nil])
        }
    }

    @Test("a question is not asked more often than the limit")
    func attempts() async throws {
        let upstream = try await TestUpstream { _ in [] }
        var limits = shortAttempts
        limits.attempts = 3
        try await withForwarder([upstream], limits: limits) { forwarder in
            #expect(await forwarder.resolve(www).failure == .noAnswer(.timedOut))
            #expect(forwarder.counters().servers[upstream.server]?.exchanges == 3)
        }
    }

    @Test("shutdown tells everybody who waits, and everybody who comes later")
    func shutdown() async throws {
        let upstream = try await TestUpstream { _ in [] }
        try await withForwarder([upstream]) { forwarder in
            async let waiting = forwarder.resolve(www)
            try await waitFor(askers: 1, questions: 1, forwarder)
            await forwarder.shutdown()
            #expect(await waiting.failure == .stopped)
            #expect(await forwarder.resolve(www).failure == .stopped)
            #expect(forwarder.counters().questionsInFlight == 0)
        }
    }
}
