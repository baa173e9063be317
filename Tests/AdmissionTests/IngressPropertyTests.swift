import Addressing
import KubeAPI
import Support
import Testing

@testable import Admission

@Suite("two writers of the same Services' status")
struct IngressPropertyTests {
    /// A writer that learns late of what happens.
    private struct Writer {
        var ledger: IngressLedger
        /// How many of the world's events it knows.
        var seen = 0
        /// Decided, and not with the API yet.
        var underWay: [IngressWrite] = []

        mutating func hear(_ world: IngressWorld, upTo count: Int) {
            for event in world.events[seen..<count] {
                switch event {
                case .upserted(let service): ledger.upsert(service)
                case .deleted(let key): ledger.delete(key)
                }
            }
            seen = count
        }

        mutating func decide() {
            for key in ledger.takeUndecided() {
                if case .write(let write) = ledger.decide(key) { underWay.append(write) }
            }
        }

        mutating func send(_ world: inout IngressWorld) {
            guard !underWay.isEmpty else { return }
            let write = underWay.removeFirst()
            if let written = world.carryOut(write) {
                ledger.learn(written)
            } else if let current = world.services[write.key] {
                ledger.learn(current)
            }
        }
    }

    private func change(_ world: inout IngressWorld, using random: inout SplitMix) {
        let name = "s\(Int.random(in: 0..<12, using: &random))"
        switch Int.random(in: 0..<8, using: &random) {
        case 0: world.delete(key(name))
        case 1: world.apply(web(name))
        case 2:
            world.apply(balanced(name, ip: "198.51.100.\(Int.random(in: 1...3, using: &random))"))
        default:
            world.apply(
                balanced(
                    name, families: Bool.random(using: &random) ? ["IPv4"] : ["IPv6", "IPv4"],
                    port: Int.random(in: 80...81, using: &random),
                    created: "2026-01-31T12:00:0\(Int.random(in: 0...3, using: &random))Z"))
        }
    }

    @Test(
        "whatever each of them knows when, they end with the same and no address twice",
        arguments: 0..<200 as Range<UInt64>)
    func agree(seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        var world = IngressWorld()
        let policy = IngressPolicy(
            blocks: [try block("198.51.100.0/28"), try block("fd98::/120")])
        var writers = [
            Writer(ledger: IngressLedger(policy)), Writer(ledger: IngressLedger(policy)),
        ]
        for _ in 0..<150 {
            let index = Int.random(in: 0...1, using: &random)
            switch Int.random(in: 0..<4, using: &random) {
            case 0: change(&world, using: &random)
            case 1:
                let known = Int.random(in: writers[index].seen...world.events.count, using: &random)
                writers[index].hear(world, upTo: known)
            case 2: writers[index].decide()
            default: writers[index].send(&world)
            }
        }
        var rounds = 0
        var isSettled = false
        while !isSettled, rounds < 50 {
            rounds += 1
            let before = world.events.count
            for index in writers.indices {
                writers[index].hear(world, upTo: world.events.count)
                writers[index].decide()
                while !writers[index].underWay.isEmpty { writers[index].send(&world) }
            }
            isSettled = world.events.count == before
        }
        #expect(isSettled, "the writers go on and on")
        try check(world)
    }

    private func check(_ world: IngressWorld) throws {
        var holders: [String: [ServiceObject]] = [:]
        for service in world.services.values {
            let ips = (service.status.loadBalancer?.ingress ?? []).compactMap(\.ip)
            if service.spec.kind == .loadBalancer {
                let isAsking = service.spec.loadBalancerIP != nil
                #expect(isAsking || ips.count == service.spec.ipFamilies?.count, "\(service.key)")
                if !ips.isEmpty { #expect(service.allocatedNote == ips.joined(separator: ",")) }
            } else {
                #expect(ips.isEmpty && service.allocatedNote == nil, "\(service.key)")
            }
            for ip in ips { holders[ip, default: []].append(service) }
        }
        for (ip, services) in holders {
            for (index, one) in services.enumerated() {
                for other in services[..<index] {
                    #expect(
                        one.spec.listeners.isDisjoint(with: other.spec.listeners),
                        "\(ip): \(one.key), \(other.key)")
                }
            }
        }
    }
}
