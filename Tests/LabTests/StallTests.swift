import Foundation
import Testing

extension LabTests {
    @Suite("an API that sends half a line and hangs")
    struct StallTests {
        private let lab = Lab.shared
        private static let url = "http://192.168.50.20:7000"

        @Test("the proxy says so, lives, tries again, and the kernel keeps what it has")
        func stalls() async throws {
            let folder = FileManager.default.temporaryDirectory
                .appendingPathComponent("sluice-stall-\(UUID().uuidString)")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(at: folder) }
            let api = try lab.start("control", ["stallapi", "7000", folder.path])
            let logged = try await lab.log("node3", "proxy").count
            try await lab.run("kill", "node3", "proxy", "KILL")
            let proxy = try lab.start("node3", ["sluice", "proxy"] + Self.arguments)
            try await lab.restoring {
                // The lists hang: nothing is known, so nothing is changed.
                try await expectStall(in: proxy, count: 1)
                try await saveLists(to: folder)
                try await eventually("the lists arrive", within: .seconds(30)) {
                    proxy.complaint.contains("the kernel holds the complete state")
                }
                // The watches hang.
                try await expectStall(in: proxy, count: 2)
            } afterwards: {
                api.terminate()
                proxy.terminate()
                _ = try await (api.finish(), proxy.finish())
                try await lab.run("start", "node3", "proxy")
                try await Cluster(lab).waitUntilServed()
            }
            #expect(try await lab.log("node3", "proxy").count > logged)
        }

        private static let arguments = [
            "--api", url, "--node-name", "node3", "--service-cidr", "10.96.0.0/12,fd96::/112",
            "--pod-cidr", "10.244.0.0/16,fd44::/48",
        ]

        /// Waits until the proxy has told so often that the API is away; all is served meanwhile.
        private func expectStall(in proxy: Program, count: Int) async throws {
            let cluster = Cluster(lab)
            let inside = try await cluster.targets("trio", .clusterIP)
            let outside = try await cluster.targets("trio", .nodePort(node: "node3"))
            try await eventually("the stall is told", within: .seconds(30)) {
                proxy.complaint.ranges(of: "the API is away").count >= count
            }
            #expect(try await lab.send(20, from: "node3-pod1", to: inside).answered == 20)
            #expect(try await lab.send(20, from: "client", to: outside).answered == 20)
        }

        /// Gives the stalling API the real one's lists; its watches still stall.
        private func saveLists(to folder: URL) async throws {
            for path in [
                "api/v1/services", "api/v1/nodes", "apis/discovery.k8s.io/v1/endpointslices",
            ] {
                let list = try await lab.exec(
                    "control", "curl", "--silent", "--fail", "http://192.168.50.20:6440/\(path)")
                let name = path.split(separator: "/").last.map(String.init) ?? path
                try Data(list.utf8).write(to: folder.appendingPathComponent(name), options: .atomic)
            }
        }
    }
}
