import Addressing
import Foundation
import Glibc
import HostJournal
import Netfilter
import Support
import Testing

@testable import NodeProxy

@Suite("NodePorts beside local processes")
struct NodePortGuardTests {
    private let namespace: NetworkNamespace
    private let directory = FileManager.default.temporaryDirectory
        .appending(path: "sluice-guard-\(UUID().uuidString)").path
    private let lines = LogLines()
    private let portGuard: NodePortGuard
    private let journal: HostJournal

    init() throws {
        namespace = try NetworkNamespace()
        journal = try HostJournal(
            directory: directory, role: "proxy", inNamespace: namespace.name)
        portGuard = NodePortGuard(
            journal: journal, namespace: namespace.name,
            logger: lines.logger)
    }

    private func sysctl(_ name: String, _ value: String? = nil) throws -> String {
        let setting = try #require(Sysctl(name, inNamespace: namespace.name))
        if let value { try setting.write(value) }
        return try setting.read()
    }

    private func nodePorts(_ numbers: Int...) -> Set<ServiceDuties.NodePort> {
        Set(numbers.compactMap { Port($0) }.map { .init(.tcp, $0) })
    }

    private func said(_ part: String) -> Int {
        lines.count(of: part)
    }

    @Test("nodePorts in use are reserved, and given back")
    func reserves() async throws {
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let name = "net.ipv4.ip_local_reserved_ports"
        _ = try sysctl(name, "8080")
        let node = [address("127.0.0.1")]
        #expect(await portGuard.look(after: nodePorts(30_080, 30_081), at: node) == 0)
        #expect(try sysctl(name) == "8080,30080-30081")
        #expect(await portGuard.look(after: nodePorts(30_081), at: node) == 0)
        #expect(try sysctl(name) == "8080,30081")
        _ = try await journal.undo()
        #expect(try sysctl(name) == "8080")
        #expect(lines.all == [])
    }

    @Test("47: a local listener that a nodePort shadows is reported once, with its process")
    func shadowed() async throws {
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let script = """
            import socket, sys, time
            s = socket.socket(); s.bind(("0.0.0.0", 30080)); s.listen()
            print("ready", flush=True); time.sleep(600)
            """
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["ip", "netns", "exec", namespace.name, "python3", "-c", script]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        // Threads that tasks share block other signals, and their children inherit that.
        defer { kill(process.processIdentifier, SIGKILL) }
        #expect(!output.fileHandleForReading.availableData.isEmpty)

        let node = [address("127.0.0.1")]
        #expect(await portGuard.look(after: nodePorts(30_081), at: node) == 0)
        for _ in 0..<2 {
            #expect(await portGuard.look(after: nodePorts(30_080), at: node) == 1)
        }
        #expect(said("a nodePort takes what this process listens for") == 1)
        #expect(said("port=30080/tcp process=python") == 1)
        #expect(await portGuard.look(after: [], at: node) == 0)
    }

    @Test("nodePorts in the range of ephemeral ports are warned of, once")
    func overlap() async throws {
        defer { try? FileManager.default.removeItem(atPath: directory) }
        _ = try sysctl("net.ipv4.ip_local_port_range", "30000 40000")
        for _ in 0..<2 { _ = await portGuard.look(after: nodePorts(30_080), at: []) }
        #expect(said("nodePorts lie in the range of ephemeral ports") == 1)
        #expect(said("first=30080/tcp nodePorts=1 range=30000-40000") == 1)
    }
}
