import Addressing
import ClusterDNS
import KubeAPI
import ServiceModel
import Support
import Testing

@testable import ServiceTranslation

/// Events in any order lead to the records that a fresh list has.
@Suite struct NamePropertyTests {
    private static let names = ["cache", "mail", "web"]

    private struct Follower {
        var services: [String: ServiceObject] = [:]
        var slices: [String: EndpointSliceObject] = [:]
        var snapshot = NameSnapshot()

        var records: [ServiceIdentity: ServiceRecords] {
            NamePropertyTests.records(of: snapshot)
        }
    }

    private static func records(of snapshot: NameSnapshot) -> [ServiceIdentity: ServiceRecords] {
        var records: [ServiceIdentity: ServiceRecords] = [:]
        for service in snapshot.services { records[service] = snapshot.records(for: service) }
        return records
    }

    @Test("any events lead to the fresh list", arguments: 0..<40 as Range<UInt64>)
    func eventsLeadToTheList(seed: UInt64) {
        var random = SplitMix(seed: seed)
        var follower = Follower()
        for _ in 0..<40 {
            let before = follower.records
            let touched = Self.happen(&follower, using: &random)
            let after = follower.records
            let differing = Set(before.keys).union(after.keys).filter { before[$0] != after[$0] }
            #expect(touched.isSuperset(of: differing))
        }
        var fresh = NameSnapshot()
        _ = fresh.replaceSlices(follower.slices.values.shuffled(using: &random))
        _ = fresh.replaceServices(follower.services.values.shuffled(using: &random))
        #expect(follower.records == Self.records(of: fresh))
        var late = NameSnapshot()
        _ = late.upsert(service("web", clusterIPs: ["None"]))
        _ = late.upsert(slice([pod("10.244.1.9")], named: "slice-0"))
        _ = late.replaceServices(Array(follower.services.values))
        _ = late.replaceSlices(Array(follower.slices.values))
        #expect(follower.records == Self.records(of: late))
    }

    @Test("a slice comes out of its bytes as it went in", arguments: 0..<60 as Range<UInt64>)
    func packing(seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        var slice = NameSlice(service: try #require(NameLabel("web")))
        for number in 0..<Int.random(in: 0...4, using: &random) {
            let transport = TransportProtocol.allCases.randomElement(using: &random) ?? .tcp
            let value = try #require(Port(Int.random(in: 1...65_535, using: &random)))
            let name = String(repeating: "p", count: 1 + 15 * number)
            slice.ports.append(
                try #require(NamedPort(name: name, transport: transport, port: value)))
        }
        for _ in 0..<Int.random(in: 0...200, using: &random) {
            let isV6 = Bool.random(using: &random)
            let low = UInt64.random(in: 0...(.max), using: &random)
            let hostname = String(repeating: "h", count: Int.random(in: 0...63, using: &random))
            slice.endpoints.append(
                NameSliceEndpoint(
                    address: isV6
                        ? .v6(IPv6Address(high: low, low: ~low))
                        : .v4(IPv4Address(rawValue: UInt32(truncatingIfNeeded: low))),
                    hostname: NameLabel(hostname), isReady: Bool.random(using: &random)))
        }
        let packed = NameSlicePacked(slice)
        #expect(packed.slice == slice)
        #expect(packed.service == "web")
    }

    private static func happen(
        _ follower: inout Follower, using random: inout SplitMix
    ) -> Set<ServiceIdentity> {
        if Int.random(in: 0..<3, using: &random) == 0 {
            return changeService(&follower, using: &random)
        }
        return changeSlice(&follower, using: &random)
    }

    private static func changeService(
        _ follower: inout Follower, using random: inout SplitMix
    ) -> Set<ServiceIdentity> {
        let name = names[Int.random(in: names.indices, using: &random)]
        if Int.random(in: 0..<4, using: &random) == 0 {
            follower.services[name] = nil
            return follower.snapshot.delete(service(name))
        }
        let kind = Int.random(in: 0..<4, using: &random)
        let object = service(
            name, type: kind == 0 ? "ExternalName" : nil, ports: [port("http", 80)],
            clusterIPs: [kind == 1 ? "10.96.0.10" : "None"]
        ) {
            $0.spec.externalName = kind == 0 ? "example.com" : nil
            $0.spec.publishNotReadyAddresses = kind == 2
        }
        follower.services[name] = object
        return follower.snapshot.upsert(object)
    }

    private static func changeSlice(
        _ follower: inout Follower, using random: inout SplitMix
    ) -> Set<ServiceIdentity> {
        let name = "slice-\(Int.random(in: 0..<5, using: &random))"
        if Int.random(in: 0..<4, using: &random) == 0 {
            follower.slices[name] = nil
            return follower.snapshot.delete(slice([], named: name))
        }
        let owners: [String?] = names + [nil]
        let pods = (1...3).map {
            pod("10.244.1.\($0)", Bool.random(using: &random) ? .ready : .unready)
        }
        let object = slice(
            Array(pods.shuffled(using: &random).prefix(Int.random(in: 0...3, using: &random))),
            of: owners[Int.random(in: owners.indices, using: &random)], named: name,
            ports: [endpointPort("http", Int.random(in: 80...81, using: &random))])
        follower.slices[name] = object
        return follower.snapshot.upsert(object)
    }
}
