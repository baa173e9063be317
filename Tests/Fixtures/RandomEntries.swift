import Addressing
package import Forwarding
package import ServiceModel
package import Support

/// Entries by chance: few enough names, addresses and ports that Services get in each other's way.
package struct RandomEntries {
    /// Where the chance comes from.
    package var random: SplitMix

    /// The same seed brings the same entries.
    package init(seed: UInt64) {
        random = SplitMix(seed: seed)
    }

    /// One of six Services.
    package mutating func service() -> ServiceIdentity {
        ExampleServices.identity("s\(number(below: 6))")
    }

    /// What a Service may ask for; sometimes nothing, sometimes what others have.
    package mutating func entries(of service: ServiceIdentity) -> [ForwardingEntry] {
        guard !random.chance(15) else { return [] }
        let created =
            random.chance(80) ? CreationTime("2026-01-0\(1 + number(below: 4))T12:00:00Z") : nil
        return (0..<(1 + number(below: 4))).map { _ in
            var entry = entry(of: service)
            entry.created = created
            return entry
        }
    }

    /// Updates of some Services, to be committed as one transaction.
    package mutating func updates() -> [(service: ServiceIdentity, entries: [ForwardingEntry])] {
        (0..<(1 + number(below: 3))).map { _ in
            let service = service()
            return (service, entries(of: service))
        }
    }

    private mutating func entry(of service: ServiceIdentity) -> ForwardingEntry {
        let places = ExamplePlaces(random.chance(50) ? .v4 : .v6)
        let isExternal = random.chance(50)
        let transport = random.chance(70) ? TransportProtocol.tcp : .udp
        let frontend =
            isExternal
            ? Frontend(places.node, transport, port(UInt16(30_000 + number(below: 4))))
            : Frontend(places.clusterIP(1 + number(below: 4)), transport, port(80))
        let backends = (0..<number(below: 6)).map { _ in
            endpoint(places.localPod(1 + number(below: 5)), random.chance(80) ? 8080 : 9090)
        }
        let isLocal = isExternal && random.chance(40)
        let localCount = number(below: backends.count + 1)
        var entry = ForwardingEntry(
            frontend, label: "\(service):p\(number(below: 2))", backends: backends,
            localCount: localCount, isLocalForOutside: isLocal,
            outsideOnlyCount: isLocal ? number(below: localCount + 1) : 0,
            fallback: random.chance(80) ? .refuse : .drop,
            affinitySeconds: random.chance(30)
                ? [3, 60, 10_800].randomElement(using: &random) : nil,
            allowedSources: random.chance(20) ? ranges(places) : [],
            sourceHiding: !isExternal ? .byServiceRange : isLocal ? .hostOnly : .everyClient)
        if entry.affinitySeconds != nil, random.chance(50) {
            entry.affinityService = places.clusterIP(1 + number(below: 4))
        }
        return entry
    }

    /// Ranges that may overlap, touch or repeat, as users write them.
    private mutating func ranges(_ places: ExamplePlaces) -> [CIDRBlock] {
        (0..<(1 + number(below: 3))).compactMap { _ in
            CIDRBlock(
                places.remotePod(1 + number(below: 9)),
                prefixLength: (places.family == .v4 ? 28 : 124) + number(below: 5))
        }
    }

    private mutating func number(below limit: Int) -> Int {
        Int.random(in: 0..<limit, using: &random)
    }
}
