import Ruleset

/// The names of the sets and maps, as they stand in the listing.
enum SetNames {
    static let services = "services"
    static let fromOutside = "from_outside"
    static let endpoints = "endpoints"
    static let affinity = "affinity"
    static let remember = "remember"
    static let serviceAffinity = "service_affinity"
    static let serviceAddresses = "service_addresses"
    static let endpointsByAddress = "endpoints_by_address"
    static let hideClient = "hide_client"
    static let hideNode = "hide_node"
    static let hairpin = "hairpin"
    static let allowedSources = "allowed_sources"
    static let clusterIPs = "cluster_ips"
    static let serviceRanges = "service_ranges"
    static let pods = "pods"
    static let cluster = "cluster"
    static let holdRefusals = "hold_refusals"
    static let guards = "guards"
    static let strangers = "strangers"
    static let overRate = "over_rate"
    static let overLimit = "over_limit"
    static let virtualIPs = "vips"
    static let blocklist = "blocklist"
}

/// What each set and map is made of: made once, since every element is placed with its set.
struct SetDeclarations: Sendable {
    /// `services`, `from_outside` and `endpoints` count connections.
    static let counting = SetDeclarations(hasCounters: true)
    /// Nothing counts.
    static let plain = SetDeclarations(hasCounters: false)

    /// Slots are numbers below this in the listing; the kernel has 32 bits.
    static let slotModulus: UInt32 = 65_536
    /// How many clients the kernel remembers; past that, connections are no longer sticky.
    static let affinitySize = 65_536

    let services: SetDeclaration
    let fromOutside: SetDeclaration
    let endpoints: SetDeclaration
    let holdRefusals: SetDeclaration
    let strangers: SetDeclaration
    let overRate: SetDeclaration
    let overLimit: SetDeclaration
    let virtualIPs: SetDeclaration

    let guards = SetDeclaration(
        SetNames.guards, key: Fields.frontend, value: .verdict,
        comment: "frontends that bound new connections")

    let blocklist = SetDeclaration(
        SetNames.blocklist, key: [.sourceAddress], isInterval: true, filling: .timed,
        comment: "sources that no VIP hears: sluice balancer block")

    let affinity = SetDeclaration(
        SetNames.affinity, key: Fields.client, value: .data(Fields.backend),
        filling: .byPackets(timeoutSeconds: 10_800), size: Self.affinitySize,
        comment: "client . frontend -> its endpoint, learned from traffic")

    let serviceAffinity = SetDeclaration(
        SetNames.serviceAffinity, key: Fields.clientOfService,
        value: .data([.destinationAddress]), filling: .byPackets(timeoutSeconds: 10_800),
        size: Self.affinitySize,
        comment: "client . Service -> the address of its endpoint, learned from traffic")

    let serviceAddresses = SetDeclaration(
        SetNames.serviceAddresses, key: Fields.frontend, value: .data([.destinationAddress]),
        comment: "frontends that share affinity -> the address that stands for their Service")

    let endpointsByAddress = SetDeclaration(
        SetNames.endpointsByAddress, key: Fields.frontend + [.destinationAddress],
        value: .data(Fields.backend),
        comment: "frontends that share affinity: frontend . address -> endpoint")

    let remember = SetDeclaration(
        SetNames.remember, key: Fields.frontend, value: .verdict,
        comment: "frontends with ClientIP affinity, by timeout")

    let hideClient = SetDeclaration(
        SetNames.hideClient, key: Fields.frontend,
        comment: "external frontends with policy Cluster: every client is masqueraded")

    let hideNode = SetDeclaration(
        SetNames.hideNode, key: Fields.frontend,
        comment: "external frontends with policy Local: only the node itself is masqueraded")

    let hairpin = SetDeclaration(
        SetNames.hairpin, key: [.sourceAddress, .destinationAddress],
        comment: "local endpoints that reached themselves")

    let allowedSources = SetDeclaration(
        SetNames.allowedSources, key: Fields.frontend + [.sourceAddress], isInterval: true,
        comment: "loadBalancerSourceRanges: frontend . source")

    let clusterIPs = SetDeclaration(
        SetNames.clusterIPs, key: [.destinationAddress],
        comment: "allocated ClusterIPs: a port that no service has is refused")

    let serviceRanges = SetDeclaration(
        SetNames.serviceRanges, key: [.destinationAddress], isInterval: true,
        comment: "an address here that no service has is dropped")

    let pods = SetDeclaration(
        SetNames.pods, key: [.sourceAddress], isInterval: true,
        comment: "pods of this node: they keep their address and reach every endpoint")

    let cluster = SetDeclaration(
        SetNames.cluster, key: [.sourceAddress], isInterval: true,
        comment: "who may use ClusterIPs: pods and nodes")

    private init(hasCounters: Bool) {
        services = SetDeclaration(
            SetNames.services, key: Fields.frontend, value: .verdict, hasCounter: hasCounters,
            comment: "frontend -> how to pick one of its endpoints")
        fromOutside = SetDeclaration(
            SetNames.fromOutside, key: Fields.frontend, value: .verdict, hasCounter: hasCounters,
            comment: "externalTrafficPolicy Local, for sources that are not pods of this node")
        endpoints = SetDeclaration(
            SetNames.endpoints,
            key: Fields.frontend + [.random(modulus: Self.slotModulus)],
            value: .data(Fields.backend), hasCounter: hasCounters,
            comment: "frontend . slot -> endpoint; local endpoints come first")
        holdRefusals = SetDeclaration(
            SetNames.holdRefusals, key: Fields.frontend, hasCounter: hasCounters,
            comment: "frontends with another backend for whom one refuses")
        strangers = SetDeclaration(
            SetNames.strangers, key: Fields.frontend, hasCounter: hasCounters,
            comment: "counts the packets from sources that are not allowed")
        overRate = SetDeclaration(
            SetNames.overRate, key: Fields.frontend, hasCounter: hasCounters,
            comment: "counts the packets of clients that connect too fast")
        overLimit = SetDeclaration(
            SetNames.overLimit, key: Fields.frontend, hasCounter: hasCounters,
            comment: "counts the packets of connections that are too many")
        virtualIPs = SetDeclaration(
            SetNames.virtualIPs, key: [.destinationAddress], hasCounter: hasCounters,
            comment: "addresses of frontends; counts the packets from the blocklist")
    }

    /// The sets of a node's table.
    var ofNode: [SetDeclaration] {
        [
            services, fromOutside, endpoints, affinity, serviceAffinity, serviceAddresses,
            endpointsByAddress, remember, hideClient, hideNode, hairpin, allowedSources,
            clusterIPs, serviceRanges, pods, cluster,
        ]
    }

    /// The sets of a balancer's table.
    var ofBalancer: [SetDeclaration] {
        [
            services, endpoints, affinity, serviceAffinity, serviceAddresses, endpointsByAddress,
            remember, hideClient, allowedSources, holdRefusals, guards, strangers, overRate,
            overLimit, virtualIPs, blocklist,
        ]
    }
}
