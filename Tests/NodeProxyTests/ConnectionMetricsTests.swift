import Synchronization
import Testing

@testable import NodeProxy

@Suite("New connections, read when somebody asks")
struct ConnectionMetricsTests {
    private let metrics = ConnectionMetrics()
    private let readings = Readings()

    /// Counts how often somebody read.
    private final class Readings: Sendable {
        private let value = Mutex(0)

        var count: Int { value.withLock(\.self) }

        /// Says which reading it is.
        func next() -> String {
            value.withLock { count in
                count += 1
                return "reading \(count)"
            }
        }
    }

    /// Reads for whoever asks until the body returns.
    private func reading<Result: Sendable>(
        by read: @escaping @Sendable () async -> String?, while body: () async -> Result
    ) async -> Result {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { [metrics] in await metrics.run(read) }
            defer { group.cancelAll() }
            return await body()
        }
    }

    /// Asks until something is told: a busy host may be slower than one scrape is patient.
    private func told() async -> String {
        var text = ""
        while text.isEmpty { text = await metrics.text() }
        return text
    }

    @Test("nothing is read until somebody asks; what was read lately is not read again")
    func readsOnRequest() async {
        await reading(by: { [readings] in readings.next() }) {
            let began = ContinuousClock.now
            #expect(readings.count == 0)
            #expect(await told() == "reading 1")
            let again = await told()
            // A host may stand still for so long that the text has become old.
            if .now - began < ConnectionMetrics.freshness { #expect(again == "reading 1") }
        }
    }

    @Test("those who ask during a reading are told its result, and none begins after it for them")
    func shares() async {
        let (everybodyAsked, goOn) = AsyncStream.makeStream(of: Void.self)
        await reading(by: { [readings] in
            for await _ in everybodyAsked {}
            return readings.next()
        }) {
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<8 { group.addTask { [metrics] in _ = await metrics.text() } }
            }
            let began = ContinuousClock.now
            goOn.finish()
            #expect(await told() == "reading 1")
            for _ in 0..<100 { await Task.yield() }
            if .now - began < ConnectionMetrics.freshness { #expect(readings.count == 1) }
        }
    }

    @Test("a scrape does not wait for a reading that hangs, and is told what there is")
    func hangs() async {
        let text = await reading(by: {
            let (forever, _) = AsyncStream.makeStream(of: Void.self)
            for await _ in forever {}
            return "too late"
        }) {
            await metrics.text()
        }
        #expect(text.isEmpty)
    }

    @Test("a reading that fails ends the wait for it")
    func fails() async {
        let text = await reading(by: { [readings] in
            _ = readings.next()
            return nil
        }) {
            while readings.count == 0 { _ = await metrics.text() }
            return await metrics.text()
        }
        #expect(text.isEmpty)
    }
}
