import Addressing
import ClusterDNS
import DNSMessage
import ServiceModel
import Support
import Testing

/// Whatever happens, in whatever order.
@Suite struct ZonePropertyTests {
    @Test("changes in any order lead to the zone made afresh", arguments: 0..<40 as Range<UInt64>)
    func changesLeadThere(seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        var changed = try ZoneWorld { $0.podRecords = .verified }
        var services: [ServiceIdentity: ServiceRecords] = [:]
        var pods: Set<PodAddress> = []
        for _ in 0..<120 {
            if Int.random(in: 0..<8, using: &random) == 0 {
                let pod = try Some.pod(using: &random)
                let exists = Bool.random(using: &random)
                if exists { pods.insert(pod) } else { pods.remove(pod) }
                changed.zone.setPod(pod, exists: exists)
            } else {
                let service = Some.identity(using: &random)
                services[service] = try Some.records(using: &random)
                changed.zone.set(services[service], for: service)
            }
        }
        var fresh = try ZoneWorld { $0.podRecords = .verified }
        for service in services.keys.shuffled(using: &random) {
            fresh.zone.set(services[service], for: service)
        }
        for pod in pods.shuffled(using: &random) { fresh.zone.setPod(pod, exists: true) }
        #expect(changed.zone.hasSameRecords(as: fresh.zone))
        #expect(
            Set(changed.zone.records().map(\.data)).count
                == Set(fresh.zone.records().map(\.data)).count)
        for service in services.keys { changed.zone.set(nil, for: service) }
        for pod in pods { changed.zone.setPod(pod, exists: false) }
        #expect(changed.zone.hasSameRecords(as: try ZoneWorld { $0.podRecords = .verified }.zone))
    }

    @Test(
        "every record is found by its name, and no name above it is denied",
        arguments: 0..<20 as Range<UInt64>)
    func listedNames(seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        var world = try ZoneWorld { $0.podRecords = .verified }
        for _ in 0..<30 {
            world.zone.set(
                try Some.records(using: &random), for: Some.identity(using: &random))
            world.zone.setPod(try Some.pod(using: &random), exists: true)
        }
        for record in world.zone.records() {
            let question = Question(name: record.name, type: record.type)
            guard case .answer(let answer) = world.zone.answer(question) else {
                Issue.record("\(record.name) is outside")
                continue
            }
            #expect(answer.answers.contains(record))
            var above = record.name.parent
            while let name = above, name.labelCount >= 2 {
                if case .answer(let answer) = world.zone.answer(Question(name: name, type: .hinfo))
                {
                    #expect(answer.responseCode != .nameError, "\(name) above \(record.name)")
                }
                above = name.parent
            }
        }
    }

    @Test("random questions are answered, within bounds", arguments: 0..<20 as Range<UInt64>)
    func randomQuestions(seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        var world = try ZoneWorld {
            $0.podRecords = PodRecords.allCases.randomElement(using: &random) ?? .off
        }
        for _ in 0..<20 {
            world.zone.set(
                try Some.records(using: &random), for: Some.identity(using: &random))
        }
        for _ in 0..<400 {
            let type = RecordType(rawValue: UInt16.random(in: 0...70, using: &random))
            let question = Question(name: try Some.name(using: &random), type: type)
            switch world.zone.answer(
                question, rotation: UInt.random(in: 0...(.max), using: &random))
            {
            case .outside: #expect(!question.name.isWithin(world.zone.settings.origin))
            case .answer(let answer):
                let isFound = answer.answers.contains { $0.type == type }
                let isLeftToOthers =
                    answer.unresolvedAlias != nil || answer.responseCode == .serverFailure
                #expect(
                    answer.authorities.map(\.type) == (isFound || isLeftToOthers ? [] : [.soa]))
                #expect(answer.answers.allSatisfy { [type, .cname].contains($0.type) })
            }
        }
    }
}

extension RecordType {
    /// A type that the zone never has.
    fileprivate static let hinfo = RecordType(rawValue: 13)
}

/// Things at random, from few enough to meet again.
private enum Some {
    static func identity(using random: inout SplitMix) -> ServiceIdentity {
        ServiceIdentity(
            namespace: ["default", "shop"].randomElement(using: &random) ?? "",
            name: ["a", "b", "c", "d", "web"].randomElement(using: &random) ?? "")
    }

    static func records(using random: inout SplitMix) throws -> ServiceRecords? {
        let ports = try [port("http", 80), port("dns", 53, .udp)]
            .shuffled(using: &random).prefix(Int.random(in: 0...2, using: &random))
        switch Int.random(in: 0..<6, using: &random) {
        case 0: return nil
        case 1:
            let service = identity(using: &random)
            let target =
                Bool.random(using: &random)
                ? "example.com" : "\(service.name).\(service.namespace).svc.cluster.local"
            return .alias(try ClusterDNSTests.name(target))
        case 2, 3:
            let addresses = try ["10.96.0.\(Int.random(in: 1...4, using: &random))", "fd00:96::1"]
                .shuffled(using: &random).prefix(Int.random(in: 0...2, using: &random))
                .map { try address($0) }
            return .clusterIP(addresses: addresses, ports: Array(ports))
        default:
            let endpoints = try (0..<Int.random(in: 0...4, using: &random)).map { _ in
                try endpoint(
                    ["10.244.1.\(Int.random(in: 1...4, using: &random))", "fd00:244::1"]
                        .randomElement(using: &random) ?? "",
                    Bool.random(using: &random)
                        ? "db-\(Int.random(in: 0...2, using: &random))" : nil)
            }
            return .headless(
                HeadlessRecords([NamedEndpointGroup(ports: Array(ports), endpoints: endpoints)]))
        }
    }

    static func pod(using random: inout SplitMix) throws -> PodAddress {
        PodAddress(
            namespace: try #require(NameLabel("ns-\(Int.random(in: 0...2, using: &random))")),
            address: try address("10.244.1.\(Int.random(in: 1...9, using: &random))"))
    }

    /// Labels that mean something in any order, and some that mean nothing.
    static func name(using random: inout SplitMix) throws -> DomainName {
        let words = [
            "svc", "pod", "dns", "ns", "default", "shop", "web", "a", "_tcp", "_http", "_", "*",
            "10-244-1-2", "db-0", "--", "10", "96", "0", "f", "\u{0}", ".", "\\", "é",
            "dns-version",
        ]
        let suffixes = [
            ["cluster", "local"], ["svc", "cluster", "local"],
            ["default", "svc", "cluster", "local"],
            ["pod", "Cluster", "LOCAL"], ["in-addr", "arpa"], ["96", "10", "in-addr", "arpa"],
            ["ip6", "arpa"], ["d", "f", "ip6", "arpa"], ["arpa"], [],
        ]
        let labels = (0..<Int.random(in: 0...6, using: &random)).map { _ in
            words.randomElement(using: &random) ?? ""
        }
        return try #require(
            DomainName(labels: labels + (suffixes.randomElement(using: &random) ?? [])))
    }
}
