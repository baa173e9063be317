import Addressing
package import DNSMessage

extension ClusterZone {
    /// Every record of the zone in no order, as a zone file would have it; reverse names included.
    ///
    /// Names of pods that are answered unseen are not listed, for there is one for each address.
    package func records() -> [ResourceRecord] {
        var records = [
            frame.startOfAuthority(of: settings.origin, serial: serial),
            frame.record(settings.origin, .ns(frame.nameServer)),
            frame.record(
                frame.versionName, .txt([Array(ZoneFrame.schemaVersion.utf8)])),
        ]
        records += settings.serverAddresses.map { frame.record(frame.nameServer, $0.recordData) }
        for (owner, service) in tables.allServices { records += list(service, owner) }
        for address in tables.pointers.addresses {
            let name = DomainName(reverseOf: address)
            records += tables.pointers.targets(of: address).map { frame.record(name, .ptr($0)) }
        }
        if settings.podRecords == .verified { records += tables.allPods.compactMap(list) }
        return records
    }

    private func list(_ service: ServiceRecords, _ owner: DomainName) -> [ResourceRecord] {
        switch service {
        case .alias(let target):
            return [frame.record(owner, .cname(target))]
        case .clusterIP(let addresses, let ports):
            if addresses.isEmpty { return [] }
            return addresses.map { frame.record(owner, $0.recordData) }
                + ports.flatMap { list($0.label, $0.transport, [($0.port, owner)], owner) }
        case .headless(let records):
            let named: [ResourceRecord] = records.endpoints.compactMap { endpoint in
                owner.prepending(endpoint.hostname.text).map {
                    frame.record($0, endpoint.address.recordData)
                }
            }
            let ports = records.servedPorts.flatMap { served in
                let targets = served.targets.compactMap { target in
                    owner.prepending(target.hostname.text).map { (target.port, $0) }
                }
                return list(served.key.label, served.key.transport, targets, owner)
            }
            return records.v4.map { frame.record(owner, .a($0)) }
                + records.v6.map { frame.record(owner, .aaaa($0)) } + named + ports
        }
    }

    /// The locations of one named port.
    private func list(
        _ label: NameLabel, _ transport: TransportProtocol, _ targets: [(Port, DomainName)],
        _ owner: DomainName
    ) -> [ResourceRecord] {
        guard let name = owner.prepending("_\(transport)")?.prepending("_\(label)") else {
            return []
        }
        return targets.map { port, target in location(name, port, target) }
    }

    private func list(_ pod: PodAddress) -> ResourceRecord? {
        let label = NameLabel(systemMadeFor: pod.address)
        return frame.podSuffix.prepending(pod.namespace.text)?.prepending(label.text)
            .map { frame.record($0, pod.address.recordData) }
    }
}
