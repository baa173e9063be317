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
        guard let first = NameLabel(bytes: name.labelBytes(at: 0)) else { return absent }
        if name.labelCount == owner.labelCount + 1 {
            if case .headless(let records) = records {
                let known = records.addresses(of: first)
                if !known.isEmpty { return addresses(known, at: name, type, rotation) }
            }
            return records.serves(Self.transport(first)) ? empty : absent
        }
        guard let second = NameLabel(bytes: name.labelBytes(at: 1)),
            let transport = Self.transport(second), first.text.hasPrefix("_"),
            let label = NameLabel(first.text.dropFirst())
        else { return absent }
        return findPort(
            PortKey(label: label, transport: transport), records, owner: owner.lowercased,
            at: name, type, rotation)
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

    /// Reads `_tcp`, `_udp` or `_sctp`.
    private static func transport(_ label: NameLabel) -> TransportProtocol? {
        guard label.text.hasPrefix("_"), let name = NameLabel(label.text.dropFirst()) else {
            return nil
        }
        return TransportProtocol(label: name)
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
