package import DNSMessage
package import ServiceModel

/// The cluster's zone: the names of Services and pods, and the reverse names of their addresses.
///
/// A value that is cheap to copy: a query reads the version it has while the next is made. The
/// records are those of the Kubernetes DNS specification 1.1.0; where it is silent, CoreDNS'.
package struct ClusterZone: Sendable {
    /// The version of the zone: one more after each change.
    package private(set) var serial: UInt32
    let frame: ZoneFrame
    private(set) var tables = ZoneTables()

    /// A zone without a Service; fails for an origin so long that no name fits in front of it.
    package init?(settings: ZoneSettings, serial: UInt32 = 1) {
        guard let frame = ZoneFrame(settings) else { return nil }
        self.frame = frame
        self.serial = serial
    }

    /// What the zone is called and how it answers.
    package var settings: ZoneSettings { frame.settings }

    /// Takes what there now is of a Service, nil if it is gone; true if the zone has changed.
    ///
    /// The work is that of the one Service. A name that makes no label has no records.
    @discardableResult
    package mutating func set(
        _ records: ServiceRecords?, for service: ServiceIdentity
    ) -> Bool {
        guard let name = NameLabel(service.name), let namespace = NameLabel(service.namespace),
            let owner = frame.owner(name: name, namespace: namespace)
        else { return false }
        return changed(tables.set(records, owner: owner, namespace: namespace))
    }

    /// Takes note whether there is a pod with this address; true if the zone has changed.
    ///
    /// Only `PodRecords.verified` asks for it. A pod's namespace exists, with Services or without.
    @discardableResult
    package mutating func setPod(_ pod: PodAddress, exists: Bool) -> Bool {
        changed(tables.setPod(pod, exists: exists))
    }

    private mutating func changed(_ isChanged: Bool) -> Bool {
        if isChanged { serial &+= 1 }
        return isChanged
    }

    /// Whether the zone has the same records as another, whatever their versions.
    package func hasSameRecords(as other: ClusterZone) -> Bool {
        settings == other.settings && tables == other.tables
    }
}

extension ClusterZone {
    /// Answers a question, following aliases as long as they lead to names of the zone.
    ///
    /// The rotation decides with which of several records an answer begins; let it differ from
    /// question to question, for many clients take the first. A question of another class than the
    /// Internet's is outside.
    package func answer(_ question: Question, rotation: UInt = 0) -> ZoneAnswer {
        guard question.class == .internet else { return .outside }
        var name = question.name
        var aliases: [ResourceRecord] = []
        while true {
            switch find(name, question.type, rotation) {
            case .outside:
                if aliases.isEmpty { return .outside }
                return .answer(ZoneAnswer.Answer(answers: aliases, unresolvedAlias: name))
            case .records(let records, let additionals):
                return .answer(
                    ZoneAnswer.Answer(
                        answers: aliases.isEmpty ? records : aliases + records,
                        additionals: additionals))
            case .nothing(let code, let apex):
                // The code is that of the last name (RFC 6604 section 3).
                return .answer(
                    ZoneAnswer.Answer(
                        responseCode: code, answers: aliases,
                        authorities: [frame.startOfAuthority(of: apex, serial: serial)]))
            case .alias(let target):
                guard aliases.count < ZoneLimits.aliasesFollowed else {
                    return .answer(ZoneAnswer.Answer(responseCode: .serverFailure))
                }
                aliases.append(frame.record(name, .cname(target)))
                name = target
            }
        }
    }

    /// What there is of one name, before aliases are followed.
    private func find(_ name: DomainName, _ type: RecordType, _ rotation: UInt) -> Finding {
        // Most questions are for a Service's name, and are answered without looking any closer.
        if name.labelCount == frame.serviceLabelCount, let records = tables.records(at: name) {
            return findService(records, at: name, type, rotation)
        }
        if name.isWithin(settings.origin) { return findInside(name, type, rotation) }
        return findReverse(name, type, rotation)
    }
}

/// What a zone finds at a name.
enum Finding {
    /// The name is not of this zone.
    case outside
    /// The name is another one for this.
    case alias(DomainName)
    /// What was asked for, and the addresses of the hosts named in it.
    case records([ResourceRecord], additionals: [ResourceRecord] = [])
    /// No such name, or nothing of the type; and the start of the zone that says so.
    case nothing(ResponseCode, apex: DomainName)
}
