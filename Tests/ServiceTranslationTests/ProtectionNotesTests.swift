import Forwarding
import KubeAPI
import Ruleset
import ServiceModel
import ServiceTranslation
import Testing

@Suite("Bounds that a Service's annotations name")
struct ProtectionNotesTests {
    private func notes(
        _ annotations: [String: String], last: Protection = Protection()
    ) throws -> ProtectionNotes {
        let object = balancedService {
            $0.metadata.annotations = Dictionary(
                uniqueKeysWithValues: annotations.map { ("sluice.io/" + $0.key, $0.value) })
        }
        let service = try #require(World(object).snapshot.services.values.first)
        return ProtectionNotes(service, last: last)
    }

    @Test("a rate has its own burst, or one unit's worth")
    func rates() throws {
        let texts = [
            "10/second": (10, PacketRate.Unit.second), "7/m": (7, .minute), "1/day": (1, .day),
        ]
        for (text, (count, unit)) in texts {
            let plain = try notes(["client-rate": text])
            #expect(plain.protection.clientRate == PacketRate(count, per: unit, burst: count))
            #expect(plain.problems.isEmpty)
            let own = try notes(["client-rate": text, "client-burst": "40"])
            #expect(own.protection.clientRate == PacketRate(count, per: unit, burst: 40))
        }
    }

    @Test(
        "what cannot be read is named by object and field, and what was in force stays",
        arguments: [
            ("client-rate", "fast"), ("client-rate", "0/second"), ("client-rate", "10/fortnight"),
            ("client-rate", "1000001/second"), ("client-rate", "+1/second"),
            ("connection-limit", "0"), ("connection-limit", "many"),
            ("connection-limit", "1000001"),
        ])
    func problems(name: String, text: String) throws {
        let last = Protection(
            clientRate: PacketRate(10, per: .second, burst: 20), connectionLimit: 100)
        let kept = try notes([name: text], last: last)
        #expect(kept.problems.map(\.field) == ["sluice.io/\(name)"])
        #expect(kept.problems.first?.object.hasPrefix("Service ") == true)
        if name == "client-rate" {
            #expect(kept.protection == Protection(clientRate: last.clientRate))
        } else {
            #expect(kept.protection == Protection(connectionLimit: last.connectionLimit))
        }
        #expect(try notes([name: text]).protection.isNone)
    }

    @Test("a burst that cannot be read keeps the earlier rate; alone it means nothing")
    func bursts() throws {
        let last = Protection(clientRate: PacketRate(10, per: .second, burst: 20))
        let kept = try notes(["client-rate": "5/second", "client-burst": "x"], last: last)
        #expect(kept.protection == last)
        #expect(kept.problems.count == 1)
        let alone = try notes(["client-burst": "5"], last: last)
        #expect(alone.protection.isNone)
        #expect(alone.problems.count == 1)
    }

    @Test("a bound whose annotation goes is gone")
    func removal() throws {
        #expect(try notes([:], last: Protection(connectionLimit: 5)).protection.isNone)
    }
}
