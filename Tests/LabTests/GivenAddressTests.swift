import LabKit
import Testing

extension LabTests {
    @Suite("a balancer gives Services their addresses, by their status in the API")
    struct GivenAddressTests {
        private static let pool = ["--load-balancer-pool", "198.51.100.0/24,fd98::/112"]
        private static let noPool = ["--load-balancer-pool", ""]
        private let lab = Lab.shared
        private var cluster: Cluster { Cluster(lab) }

        /// The addresses of all Services that have any.
        private func addresses() async throws -> [String: [String]] {
            try await cluster.services().mapValues(\.virtualIPs).filter { !$0.value.isEmpty }
        }

        private func service(_ name: String, type: String = "LoadBalancer") -> String {
            LabServices.service(name, type: type, selector: ["ordinal": "2"])
        }

        private func apply(_ name: String) async throws {
            try await lab.apply(service(name), as: "\(name).yaml")
            try await eventually("\(name) has an address of each family") {
                try await cluster.services()[name]?.virtualIPs.count == 2
            }
        }

        private func expectServed(_ name: String) async throws {
            let targets = try await cluster.targets(name, .virtualIP)
            try await eventually("the client reaches \(name)") {
                try await lab.send(
                    60, from: "client", to: targets, atOnce: 6, timeoutMilliseconds: 500
                ).answered == 60
            }
        }

        /// An API that gives out no addresses, and a balancer that does.
        private func withGiver(_ body: () async throws -> Void) async throws {
            try await lab.restart("control", "api", with: Self.noPool)
            try await lab.restoring {
                try await lab.restart("balancer", "balancer", with: Self.pool)
                try await body()
            } afterwards: {
                for file in ["early", "late", "many"] {
                    _ = try? await lab.run("delete", "\(file).yaml")
                }
                _ = try? await lab.run("kill", "balancer2", "balancer")
                _ = try? await lab.run("kill", "balancer", "balancer")
                _ = try? await lab.run("kill", "control", "api")
                try await lab.run("start", "control", "api")
                try await lab.run("start", "balancer", "balancer")
                try await cluster.waitUntilServed()
            }
        }

        private static let many = (1...8).map { "many-\($0)" }

        @Test("clients reach them; kill -9 of API and balancer changes none; another type ends it")
        func given() async throws {
            try await withGiver {
                try await expectServed("web-public")
                try await apply("early")
                try await apply("late")
                try await lab.run("delete", "early.yaml")
                try await eventually("early is gone") { try await addresses()["early"] == nil }
                let before = try await addresses()
                try await lab.run("kill", "balancer", "balancer", "KILL")
                try await lab.run("kill", "control", "api", "KILL")
                try await lab.start("control", "api", with: Self.noPool)
                #expect(try await addresses() == before)
                try await lab.start("balancer", "balancer", with: Self.pool)
                try await expectServed("late")
                #expect(try await addresses() == before)
                try await lab.apply(service("late", type: "ClusterIP"), as: "late.yaml")
                try await eventually("the balancer has noticed") {
                    let isGone = try await addresses()["late"] == nil
                    let hasNote = try await note(of: "late")
                    return isGone && !hasNote
                }
            }
        }

        @Test("two balancers give each Service one address of each family, and none twice")
        func pair() async throws {
            try await withGiver {
                try await lab.start(
                    "balancer2", "balancer", with: ["--announce", "none"] + Self.pool)
                let all = Self.many.map { service($0) }.joined(separator: "---\n")
                try await lab.apply(all, as: "many.yaml")
                try await eventually("all have addresses") {
                    let addresses = try await addresses()
                    return Self.many.allSatisfy { addresses[$0]?.count == 2 }
                }
                let given = try await addresses().values.flatMap(\.self)
                #expect(Set(given).count == given.count)
                for name in ["many-1", "many-8"] { try await expectServed(name) }
                for host in Lab.balancers {
                    let status = try await lab.exec(host, "sluice", "balancer", "status")
                    #expect(!status.contains("gets no address"), "\(status)")
                    #expect(!status.contains("cannot be written"), "\(status)")
                }
            }
        }

        /// Whether the Service bears the balancer's note of what it gave.
        private func note(of name: String) async throws -> Bool {
            try await lab.exec(
                "control", "curl", "--silent", "--fail",
                "\(Lab.api)/api/v1/namespaces/default/services/\(name)"
            ).contains("sluice.io/allocated-addresses")
        }
    }
}
