import Foundation
import LabKit
import Support

/// Random changes of Services, endpoints, policies and Nodes beside disruptions, for a while.
///
/// What is decided follows from the seed; what meets what is the clock's doing.
struct ChaosRun: Sendable {
    /// What happened.
    struct Tally: Sendable {
        var changes = 0
        var disruptions: [String: Int] = [:]

        var text: String {
            let kinds = disruptions.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
            return "\(changes) changes; \(kinds.joined(separator: ", "))"
        }
    }

    private let lab: Lab
    private let seed: UInt64
    private let folder: String
    /// The manifests of the lab's Nodes as they were.
    private let nodes: [String: String]
    private let began = ContinuousClock.now

    init(_ lab: Lab, seed: UInt64) async throws {
        self.lab = lab
        self.seed = seed
        let folder = try await lab.manifestFolder()
        self.folder = folder
        nodes = try Dictionary(
            uniqueKeysWithValues: Lab.nodes.map { node in
                (node, try String(contentsOfFile: "\(folder)/\(node).yaml", encoding: .utf8))
            })
    }

    /// Says something on standard error, where progress is looked for.
    func say(_ text: String) {
        let seconds = (.now - began) / .seconds(1)
        FileHandle.standardError.write(
            Data(
                "chaos \(seconds.formatted(.number.precision(.fractionLength(1)))) s: \(text)\n"
                    .utf8))
    }

    /// Makes node 3's tables plain and every Service of the chaos anew.
    func prepare() async throws {
        let plain = ChaosDisruption.plainNode
        try await lab.restart(
            plain, "proxy", with: ChaosDisruption.arguments(of: plain))
        var random = SplitMix(seed: seed)
        for place in 0..<ChaosService.count {
            try put(ChaosService(place, using: &random).yaml, as: Self.file(place))
        }
    }

    /// Lets everything happen until the time is over, and says what did.
    func run(for duration: Duration, _ load: ChaosLoad) async throws -> Tally {
        let end = ContinuousClock.now + duration
        async let changes = change(until: end)
        async let disruptions = disrupt(until: end, load)
        return Tally(changes: try await changes, disruptions: try await disruptions)
    }

    /// One file after the other is written, replaced or taken away.
    private func change(until end: ContinuousClock.Instant) async throws -> Int {
        var random = SplitMix(seed: seed ^ 0xc4a05)
        var count = 0
        while ContinuousClock.now < end {
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                try changeOnce(using: &random)
                count += 1
            }
            try await Task.sleep(for: .milliseconds(Int.random(in: 0...300, using: &random)))
        }
        return count
    }

    private func changeOnce(using random: inout SplitMix) throws {
        let place = Int.random(in: 0..<ChaosService.count, using: &random)
        switch Int.random(in: 0..<40, using: &random) {
        case 0..<6: remove(Self.file(place))
        case 6: try put("kind: [what is this", as: Self.file(place))
        case 7..<10:
            let node = random.pick(Lab.nodes)
            let zone = random.pick(["west", "east", ""])
            try put(manifest(of: node, zone: zone), as: "\(node).yaml")
        case 10: remove("\(ChaosDisruption.plainNode).yaml")
        default: try put(ChaosService(place, using: &random).yaml, as: Self.file(place))
        }
    }

    private func manifest(of node: String, zone: String) -> String {
        let manifest = nodes[node] ?? ""
        let label = "    topology.kubernetes.io/zone: \(zone)\n"
        return zone.isEmpty
            ? manifest : manifest.replacing("  labels:\n", with: "  labels:\n\(label)")
    }

    private func disrupt(
        until end: ContinuousClock.Instant, _ load: ChaosLoad
    ) async throws -> [String: Int] {
        var random = SplitMix(seed: seed ^ 0xd154)
        var tally: [String: Int] = [:]
        while ContinuousClock.now < end {
            let disruption = ChaosDisruption.random(using: &random)
            do {
                try await disruption.happen(in: lab)
            } catch {
                throw Unexpected("\(disruption): \(error)")
            }
            tally[disruption.kind, default: 0] += 1
            let (answered, failed) = load.counts
            say("\(disruption); untouched Services: \(answered) answered, \(failed) failed")
            try await Task.sleep(for: .milliseconds(Int.random(in: 0...1_500, using: &random)))
        }
        return tally
    }

    /// Waits until the API and every node have taken in all that is in the folder.
    ///
    /// A Service of another port each time is given to them behind everything else; its endpoints
    /// come through the other watch, so the one element that needs both is looked for.
    func settle(turn: Int) async throws {
        for (node, manifest) in nodes { try put(manifest, as: "\(node).yaml") }
        let port = 10_000 + turn
        try put(Self.barrier(port: port), as: "zz-chaos.yaml")
        let address = ChaosService.clusterIP(ChaosService.count, .v4)
        try await lab.backend(
            of: "\(address) . tcp . \(port)", reachesAllNodesWithin: .seconds(120))
    }

    private static func barrier(port: Int) -> String {
        """
        apiVersion: v1
        kind: Service
        metadata: {name: chaos-barrier}
        spec:
          selector: {ordinal: "1"}
          clusterIP: \(ChaosService.clusterIP(ChaosService.count, .v4))
          ports: [{name: turn, port: \(port), targetPort: \(port)}]

        """
    }

    /// Has every frontend remember its clients for itself.
    ///
    /// The chains that do it for whole Services cannot be loaded by nft 1.0.6 (docs/data-plane.md),
    /// so that it cannot say how it would list them.
    func shareNoAffinity() async throws {
        for file in (0..<ChaosService.count).map(Self.file) {
            guard let text = try? String(contentsOfFile: "\(folder)/\(file)", encoding: .utf8)
            else { continue }
            try put(text.replacing(ChaosService.sharedAffinity, with: ""), as: file)
        }
        try await settle(turn: 2)
        // Of a file that the API cannot read or use, such as one with another primary family, the
        // Service stays that was there before.
        let services = try await Cluster(lab).services()
        for place in 0..<ChaosService.count {
            let annotations = services[ChaosService.name(place)]?.metadata.annotations
            if annotations?["sluice.io/affinity-scope"] != nil { remove(Self.file(place)) }
        }
        try await settle(turn: 3)
    }

    /// Takes every object of the chaos away.
    func removeServices() {
        for place in 0..<ChaosService.count { remove(Self.file(place)) }
    }

    /// Brings the lab back as it was, as far as anything is still there to be brought back.
    func restore() async throws {
        removeServices()
        remove("zz-chaos.yaml")
        for (node, manifest) in nodes { try put(manifest, as: "\(node).yaml") }
        _ = try? await lab.run("unsilence", "control")
        _ = try? await lab.run("start", "control", "api")
        for node in Lab.nodes {
            _ = try? await lab.run("kill", node, "proxy", "KILL")
            try await lab.run("start", node, "proxy")
        }
    }

    private static func file(_ place: Int) -> String { "chaos-\(place).yaml" }

    /// There complete or not at all.
    private func put(_ manifest: String, as file: String) throws {
        try Data(manifest.utf8).write(to: URL(filePath: "\(folder)/\(file)"), options: .atomic)
    }

    private func remove(_ file: String) {
        try? FileManager.default.removeItem(atPath: "\(folder)/\(file)")
    }
}
