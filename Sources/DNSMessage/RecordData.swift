package import Addressing

/// What a record says, by its type.
package enum RecordData: Hashable, Sendable {
    /// An IPv4 address.
    case a(IPv4Address)
    /// An IPv6 address.
    case aaaa(IPv6Address)
    /// The name that this one stands for.
    case cname(DomainName)
    /// A name server of the zone.
    case ns(DomainName)
    /// The name that an address belongs to.
    case ptr(DomainName)
    /// The start of a zone.
    indirect case soa(StartOfAuthority)
    /// Where a service is.
    case srv(ServiceLocation)
    /// Where mail goes.
    case mx(MailExchange)
    /// Texts of at most 255 bytes each, at least one; the writer splits a longer one.
    case txt([[UInt8]])
    /// The bytes of a type that is not looked into, or of another class than the Internet's.
    ///
    /// Names in it are spelled out, never pointers into the message that it came in.
    case opaque(RecordType, [UInt8])

    /// The type of a record that says this.
    package var type: RecordType {
        switch self {
        case .a: .a
        case .aaaa: .aaaa
        case .cname: .cname
        case .ns: .ns
        case .ptr: .ptr
        case .soa: .soa
        case .srv: .srv
        case .mx: .mx
        case .txt: .txt
        case .opaque(let type, _): type
        }
    }
}

/// The start of a zone of authority (RFC 1035 section 3.3.13).
package struct StartOfAuthority: Hashable, Sendable {
    /// The zone's first name server.
    package var primaryServer: DomainName
    /// Whom to write to, the first dot standing for the `@`.
    package var mailbox: DomainName
    /// The zone's version.
    package var serial: UInt32
    /// How often secondaries ask for changes, in seconds.
    package var refresh: UInt32
    /// How soon they ask again after a failure, in seconds.
    package var retry: UInt32
    /// How long they answer without news, in seconds.
    package var expire: UInt32
    /// How long a "no" may be remembered at most, in seconds (RFC 2308).
    package var minimum: UInt32

    /// The start of a zone.
    package init(
        primaryServer: DomainName, mailbox: DomainName, serial: UInt32, refresh: UInt32,
        retry: UInt32, expire: UInt32, minimum: UInt32
    ) {
        self.primaryServer = primaryServer
        self.mailbox = mailbox
        self.serial = serial
        self.refresh = refresh
        self.retry = retry
        self.expire = expire
        self.minimum = minimum
    }
}

/// Where a service is (RFC 2782).
package struct ServiceLocation: Hashable, Sendable {
    /// Lower is asked first.
    package var priority: UInt16
    /// The share among those of one priority.
    package var weight: UInt16
    /// The port.
    package var port: UInt16
    /// The host.
    package var target: DomainName

    /// A host and a port of a service.
    package init(priority: UInt16, weight: UInt16, port: UInt16, target: DomainName) {
        self.priority = priority
        self.weight = weight
        self.port = port
        self.target = target
    }
}

/// Where mail goes (RFC 1035 section 3.3.9).
package struct MailExchange: Hashable, Sendable {
    /// Lower is tried first.
    package var preference: UInt16
    /// The host.
    package var exchange: DomainName

    /// A host that takes mail.
    package init(preference: UInt16, exchange: DomainName) {
        self.preference = preference
        self.exchange = exchange
    }
}
