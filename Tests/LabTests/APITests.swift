import LabKit
import Testing

extension LabTests {
    @Suite("the API goes away and comes back")
    struct APITests {
        private let lab = Lab.shared

        @Test("the last state serves meanwhile; what was allocated stays, what changed arrives")
        func restart() async throws {
            let cluster = Cluster(lab)
            // Read in the order of their names, they would get each other's addresses.
            try await lab.apply(service("second"), as: "zz-second.yaml")
            try await waitForService("second")
            try await lab.apply(service("first"), as: "aa-first.yaml")
            try await waitForService("first")
            let before = try await cluster.services()
            let targets = try await cluster.targets("trio", .clusterIP)
            let outside = try await cluster.targets("trio", .virtualIP)
            try await lab.run("kill", "control", "api", "KILL")
            try await lab.run("delete", "aa-first.yaml")
            try await lab.apply(service("third"), as: "third.yaml")
            try await lab.restoring {
                try await expectService(targets, outside)
            } afterwards: {
                try await lab.run("start", "control", "api")
            }
            let after = try await cluster.services()
            for (name, service) in before where name != "first" {
                #expect(after[name]?.clusterIPs == service.clusterIPs)
                #expect(after[name]?.virtualIPs == service.virtualIPs)
                #expect(after[name]?.nodePorts == service.nodePorts)
            }
            try await expectReconnection(
                gone: try #require(before["first"]), new: try #require(after["third"]))
            try await lab.run("delete", "zz-second.yaml", "third.yaml")
            try await cluster.waitUntilServed()
        }

        private func service(_ name: String) -> String {
            LabServices.service(name, type: "LoadBalancer", selector: ["ordinal": "2"])
        }

        private func waitForService(_ name: String) async throws {
            try await eventually("the API has Service \(name)") {
                try await Cluster(lab).services()[name]?.virtualIPs.count == 2
            }
        }

        private func expectService(_ inside: [String], _ outside: [String]) async throws {
            let pods = try await lab.send(100, from: "node1-pod1", to: inside, atOnce: 4)
            let client = try await lab.send(100, from: "client", to: outside, atOnce: 4)
            #expect(pods.answered == 100)
            #expect(client.answered == 100)
            #expect(try await lab.exec("node1", "curl", "--silent", "--fail", Self.health) != "")
        }

        private static let health = "http://127.0.0.1:10256/readyz"

        /// The proxies and the balancer hear of both changes, though they watched when it died.
        private func expectReconnection(
            gone: ListedService, new: ListedService
        ) async throws {
            let newAddresses = new.clusterIPs + new.virtualIPs
            let goneAddresses = (gone.clusterIPs + gone.virtualIPs)
                .filter { !newAddresses.contains($0) }
            for node in Lab.nodes {
                try await eventually("\(node) follows the API again", within: .seconds(30)) {
                    let tables = try await lab.exec(node, "nft", "list", "ruleset")
                    return newAddresses.allSatisfy { tables.contains(" \($0) . tcp . 80 ") }
                        && !tables.contains("default/first")
                        && goneAddresses.allSatisfy { !tables.contains(" \($0) . tcp . 80 ") }
                }
            }
            let target = Cluster.text(try #require(new.virtualIPs.first), 80)
            try await eventually("the balancer follows the API again", within: .seconds(30)) {
                try await lab.send(1, from: "client", to: [target], timeoutMilliseconds: 500)
                    .answered == 1
            }
        }
    }
}
