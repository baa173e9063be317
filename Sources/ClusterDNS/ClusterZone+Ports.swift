import Addressing
import DNSMessage

/// Where Services are: hosts and ports, and the hosts' addresses.
///
/// A Service's own name, asked for its locations, has those of all its named ports: that is
/// CoreDNS' extension, by which members of a set find one another.
extension ClusterZone {
    /// Every location is as good as any other.
    private static let priority: UInt16 = 0
    private static let weight: UInt16 = 100

    /// What there is at `_PORT._PROTOCOL` in front of a Service's name.
    func findPort(
        _ key: PortKey, _ records: ServiceRecords, owner: DomainName, at name: DomainName,
        _ type: RecordType, _ rotation: UInt
    ) -> Finding {
        switch records {
        case .clusterIP(let addresses, let ports):
            let ports = ports.filter { $0.label == key.label && $0.transport == key.transport }
            if ports.isEmpty || addresses.isEmpty { return absent }
            if type != .srv { return empty }
            return findPorts(ports, addresses, owner: owner, at: name, rotation)
        case .headless(let records):
            guard let port = records.servedPorts.first(where: { $0.key == key }) else {
                return absent
            }
            if type != .srv { return empty }
            return findTargets(port.targets, records, owner: owner, at: name, rotation)
        case .alias:
            return absent
        }
    }

    /// The Service itself at these ports, and its addresses in their order.
    func findPorts(
        _ ports: [NamedPort], _ addresses: [IPAddress], owner: DomainName, at name: DomainName,
        _ rotation: UInt
    ) -> Finding {
        if ports.isEmpty { return empty }
        return .records(
            rotated(ports, rotation) { location(name, $0.port, owner) },
            additionals: addresses.map { frame.record(owner, $0.recordData) })
    }

    /// Endpoints at their ports, and the addresses of the first of them.
    func findTargets(
        _ targets: [ServedTarget], _ records: HeadlessRecords, owner: DomainName,
        at name: DomainName, _ rotation: UInt
    ) -> Finding {
        let locations = rotated(targets, rotation) { target in
            owner.prepending(target.hostname.text).map { location(name, target.port, $0) }
        }
        if locations.isEmpty { return empty }
        var additionals: [ResourceRecord] = []
        var seen: Set<DomainName> = []
        for case .srv(let location) in locations.lazy.map(\.data) {
            guard additionals.count < ZoneLimits.additionalRecords else { break }
            guard seen.insert(location.target).inserted,
                let hostname = NameLabel(bytes: location.target.labelBytes(at: 0))
            else { continue }
            additionals += records.addresses(of: hostname).map {
                frame.record(location.target, $0.recordData)
            }
        }
        return .records(locations, additionals: additionals)
    }

    /// One location.
    func location(
        _ name: DomainName, _ port: Port, _ target: DomainName
    ) -> ResourceRecord {
        frame.record(
            name,
            .srv(
                ServiceLocation(
                    priority: Self.priority, weight: Self.weight, port: port.rawValue,
                    target: target)))
    }
}
