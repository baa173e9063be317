package import Foundation

/// One lab of `deploy/lab`: hosts in network namespaces, with the real sluice in each.
package struct Lab: Sendable {
    package static let nodes = ["node1", "node2", "node3"]

    /// Where the hosts reach the API.
    package static let api = "http://192.168.50.20:6440"

    /// What every daemon and tool has to be told of the lab's addresses.
    package static let ranges = [
        "--service-cidr", "10.96.0.0/12,fd96::/112", "--pod-cidr", "10.244.0.0/16,fd44::/48",
    ]

    package let name: String

    /// A lab of this process alone; a suite's trait brings it up and takes it down.
    package init(named prefix: String) {
        name = "\(prefix)-\(ProcessInfo.processInfo.processIdentifier)"
    }

    /// The top of the project.
    private static let project = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// The sluice under test: `SLUICE_BIN`, or the one built together with these tests.
    private static let sluice =
        ProcessInfo.processInfo.environment["SLUICE_BIN"]
        ?? Bundle.main.executableURL?.resolvingSymlinksInPath().deletingLastPathComponent()
        .appendingPathComponent("sluice").path ?? "sluice"

    /// The path of a tool that is a script.
    package static func tool(_ name: String) -> String {
        project.appendingPathComponent("Tests/Tools/\(name)").path
    }

    /// `deploy/lab` with these arguments, as a command line.
    package func command(_ arguments: [String]) -> [String] {
        [Self.project.appendingPathComponent("deploy/lab").path] + arguments
    }

    /// What `deploy/lab` has to find in its environment.
    package var environment: [String: String] { ["SLUICE_LAB": name, "SLUICE_BIN": Self.sluice] }

    /// Runs `deploy/lab`, and throws its complaint if it fails.
    @discardableResult
    package func run(_ arguments: String...) async throws -> String {
        try await Program(command(arguments), environment: environment).finish().checked().text
    }

    /// Runs a command in a host, and throws its complaint if it fails.
    @discardableResult
    package func exec(_ host: String, _ arguments: String...) async throws -> String {
        try await attempt(host, arguments).checked().text
    }

    /// Runs a command in a host, however it ends.
    package func attempt(_ host: String, _ arguments: String...) async throws -> Output {
        try await attempt(host, arguments)
    }

    private func attempt(_ host: String, _ arguments: [String]) async throws -> Output {
        try await start(host, arguments).finish()
    }

    /// Starts a command in a host and does not wait for it.
    package func start(_ host: String, _ arguments: [String]) throws -> Program {
        try Program(command(["exec", host] + arguments), environment: environment)
    }

    /// Starts a command in a host's network alone, without its own folders: much quicker.
    package func startInNetwork(of host: String, _ arguments: [String]) throws -> Program {
        let tools = Self.project.appendingPathComponent(".build-tools").path
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        return try Program(
            ["ip", "netns", "exec", "\(name)-\(host)"] + arguments,
            environment: ["PATH": "\(tools):\(path):/usr/sbin:/sbin"])
    }

    /// Runs a command in a host's network, however it ends.
    package func inNetwork(of host: String, _ arguments: String...) async throws -> Output {
        try await startInNetwork(of: host, arguments).finish()
    }

    /// Waits until all nodes have a backend for a frontend such as `10.96.0.1 . tcp . 80`.
    package func backend(
        of frontend: String, reachesAllNodesWithin limit: Duration
    ) async throws {
        for node in Self.nodes {
            try await eventually("\(node) has heard of \(frontend)", within: limit) {
                try await inNetwork(
                    of: node, "nft", "get", "element", "ip", "sluice", "endpoints",
                    "{ \(frontend) . 0 }"
                ).status == 0
            }
        }
    }

    /// What a process of a host has logged since it was first started, whatever started it; or
    /// what it has logged after the first so many characters.
    package func log(
        _ host: String, _ role: String, since count: Int = 0
    ) async throws -> String {
        String(try await run("logs", host, role).dropFirst(count))
    }

    /// Starts a process of a host with more arguments.
    package func start(
        _ host: String, _ role: String, with arguments: [String]
    ) async throws {
        let start = command(["start", host, role] + arguments)
        _ = try await Program(start, environment: environment).finish().checked()
    }

    /// Ends a process, and starts it again with more arguments.
    package func restart(
        _ host: String, _ role: String, signal: String = "TERM", with arguments: String...
    ) async throws {
        try await restart(host, role, signal: signal, with: arguments)
    }

    /// Ends a process, and starts it again with more arguments.
    package func restart(
        _ host: String, _ role: String, signal: String = "TERM", with arguments: [String]
    ) async throws {
        try await run("kill", host, role, signal)
        try await start(host, role, with: arguments)
    }

    /// Drops every packet from and to a host; says in which time that came into effect.
    package func silence(_ host: String) async throws -> ClosedRange<Date> {
        let begin = Date.now
        try await run("silence", host)
        return begin...(.now)
    }

    /// Puts a manifest before the API under this file name.
    package func apply(_ manifest: String, as file: String) async throws {
        try await withTemporaryFolder { folder in
            let place = folder.appendingPathComponent(file)
            try Data(manifest.utf8).write(to: place)
            _ = try await run("apply", place.path)
        }
    }

    /// Puts manifests before the API for as long as the body runs.
    package func with(
        _ manifest: String, as file: String, _ body: () async throws -> Void
    ) async throws {
        try await apply(manifest, as: file)
        try await restoring(body) { try await run("delete", file) }
    }

    /// Takes a manifest away for as long as the body runs.
    package func without(_ file: String, _ body: () async throws -> Void) async throws {
        let manifest = try String(
            contentsOfFile: "\(try await manifestFolder())/\(file)", encoding: .utf8)
        try await run("delete", file)
        try await restoring(body) { try await apply(manifest, as: file) }
    }

    /// The folder that the API watches.
    package func manifestFolder() async throws -> String {
        let lines = try await run("env").split(separator: "\n")
        guard let line = lines.first(where: { $0.hasPrefix("MANIFESTS=") }) else {
            throw Unexpected("`deploy/lab env` names no MANIFESTS")
        }
        return String(line.dropFirst("MANIFESTS=".count))
    }

    /// Runs a body, and afterwards, also if it throws, what brings the lab back as it was.
    package func restoring(
        _ body: () async throws -> Void, afterwards restore: () async throws -> Void
    ) async throws {
        do {
            try await body()
        } catch {
            try? await restore()
            throw error
        }
        try await restore()
    }
}
