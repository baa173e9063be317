import Addressing
import DNSMessage

/// The names of Services and of their endpoints.
extension ClusterZone {
    /// What there is at a Service's own name, spelled as it was asked for.
    func findService(
        _ records: ServiceRecords, at name: DomainName, _ type: RecordType, _ rotation: UInt
    ) -> Finding {
        switch records {
        case .clusterIP(let addresses, let ports):
            if addresses.isEmpty { return absent }
            for address in addresses where address.recordType == type {
                return .records([frame.record(name, address.recordData)])
            }
            if type != .srv { return empty }
            return findPorts(ports, addresses, owner: name.lowercased, at: name, rotation)
        case .headless(let records):
            if records.endpoints.isEmpty { return absent }
            switch type {
            case .a: return found(rotated(records.v4, rotation) { frame.record(name, .a($0)) })
            case .aaaa:
                return found(rotated(records.v6, rotation) { frame.record(name, .aaaa($0)) })
            case .srv:
                return findTargets(
                    records.servedPorts.flatMap(\.targets), records, owner: name.lowercased,
                    at: name, rotation)
            default: return empty
            }
        case .alias(let target):
            if type == .cname { return .records([frame.record(name, .cname(target))]) }
            return .alias(target)
        }
    }

    /// What there is at one or two labels in front of a Service's name.
    func findBelow(
        _ owner: DomainName, _ records: ServiceRecords, at name: DomainName, _ type: RecordType,
        _ rotation: UInt
    ) -> Finding {
        if name.labelCount == owner.labelCount + 1 {
            if case .headless(let records) = records,
                let hostname = NameLabel(bytes: name.labelBytes(at: 0))
            {
                let known = records.addresses(of: hostname)
                if !known.isEmpty { return addresses(known, at: name, type, rotation) }
            }
            let transport = underscored(name, 0).flatMap(TransportProtocol.init(label:))
            return records.serves(transport) ? empty : absent
        }
        guard let label = underscored(name, 0),
            let transport = underscored(name, 1).flatMap(TransportProtocol.init(label:))
        else { return absent }
        return findPort(
            PortKey(label: label, transport: transport), records, owner: owner.lowercased,
            at: name, type, rotation)
    }

    /// What follows the `_` of a port's or a protocol's label.
    private func underscored(_ name: DomainName, _ index: Int) -> NameLabel? {
        let label = name.labelBytes(at: index)
        guard label.first == UInt8(ascii: "_") else { return nil }
        return NameLabel(bytes: label.dropFirst())
    }

    /// The records, if there are any.
    func found(_ records: [ResourceRecord]) -> Finding {
        records.isEmpty ? empty : .records(records)
    }

    /// Records of the elements from the rotation's on, as many as fit in one answer.
    func rotated<Element>(
        _ elements: [Element], _ rotation: UInt, _ record: (Element) -> ResourceRecord?
    ) -> [ResourceRecord] {
        guard !elements.isEmpty else { return [] }
        let start = Int(rotation % UInt(elements.count))
        var records: [ResourceRecord] = []
        records.reserveCapacity(elements.count)
        var bytes = 0
        for offset in elements.indices {
            let index = (start + offset) % elements.count
            guard let record = record(elements[index]) else { continue }
            bytes += record.byteCount
            if bytes > ZoneLimits.answerBytes { break }
            records.append(record)
        }
        return records
    }
}

extension ServiceRecords {
    /// Whether there are names of ports below the label of this protocol.
    fileprivate func serves(_ transport: TransportProtocol?) -> Bool {
        switch self {
        case .clusterIP(let addresses, let ports):
            !addresses.isEmpty && ports.contains { $0.transport == transport }
        case .headless(let records):
            records.servedPorts.contains { $0.key.transport == transport }
        case .alias: false
        }
    }
}

extension ResourceRecord {
    /// The bytes of the record on the wire, its owner's name compressed to a pointer.
    fileprivate var byteCount: Int {
        let dataByteCount =
            switch data {
            case .a: 4
            case .aaaa: 16
            case .ptr(let name): name.wire.count
            case .srv(let location): 6 + location.target.wire.count
            default: DomainName.maximumByteCount
            }
        return 12 + dataByteCount
    }
}
