import Addressing
import FoundationEssentials
import ServiceModel
import Support
import Testing

@testable import LoadBalancer

@Suite("When a drain ends")
struct DrainWatchTests {
    private let start = Date(timeIntervalSince1970: 1_000)

    private func target(_ node: Int, deadline: Double? = nil) -> DrainingTarget {
        DrainingTarget(
            node: "node\(node)", socket: socket("192.168.50.\(node):30080"), transport: .tcp,
            deadline: deadline.map { start + $0 })
    }

    @Test("with the last connection, which is told once")
    func lastConnection() {
        var watch = DrainWatch()
        let target = target(1)
        for left in [2, 1] {
            #expect(watch.take([target.socket: left], of: [target], at: start) == .init())
        }
        #expect(watch.take([:], of: [target], at: start).drained == [target])
        #expect(watch.take([:], of: [target], at: start) == .init())
    }

    @Test("at its deadline, as often as something is left")
    func deadline() {
        var watch = DrainWatch()
        let target = target(1, deadline: 10)
        let left = [target.socket: 1]
        #expect(watch.take(left, of: [target], at: start + 9) == .init())
        for second in [10, 11] {
            #expect(
                watch.take(left, of: [target], at: start + Double(second)).expired == [target])
        }
        #expect(watch.take([:], of: [target], at: start + 12).drained == [target])
    }

    @Test("a node that is drained once more is told once more")
    func again() {
        var watch = DrainWatch()
        #expect(watch.take([:], of: [target(1)], at: start).drained == [target(1)])
        #expect(watch.hasAny)
        #expect(watch.take([:], of: [], at: start) == .init())
        #expect(!watch.hasAny)
        #expect(watch.take([:], of: [target(1)], at: start).drained == [target(1)])
    }

    @Test("what is left is counted once a second")
    func pace() {
        var watch = DrainWatch()
        let now = ContinuousClock.now
        let looks = (0...30).map { watch.isDue(at: now + .milliseconds(100 * $0)) }
        #expect(looks.indices.filter { looks[$0] } == [0, 10, 20, 30])
    }

    /// Against the whole history: which node is drained, and how much is left of it.
    @Test("whatever happens, each drain ends once, and never before its end", arguments: 0..<20)
    func anything(seed: UInt64) {
        var random = SplitMix(seed: seed)
        var watch = DrainWatch()
        var told: Set<Int> = []
        for second in 0..<300 {
            let drained = (1...4).filter { _ in random.chance(70) }
            told.formIntersection(drained)
            let targets = drained.map { target($0, deadline: 150) }
            var counts: [SocketEndpoint: Int] = [:]
            for target in targets where random.chance(60) { counts[target.socket] = 3 }
            let ends = watch.take(counts, of: targets, at: start + Double(second))
            let empty = drained.filter { counts[target($0).socket] == nil }
            #expect(
                Set(ends.drained.map(\.node))
                    == Set(
                        empty.filter { !told.contains($0) }.map { "node\($0)" }))
            #expect(ends.expired.count == (second < 150 ? 0 : drained.count - empty.count))
            told.formUnion(empty)
        }
    }
}
