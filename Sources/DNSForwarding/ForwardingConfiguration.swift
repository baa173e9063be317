package import Addressing
package import DNSMessage

/// Whom a forwarder asks, and how much it takes and keeps.
package struct ForwardingConfiguration: Hashable, Sendable {
    /// Whom to ask for all names but those of the stub domains, in this order.
    package var upstreams: [UpstreamServer]
    /// Whom to ask for the names in a domain; an empty list means that nobody is asked.
    package var stubDomains: [DomainName: [UpstreamServer]]
    /// Limits on what servers are asked.
    package var limits: ForwardingLimits
    /// Limits on what is kept of their answers.
    package var cache: CacheLimits

    /// A configuration of these parts.
    package init(
        upstreams: [UpstreamServer], stubDomains: [DomainName: [UpstreamServer]] = [:],
        limits: ForwardingLimits = ForwardingLimits(), cache: CacheLimits = CacheLimits()
    ) {
        self.upstreams = upstreams
        self.stubDomains = stubDomains
        self.limits = limits
        self.cache = cache
    }

    /// Whom to ask for a name: the servers of the longest stub domain it is in, else all others'.
    ///
    /// A stub domain without servers does not fall back: its names are nobody else's business.
    package func servers(for name: DomainName) -> [UpstreamServer] {
        guard !stubDomains.isEmpty else { return upstreams }
        var domain: DomainName? = name
        while let candidate = domain {
            if let servers = stubDomains[candidate] { return servers }
            domain = candidate.parent
        }
        return upstreams
    }

    /// Takes out the servers that are this server itself, and tells which those were.
    ///
    /// A question sent to oneself is forwarded again until every limit is reached.
    ///
    /// - Parameters:
    ///   - listening: where this server listens; `0.0.0.0` and `::` stand for all addresses.
    ///   - hostAddresses: the addresses of this host.
    /// - Returns: the servers that were taken out.
    package mutating func excludeOwnAddresses(
        listening: [SocketEndpoint], hostAddresses: Set<IPAddress>
    ) -> [ForwardingLoop] {
        let own = OwnAddresses(listening: listening, hostAddresses: hostAddresses)
        var loops = upstreams.filter(own.contains).map { server in
            ForwardingLoop(server: server, domain: nil)
        }
        upstreams.removeAll(where: own.contains)
        for (domain, servers) in stubDomains.sorted(by: { "\($0.key)" < "\($1.key)" }) {
            loops += servers.filter(own.contains).map { server in
                ForwardingLoop(server: server, domain: domain)
            }
            stubDomains[domain] = servers.filter { server in !own.contains(server) }
        }
        return loops
    }
}

/// An upstream server that is this server itself, and so is not asked.
package struct ForwardingLoop: Hashable, Sendable, CustomStringConvertible {
    /// The server that is left out.
    package let server: UpstreamServer
    /// The stub domain it was to be asked for; nil if for everything else.
    package let domain: DomainName?

    /// For a log.
    package var description: String {
        let purpose = domain.map { "for \($0) " } ?? ""
        return "upstream server \(server) \(purpose)is this server itself and is left out"
    }
}

/// Where questions to oneself arrive.
private struct OwnAddresses {
    let listening: [SocketEndpoint]
    let hostAddresses: Set<IPAddress>

    func contains(_ server: UpstreamServer) -> Bool {
        let address = server.endpoint.address
        return listening.contains { own in
            guard own.port == server.endpoint.port else { return false }
            // The unspecified address as a destination is the loopback address to Linux. A `::`
            // listener may take IPv4 too; a server left out in doubt costs less than a loop.
            return own.address == address
                || own.address.isUnspecified
                    && (address.isLoopback || address.isUnspecified
                        || hostAddresses.contains(address))
                || address.isUnspecified && own.address.isLoopback
        }
    }
}
