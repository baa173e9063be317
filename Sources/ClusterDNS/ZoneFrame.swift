import Addressing
import DNSMessage

/// What is the same in every version of a zone, prepared once.
final class ZoneFrame: Sendable {
    let settings: ZoneSettings
    /// `svc.ZONE`.
    let serviceSuffix: DomainName
    /// How many labels the full name of a Service has.
    let serviceLabelCount: Int
    /// `pod.ZONE`.
    let podSuffix: DomainName
    /// `ns.dns.ZONE`: the server that answers.
    let nameServer: DomainName
    /// `dns-version.ZONE`.
    let versionName: DomainName
    /// Whom to write to.
    private let mailbox: DomainName

    /// The version of the specification whose records these are.
    static let schemaVersion = "1.1.0"

    /// Fails for an origin so long that no Service's name fits in front of it.
    init?(_ settings: ZoneSettings) {
        let origin = settings.origin
        guard let serviceSuffix = origin.prepending("svc"),
            let podSuffix = origin.prepending("pod"),
            let nameServer = origin.prepending("dns")?.prepending("ns"),
            let versionName = origin.prepending("dns-version"),
            let mailbox = origin.prepending("hostmaster")
        else { return nil }
        self.settings = settings
        self.serviceSuffix = serviceSuffix
        self.serviceLabelCount = serviceSuffix.labelCount + 2
        self.podSuffix = podSuffix
        self.nameServer = nameServer
        self.versionName = versionName
        self.mailbox = mailbox
    }

    /// The full name of a Service; nil if it would be too long for a name.
    func owner(name: NameLabel, namespace: NameLabel) -> DomainName? {
        serviceSuffix.prepending(namespace.text)?.prepending(name.text)
    }

    /// A record of this zone.
    func record(_ name: DomainName, _ data: RecordData) -> ResourceRecord {
        ResourceRecord(name: name, timeToLive: settings.timeToLiveSeconds, data: data)
    }

    /// The start of the zone, or of one of its reverse zones, for a "no" and for its own sake.
    ///
    /// The times are those of CoreDNS; nobody transfers the zone. Its own time to live is no longer
    /// than what it says of "no" (RFC 2308 section 3).
    func startOfAuthority(of apex: DomainName, serial: UInt32) -> ResourceRecord {
        ResourceRecord(
            name: apex, timeToLive: settings.negativeTimeToLiveSeconds,
            data: .soa(
                StartOfAuthority(
                    primaryServer: nameServer, mailbox: mailbox, serial: serial, refresh: 7200,
                    retry: 1800, expire: 86400, minimum: settings.negativeTimeToLiveSeconds)))
    }
}

extension IPAddress {
    /// The record that says this address.
    var recordData: RecordData {
        switch self {
        case .v4(let address): .a(address)
        case .v6(let address): .aaaa(address)
        }
    }

    /// The type of the record that says this address.
    var recordType: RecordType {
        switch self {
        case .v4: .a
        case .v6: .aaaa
        }
    }
}
