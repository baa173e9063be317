import Foundation
import LabKit
import Testing

extension LabTests {
    @Suite("an API that sends half a line and hangs")
    struct StallTests {
        private let lab = Lab.shared

        @Test("the proxy says so, lives, tries again, and the kernel keeps what it has")
        func stalls() async throws {
            try await withTemporaryFolder { folder in
                let api = try lab.start("control", ["stallapi", "7000", folder.path])
                try await lab.run("kill", "node3", "proxy", "KILL")
                let proxy = try lab.start(
                    "node3",
                    ["sluice", "proxy", "--api", "http://192.168.50.20:7000"]
                        + ["--node-name", "node3"] + Lab.ranges)
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
                    api.signal(SIGKILL)
                    proxy.signal(SIGTERM)
                    _ = try await (api.finish(), proxy.finish())
                    try await lab.run("start", "node3", "proxy")
                    try await Cluster(lab).waitUntilServed()
                }
            }
        }

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
                    "control", "curl", "--silent", "--fail", "\(Lab.api)/\(path)")
                let name = path.split(separator: "/").last.map(String.init) ?? path
                try Data(list.utf8).write(to: folder.appendingPathComponent(name), options: .atomic)
            }
        }
    }
}
