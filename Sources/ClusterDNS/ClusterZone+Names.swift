import Addressing
import DNSMessage

/// The names of the zone, by their labels in front of its origin.
extension ClusterZone {
    /// Looks closer at a name of the zone that is not a Service's.
    func findInside(_ name: DomainName, _ type: RecordType, _ rotation: UInt) -> Finding {
        let depth = name.labelCount - settings.origin.labelCount
        if depth == 0 { return findApex(name, type) }
        if name.isWithin(frame.serviceSuffix) { return findInServices(name, depth, type, rotation) }
        if name.isWithin(frame.podSuffix) {
            return settings.podRecords == .off ? absent : findInPods(name, depth, type)
        }
        if name == frame.versionName {
            guard type == .txt else { return empty }
            return .records([frame.record(name, .txt([Array(ZoneFrame.schemaVersion.utf8)]))])
        }
        if name == frame.nameServer {
            return addresses(settings.serverAddresses, at: name, type, rotation)
        }
        return frame.nameServer.isWithin(name) ? empty : absent
    }

    /// There is no such name, nor any below it (RFC 8020).
    var absent: Finding { .nothing(.nameError, apex: settings.origin) }

    /// The name exists, or one below it does; what was asked for does not.
    var empty: Finding { .nothing(.noError, apex: settings.origin) }

    /// The start of the zone, or of a reverse zone, and its server.
    func findApex(_ name: DomainName, _ type: RecordType) -> Finding {
        switch type {
        case .soa: .records([frame.startOfAuthority(of: name, serial: serial)])
        case .ns:
            .records(
                [frame.record(name, .ns(frame.nameServer))],
                additionals: settings.serverAddresses.map {
                    frame.record(frame.nameServer, $0.recordData)
                })
        default: .nothing(.noError, apex: name)
        }
    }

    /// Names below `svc.ZONE`; those of Services themselves that exist are found already.
    private func findInServices(
        _ name: DomainName, _ depth: Int, _ type: RecordType, _ rotation: UInt
    ) -> Finding {
        switch depth {
        case 1: return empty
        case 2: return namespaceExists(name, depth) ? empty : absent
        case 4, 5:
            let owner = name.suffix(frame.serviceLabelCount)
            guard let records = tables.records(at: owner) else { return absent }
            return findBelow(owner, records, at: name, type, rotation)
        default: return absent
        }
    }

    /// Names below `pod.ZONE`: `a-b-c-d.NAMESPACE.pod.ZONE`.
    private func findInPods(_ name: DomainName, _ depth: Int, _ type: RecordType) -> Finding {
        if depth == 1 { return empty }
        guard depth <= 3, let namespace = NameLabel(bytes: name.labelBytes(at: depth - 2)),
            tables.hasNamespace(namespace)
        else { return absent }
        if depth == 2 { return empty }
        guard let label = NameLabel(bytes: name.labelBytes(at: 0)),
            let address = PodAddress.address(of: label)
        else { return absent }
        if settings.podRecords == .verified {
            let pod = PodAddress(namespace: namespace, address: address)
            guard tables.hasPod(pod) else { return absent }
        }
        return addresses([address], at: name, type, 0)
    }

    private func namespaceExists(_ name: DomainName, _ depth: Int) -> Bool {
        guard let namespace = NameLabel(bytes: name.labelBytes(at: depth - 2)) else { return false }
        return tables.hasNamespace(namespace)
    }

    /// Those of the addresses that have the type.
    func addresses(
        _ addresses: [IPAddress], at name: DomainName, _ type: RecordType, _ rotation: UInt
    ) -> Finding {
        let matching = addresses.filter { $0.recordType == type }
        return found(rotated(matching, rotation) { frame.record(name, $0.recordData) })
    }
}
