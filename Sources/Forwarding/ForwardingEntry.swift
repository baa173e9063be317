package import Addressing
package import ServiceModel

/// One frontend and all that is to happen to its connections.
package struct ForwardingEntry: Hashable, Sendable {
    /// Whose address the backends see.
    package enum SourceHiding: Hashable, Sendable {
        /// The client's, unless it comes from outside the pods (a ClusterIP's way).
        case byServiceRange
        /// This host's, for every client (external frontends with policy Cluster).
        case everyClient
        /// The client's; only this host's own processes are masqueraded (policy Local).
        case hostOnly
    }

    /// What happens to connections that find no backend.
    package enum Fallback: Hashable, Sendable {
        /// The client is told at once: a TCP reset or an ICMP error.
        case refuse
        /// Silence: backends exist, but not here, and a balancer must notice.
        case drop
    }

    /// What clients connect to.
    package let frontend: Frontend
    /// The listing's comment: for example `default/web:http nodePort`.
    package let label: String
    /// One backend a slot, those of this host first; a repeated backend gets more connections.
    package var backends: [SocketEndpoint]
    /// Endpoints that still serve, but get no new connections: their UDP flows go on.
    ///
    /// Nothing of it stands in the tables.
    package var conversing: [SocketEndpoint] = []
    /// How many of the first backends run on this host.
    package var localCount: Int
    /// True if clients that are not pods of this host reach the local backends only.
    package var isLocalForOutside: Bool
    /// How many of the first backends are for nobody but those clients: a last resort on this host
    /// while backends of other hosts are well.
    package var outsideOnlyCount: Int
    /// What happens when there is no backend.
    package var fallback: Fallback
    /// How long a silent client keeps its backend; nil: each connection chooses anew.
    package var affinitySeconds: Int?
    /// The address that stands for the Service, if a client's backend is remembered for all of its
    /// frontends together; nil: this frontend remembers for itself.
    package var affinityService: IPAddress?
    /// The only sources allowed; empty: everyone.
    package var allowedSources: [CIDRBlock]
    /// Whose address the backends see.
    package var sourceHiding: SourceHiding
    /// True if a backend's refusal is kept from the client, whose next attempt may meet another;
    /// only a balancer's table does so, and only while there is another.
    package var holdsRefusals: Bool
    /// The bounds within which it takes new connections; only a balancer's table keeps them.
    package var protection: Protection
    /// True if a client's address says which slot it gets; affinity with a timeout goes before.
    package var choosesBySource: Bool
    /// The nodes that get this frontend's packets as they are; then there are no backends, and
    /// what reaches the tables of the two families all the same is refused.
    package var directReturn: DirectReturn?
    /// When the Service was created that wants it; who does not say it is the youngest.
    package var created: CreationTime?

    /// A frontend that spreads its connections evenly over these backends.
    package init(
        _ frontend: Frontend, label: String, backends: [SocketEndpoint], localCount: Int = 0,
        isLocalForOutside: Bool = false, outsideOnlyCount: Int = 0, fallback: Fallback = .refuse,
        affinitySeconds: Int? = nil, allowedSources: [CIDRBlock] = [],
        sourceHiding: SourceHiding, holdsRefusals: Bool = false, choosesBySource: Bool = false,
        protection: Protection = Protection()
    ) {
        precondition(localCount <= backends.count, "local backends are counted among all")
        precondition(
            outsideOnlyCount == 0 || isLocalForOutside && outsideOnlyCount <= localCount,
            "what only clients outside reach is local")
        self.frontend = frontend
        self.label = label
        self.backends = backends
        self.localCount = localCount
        self.isLocalForOutside = isLocalForOutside
        self.outsideOnlyCount = outsideOnlyCount
        self.fallback = fallback
        self.affinitySeconds = affinitySeconds
        self.allowedSources = allowedSources
        self.sourceHiding = sourceHiding
        self.holdsRefusals = holdsRefusals
        self.choosesBySource = choosesBySource
        self.protection = protection
    }

    /// Whether there is anybody who gets its connections.
    package var hasTargets: Bool { !backends.isEmpty || directReturn != nil }

    /// The backends that any client may keep: under policy Local only those of this host.
    package var backendsToKeep: Set<SocketEndpoint> {
        Set(isLocalForOutside ? backends.prefix(localCount) : backends[...])
    }

    /// Where flows of the frontend may lead: to its backends, and to who is still conversing.
    package var flowTargets: [SocketEndpoint] { backends + conversing }

    /// Whether the frontend remembers clients for itself.
    package var hasOwnAffinity: Bool { affinitySeconds != nil && affinityService == nil }

    /// The address family of frontend and backends.
    package var family: IPFamily { frontend.address.family }
}

/// The limits of what one frontend may hold.
package enum ForwardingLimits {
    /// Backends of one frontend; the rest is left out and reported.
    ///
    /// A slot is a 16-bit number in the listing's `typeof`; a Service of this size already fills
    /// 30,000 elements when it has a ClusterIP, a nodePort and a load balancer's address.
    package static let backendsPerFrontend = 10_000
    /// Services of at most so many endpoints never need a new chain; most have no more.
    static let preparedSlotCount = 16
    /// Bytes of a comment that `nft` 1.0.6 prints and loads.
    static let commentBytes = 128
}
