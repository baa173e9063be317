// swift-tools-version: 6.3
import PackageDescription

// The rooms under test are links to Sources: a package of the same name compiles them once more,
// with libFuzzer's instrumentation and with `package` access for the targets here.

let instrumented: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
    .unsafeFlags(["-sanitize=fuzzer,address"]),
]

func room(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: instrumented)
}

/// A program that libFuzzer drives.
func fuzzer(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .executableTarget(
        name: name, dependencies: dependencies, swiftSettings: instrumented,
        linkerSettings: [.unsafeFlags(["-sanitize=fuzzer,address", "-use-ld=lld"])])
}

let package = Package(
    name: "sluice",
    targets: [
        room("Addressing"),
        room("DNSMessage", ["Addressing"]),

        .target(name: "CFuzzer"),
        room("Fuzzing", ["Addressing", "CFuzzer", "DNSMessage"]),

        fuzzer("FuzzMessages", ["Fuzzing"]),
        fuzzer("FuzzNames", ["DNSMessage", "Fuzzing"]),
        fuzzer("FuzzQueries", ["Fuzzing"]),
        fuzzer("FuzzShapes", ["Fuzzing"]),
    ],
    swiftLanguageModes: [.v6]
)
