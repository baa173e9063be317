/// What a room of the house may import: the architecture, kept by `ArchitectureTests`.
///
/// A target exists for one of three reasons: another language, another dependency, or a promise of
/// purity. Imports go down the floors; between rooms of one floor only where this table says so.
struct Room {
    let name: String
    let floor: Int
    /// The rooms of this package it may import.
    let rooms: Set<String>
    /// The modules of others it may import.
    let libraries: Set<String>

    /// Whether the room promises to know no clock, no randomness, no logger and no I/O.
    var isPure: Bool { 1...3 ~= floor }

    init(_ name: String, floor: Int, rooms: Set<String> = [], libraries: Set<String> = []) {
        self.name = name
        self.floor = floor
        self.rooms = rooms
        self.libraries = libraries
    }
}

/// Data structures, which a pure room may use: they do nothing but hold values.
let pureLibraries: Set = ["HashTreeCollections"]

/// What the toolchain brings; above floor 3 everybody may use it.
private let toolchain: Set = [
    "Dispatch", "Foundation", "FoundationEssentials", "Glibc", "Synchronization",
]

/// What a long-running service is made with.
private let service = toolchain.union(["CoreMetrics", "Logging", "ServiceLifecycle"])

/// What an HTTP server is made with.
private let httpServer: Set = ["HTTPTypes", "Hummingbird", "NIOCore"]

/// Every target in `Sources`, from the ground up.
let architecture: [Room] = [
    // C: libnftnl, libmnl and the kernel's headers. Only Netfilter knows it.
    Room("CNetfilter", floor: 0),

    // Values that cannot be wrong.
    Room("Addressing", floor: 1),

    // Pure vocabularies. KubeAPI is Kubernetes' spelling alone: optionals and strings.
    Room("Ruleset", floor: 2, rooms: ["Addressing"]),
    Room("ServiceModel", floor: 2, rooms: ["Addressing"]),
    Room("KubeAPI", floor: 2),
    Room("DNSMessage", floor: 2, rooms: ["Addressing"]),

    // Pure decisions. ServiceTranslation is the only place that knows both languages: Kubernetes'
    // and that of the frontends and names.
    Room("Forwarding", floor: 3, rooms: ["Addressing", "Ruleset", "ServiceModel"]),
    // Persistent trees: a table of names that queries read while the next one is made of it.
    Room(
        "ClusterDNS", floor: 3, rooms: ["Addressing", "DNSMessage", "ServiceModel"],
        libraries: ["HashTreeCollections"]),
    Room(
        "ServiceTranslation", floor: 3,
        rooms: [
            "Addressing", "Ruleset", "KubeAPI", "ServiceModel", "Forwarding", "DNSMessage",
            "ClusterDNS",
        ]),
    Room("HealthChecking", floor: 3, rooms: ["Addressing"]),
    Room("Admission", floor: 3, rooms: ["Addressing", "KubeAPI"]),
    Room("LeaderElection", floor: 3),

    // One outside thing each: the kernel, an API server, a database, the registry of metrics.
    Room(
        "Netfilter", floor: 4, rooms: ["CNetfilter", "Addressing", "Ruleset"],
        libraries: toolchain),
    Room(
        "APIClient", floor: 4, rooms: ["KubeAPI"],
        libraries: toolchain.union([
            "AsyncHTTPClient", "Logging", "NIOCore", "NIOHTTP1", "NIOSSL", "Yams",
        ])),
    Room(
        "ObjectStore", floor: 4, rooms: ["Addressing", "KubeAPI", "Admission"],
        libraries: toolchain.union(["GRDB", "Logging", "Yams"])),
    Room("PrometheusMetrics", floor: 4, libraries: toolchain.union(["CoreMetrics"])),
    Room(
        "DNSForwarding", floor: 4, rooms: ["Addressing", "DNSMessage"],
        libraries: toolchain.union(["Logging", "NIOCore", "NIOPosix"])),
    Room("StateFiles", floor: 4, libraries: toolchain.union(["Logging"])),
    // Both stand on Netfilter: what is changed outside the tables, and what is in them.
    Room(
        "HostJournal", floor: 4, rooms: ["Addressing", "Netfilter"], libraries: toolchain),
    Room(
        "TableSync", floor: 4,
        rooms: ["Addressing", "Ruleset", "ServiceModel", "Forwarding", "Netfilter"],
        libraries: toolchain),

    // Services with side effects: when to act, when to give up, when to start over.
    Room(
        "NodeProxy", floor: 5,
        rooms: [
            "Addressing", "Ruleset", "ServiceModel", "KubeAPI", "Forwarding",
            "ServiceTranslation", "Netfilter", "APIClient", "HostJournal", "StateFiles",
            "TableSync",
        ],
        libraries: service),
    Room(
        "LoadBalancer", floor: 5,
        rooms: [
            "Addressing", "Ruleset", "ServiceModel", "KubeAPI", "Forwarding",
            "ServiceTranslation", "HealthChecking", "Admission", "Netfilter", "APIClient",
            "HostJournal", "StateFiles", "TableSync", "LeaderElection",
        ],
        libraries: service.union(["NIOCore", "NIOHPACK", "NIOHTTP2", "NIOPosix", "NIOSSL"])),
    Room(
        "APIServer", floor: 5, rooms: ["KubeAPI", "ObjectStore"],
        libraries: service.union(httpServer)),

    Room(
        "DNSServer", floor: 5,
        rooms: [
            "Addressing", "DNSMessage", "ClusterDNS", "DNSForwarding", "KubeAPI", "ServiceModel",
            "ServiceTranslation", "APIClient",
        ],
        libraries: service.union(["NIOCore", "NIOPosix"])),

    // The composition: configuration, roles, shutdown, clean-up.
    Room(
        "Daemon", floor: 6,
        rooms: [
            "Addressing", "Ruleset", "ServiceModel", "KubeAPI", "Forwarding",
            "ServiceTranslation", "HealthChecking", "Admission", "Netfilter", "APIClient",
            "ObjectStore", "PrometheusMetrics", "HostJournal", "TableSync", "NodeProxy",
            "LoadBalancer", "APIServer", "DNSMessage", "ClusterDNS", "DNSForwarding",
            "DNSServer", "LeaderElection",
        ],
        libraries: service.union(httpServer).union([
            "AsyncHTTPClient", "NIOHTTP1", "UnixSignals",
        ])),

    // The command line: one file a subcommand.
    Room(
        "sluice", floor: 7, rooms: ["Daemon"],
        libraries: toolchain.union(["ArgumentParser", "Logging"])),
]
