// swift-tools-version: 6.3
import PackageDescription

let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
]

let argumentParser = Target.Dependency.product(
    name: "ArgumentParser", package: "swift-argument-parser")
let asyncHTTPClient = Target.Dependency.product(
    name: "AsyncHTTPClient", package: "async-http-client")
let coreMetrics = Target.Dependency.product(name: "CoreMetrics", package: "swift-metrics")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let hashTrees = Target.Dependency.product(
    name: "HashTreeCollections", package: "swift-collections")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let lifecycle = Target.Dependency.product(
    name: "ServiceLifecycle", package: "swift-service-lifecycle")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioHPACK = Target.Dependency.product(name: "NIOHPACK", package: "swift-nio-http2")
let nioHTTP2 = Target.Dependency.product(name: "NIOHTTP2", package: "swift-nio-http2")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioSSL = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let unixSignals = Target.Dependency.product(
    name: "UnixSignals", package: "swift-service-lifecycle")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")

func room(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

func testRoom(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .target(
        name: name, dependencies: dependencies, path: "Tests/\(name)", swiftSettings: strict)
}

func tests(
    _ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []
) -> Target {
    .testTarget(
        name: name, dependencies: dependencies, exclude: exclude, swiftSettings: strict)
}

let package = Package(
    name: "sluice",
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-http2", from: "1.46.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        // Floor 0: the only C.
        .target(
            name: "CNetfilter",
            cSettings: [
                .enableWarning("all"), .enableWarning("extra"), .treatAllWarnings(as: .error),
            ],
            linkerSettings: [.linkedLibrary("nftnl"), .linkedLibrary("mnl")]),

        // Floors 1 to 3: pure values and decisions. No Foundation, no clock, no I/O.
        room("Addressing"),
        room("Ruleset", ["Addressing"]),
        room("ServiceModel", ["Addressing"]),
        room("KubeAPI"),
        room("DNSMessage", ["Addressing"]),
        room("Forwarding", ["Addressing", "Ruleset", "ServiceModel"]),
        room(
            "ServiceTranslation",
            [
                "Addressing", "Ruleset", "KubeAPI", "ServiceModel", "Forwarding", "DNSMessage",
                "ClusterDNS",
            ]),
        room("ClusterDNS", ["Addressing", "DNSMessage", "ServiceModel", hashTrees]),
        room("HealthChecking", ["Addressing"]),
        room("Admission", ["Addressing", "KubeAPI"]),
        room("LeaderElection"),

        // Floor 4: one outside thing each.
        room("Netfilter", ["CNetfilter", "Addressing", "Ruleset"]),
        room("APIClient", ["KubeAPI", asyncHTTPClient, logging, nioCore, nioHTTP1, nioSSL, yams]),
        room("ObjectStore", ["Addressing", "Admission", "KubeAPI", grdb, logging, yams]),
        room("PrometheusMetrics", [coreMetrics]),
        room("HostJournal", ["Addressing", "Netfilter"]),
        room("StateFiles", [logging]),
        room("DNSForwarding", ["Addressing", "DNSMessage", logging, nioCore, nioPosix]),
        room(
            "TableSync", ["Addressing", "Forwarding", "Netfilter", "Ruleset", "ServiceModel"]),

        // Floor 5: services with side effects.
        room(
            "NodeProxy",
            [
                "Addressing", "Ruleset", "KubeAPI", "ServiceModel", "Forwarding",
                "ServiceTranslation", "Netfilter", "APIClient", "HostJournal", "StateFiles",
                "TableSync", coreMetrics, lifecycle, logging,
            ]),
        room(
            "LoadBalancer",
            [
                "Addressing", "Ruleset", "KubeAPI", "ServiceModel", "Forwarding",
                "ServiceTranslation", "HealthChecking", "Admission", "Netfilter", "APIClient",
                "HostJournal", "StateFiles", "TableSync", "LeaderElection", coreMetrics,
                lifecycle, logging, nioCore, nioHPACK, nioHTTP2, nioPosix, nioSSL,
            ]),
        room("APIServer", ["KubeAPI", "ObjectStore", hummingbird, lifecycle, logging, nioCore]),
        room(
            "DNSServer",
            [
                "Addressing", "DNSMessage", "ClusterDNS", "DNSForwarding", "KubeAPI",
                "ServiceModel", "ServiceTranslation", "APIClient", coreMetrics, lifecycle,
                logging, nioCore, nioPosix,
            ]),

        // Floors 6 and 7: the daemon and its command line.
        room(
            "Daemon",
            [
                "Addressing", "Ruleset", "KubeAPI", "ServiceModel", "Forwarding",
                "ServiceTranslation", "HealthChecking", "Admission", "LeaderElection", "Netfilter",
                "APIClient", "ObjectStore", "PrometheusMetrics", "HostJournal", "TableSync",
                "NodeProxy",
                "LoadBalancer", "APIServer", "DNSMessage", "ClusterDNS", "DNSForwarding",
                "DNSServer", asyncHTTPClient, coreMetrics, hummingbird, lifecycle,
                logging,
            ]),
        .executableTarget(
            name: "sluice", dependencies: ["Daemon", argumentParser, logging],
            swiftSettings: strict),

        // What tests share: values and builders; namespaces and commands; a lab.
        testRoom("Fixtures", ["Addressing", "Ruleset", "Forwarding", "ServiceModel", "Support"]),
        testRoom("Support", ["Addressing", logging]),
        testRoom("LabKit", []),

        // Pure tests.
        tests("AddressingTests", ["Addressing", "Support"]),
        tests(
            "RulesetTests", ["Addressing", "Ruleset", "Fixtures", "Support"], exclude: ["Golden"]),
        tests("ServiceModelTests", ["Addressing", "ServiceModel", "Support"]),
        tests("KubeAPITests", ["KubeAPI"]),
        tests(
            "ForwardingTests",
            ["Addressing", "Ruleset", "ServiceModel", "Forwarding", "Fixtures", "Support"],
            exclude: ["Golden"]),
        tests("DNSMessageTests", ["Addressing", "DNSMessage", "Support"]),
        tests(
            "ClusterDNSTests",
            ["Addressing", "DNSMessage", "ServiceModel", "ClusterDNS", "Support"]),
        tests("HealthCheckingTests", ["Addressing", "HealthChecking", "Support"]),
        tests("AdmissionTests", ["Addressing", "KubeAPI", "Admission", "Support"]),
        tests("LeaderElectionTests", ["LeaderElection", "Support"]),
        tests(
            "ServiceTranslationTests",
            [
                "Addressing", "Ruleset", "KubeAPI", "ServiceModel", "Forwarding", "DNSMessage",
                "ClusterDNS", "ServiceTranslation", "Support",
            ]),
        tests("PrometheusMetricsTests", ["PrometheusMetrics", coreMetrics]),
        tests("TidyTests", []),

        // Tests with the kernel: root, and a network namespace each.
        tests(
            "KernelTests",
            ["Addressing", "Ruleset", "ServiceModel", "Forwarding", "Netfilter", "Support"]),
        tests("HostJournalTests", ["Addressing", "Netfilter", "HostJournal", "Support"]),
        tests("StateFilesTests", ["StateFiles", "Support"]),
        tests(
            "TableSyncTests",
            [
                "Addressing", "Ruleset", "ServiceModel", "Forwarding", "Netfilter", "TableSync",
                "Fixtures", "Support",
            ]),
        tests(
            "LoadBalancerKernelTests",
            [
                "Addressing", "HostJournal", "LeaderElection", "LoadBalancer", "PrometheusMetrics",
                "Support",
                logging,
            ]),

        // Tests with files, sockets and servers of their own.
        tests("APIClientTests", ["KubeAPI", "APIClient", "Support", nioCore, nioPosix, nioSSL]),
        tests(
            "ObjectStoreTests",
            ["Addressing", "KubeAPI", "Admission", "ObjectStore", "Support", grdb, logging]),
        tests(
            "APIServerTests",
            [
                "Addressing", "Admission", "KubeAPI", "LeaderElection", "ObjectStore", "APIClient",
                "APIServer", "LoadBalancer", "Support", asyncHTTPClient, lifecycle, logging,
                nioCore, nioHTTP1, nioPosix,
            ]),
        tests(
            "NodeProxyTests",
            [
                "Addressing", "Ruleset", "KubeAPI", "ServiceModel", "Forwarding",
                "ServiceTranslation", "Netfilter", "APIClient", "HostJournal", "TableSync",
                "NodeProxy", "Support", logging,
            ]),
        tests(
            "LoadBalancerTests",
            [
                "Addressing", "KubeAPI", "ServiceModel", "Forwarding", "ServiceTranslation",
                "HealthChecking", "Admission", "Netfilter", "APIClient", "TableSync",
                "LoadBalancer",
                logging,
                nioCore, nioHPACK, nioHTTP2, nioPosix, nioSSL,
            ]),

        tests(
            "DNSForwardingTests",
            ["Addressing", "DNSMessage", "DNSForwarding", logging, nioCore, nioPosix]),
        tests(
            "DNSServerTests",
            [
                "Addressing", "DNSMessage", "ClusterDNS", "DNSForwarding", "KubeAPI",
                "ServiceModel", "ServiceTranslation", "APIClient", "DNSServer", "Support",
                lifecycle, logging,
                nioCore, nioPosix,
            ]),

        tests(
            "DaemonTests",
            [
                "Addressing", "ServiceModel", "LeaderElection", "TableSync", "NodeProxy",
                "LoadBalancer", "Daemon", "Support", coreMetrics, hummingbird, lifecycle, logging,
            ]),

        // Tests of the whole program, on several hosts in namespaces.
        tests("LabTests", ["LabKit", "Support", "sluice"]),
        tests("BehaviourTests", ["LabKit", "sluice"]),
    ],
    swiftLanguageModes: [.v6]
)
