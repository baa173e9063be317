import Foundation
import LabKit
import Testing

extension LabTests {
    @Suite("bad input is told and stops nothing")
    struct BadInputTests {
        private let lab = Lab.shared

        @Test("a bad manifest is told by file, line and field", arguments: BadManifest.all)
        func badManifest(bad: BadManifest) async throws {
            let before = try await Cluster(lab).services()
            let logged = try await lab.log("control", "api").count
            try await lab.with(bad.text, as: bad.file) {
                try await eventually("the fault is told", within: .seconds(5)) {
                    let log = try await lab.log("control", "api", since: logged)
                    return log.split(separator: "\n").contains { bad.isTold(in: $0) }
                }
                #expect(try await Cluster(lab).services() == before)
                try await expectAllServed()
            }
        }

        @Test("a good document beside a broken one is served, and lost only with its file")
        func goodBesideBroken() async throws {
            let good = LabServices.service("good", type: "ClusterIP", selector: ["ordinal": "2"])
            let both = good + "---\n" + BadManifest.all[2].text
            try await lab.with(both, as: "both.yaml") {
                try await waitForService("good")
            }
            try await eventually("the good one went with its file") {
                try await Cluster(lab).services()["good"] == nil
            }
        }

        @Test("a file that became unreadable keeps what it said when it could be read")
        func lastGoodState() async throws {
            let good = LabServices.service("good", type: "ClusterIP", selector: ["ordinal": "2"])
            try await lab.with(good, as: "kept.yaml") {
                try await waitForService("good")
                let address = try await Cluster(lab).service("good").clusterIPs
                let logged = try await lab.log("control", "api").count
                try await lab.apply(BadManifest.all[0].text, as: "kept.yaml")
                try await eventually("the fault is told", within: .seconds(5)) {
                    try await lab.log("control", "api", since: logged).contains("kept.yaml:3")
                }
                #expect(try await Cluster(lab).service("good").clusterIPs == address)
            }
        }

        @Test("what an unreadable file said when it could be read outlives the API")
        func lastGoodStateOverRestart() async throws {
            let good = LabServices.service("good", type: "ClusterIP", selector: ["ordinal": "2"])
            try await lab.with(good, as: "kept.yaml") {
                try await waitForService("good")
                let cluster = Cluster(lab)
                let address = try await cluster.service("good").clusterIPs
                let logged = try await lab.log("control", "api").count
                try await lab.apply(BadManifest.all[0].text, as: "kept.yaml")
                try await eventually("the fault is told", within: .seconds(5)) {
                    try await lab.log("control", "api", since: logged)
                        .contains("one object that it had before stays as it was")
                }
                try await lab.run("kill", "control", "api", "KILL")
                try await lab.run("start", "control", "api")
                #expect(try await cluster.service("good").clusterIPs == address)
                let inside = try await cluster.targets("good", .clusterIP)
                #expect(try await lab.send(20, from: "node2-pod1", to: inside).answered == 20)
            }
            try await eventually("it goes with its file") {
                try await Cluster(lab).services()["good"] == nil
            }
        }

        @Test("a Service with more endpoints than the limit has as many as the limit")
        func tooManyEndpoints() async throws {
            let logged = try await lab.log("control", "api").count
            try await lab.with(Crowd.manifest(podCount: 10_001), as: "crowd.json") {
                try await eventually("the limit is told", within: .seconds(60)) {
                    try await lab.log("control", "api", since: logged)
                        .contains("1 Pods more than the 10000 endpoints that a Service may have")
                }
                try await eventually("10,000 endpoints are in the kernel", within: .seconds(60)) {
                    try await endpointCount(of: "default/crowd") == 10_000
                }
                try await expectAllServed()
            }
            try await eventually("the crowd is gone", within: .seconds(60)) {
                try await endpointCount(of: "default/crowd") == 0
            }
        }

        @Test(
            "a wrong command line is told, with status 2",
            arguments: [
                ["api", "--manifests", "/tmp", "--service-cidr", "10.96.0.0/33"],
                ["api"], ["balancer"], ["proxy", "--table-owner", "perhaps"],
                ["balancer", "--interface", "eth0", "--check", "icmp"], ["rules", "--unknown"],
            ])
        func commandLine(arguments: [String]) async throws {
            let output = try await lab.start("client", ["sluice"] + arguments).finish()
            #expect(output.status == 2)
            #expect(output.complaint.contains("--"), "\(output.complaint)")
        }

        private func waitForService(_ name: String) async throws {
            try await eventually("the API has Service \(name)") {
                try await Cluster(lab).services()[name]?.clusterIPs.count == 2
            }
        }

        /// Backends of a Service's ClusterIP in node1's table.
        private func endpointCount(of service: String) async throws -> Int {
            let services = try await lab.exec(
                "node1", "nft", "list", "map", "ip", "sluice", "services")
            guard let line = services.split(separator: "\n").first(where: { $0.contains(service) })
            else { return 0 }
            guard let chain = line.split(separator: " ").last(where: { $0.contains("random_") })
            else { return 0 }
            return Int(chain.filter(\.isNumber)) ?? 0
        }

        private func expectAllServed() async throws {
            let status = try await lab.run("status")
            #expect(!status.contains("dead"), "\(status)")
            let cluster = Cluster(lab)
            let inside = try await cluster.targets("trio", .clusterIP)
            let outside = try await cluster.targets("trio", .virtualIP)
            #expect(try await lab.send(20, from: "node2-pod1", to: inside).answered == 20)
            #expect(try await lab.send(20, from: "client", to: outside).answered == 20)
        }
    }
}

extension BadManifest {
    /// Whether a line of the log says what is wrong, and where.
    fileprivate func isTold(in log: some StringProtocol) -> Bool {
        log.contains("\(file):\(line)") && log.contains(message)
            && (field.map { log.contains($0) } ?? true)
    }
}

/// A Service with very many pods, as JSON.
enum Crowd {
    static func manifest(podCount: Int) -> String {
        let pods = (0..<podCount).map { number in
            let address = "10.244.\(100 + number / 250).\(number % 250 + 1)"
            return """
                {"apiVersion":"v1","kind":"Pod","metadata":{"name":"crowd-\(number)",\
                "labels":{"app":"crowd"}},"spec":{"nodeName":"node1"},\
                "status":{"phase":"Running","podIP":"\(address)"}}
                """
        }
        let service = """
            {"apiVersion":"v1","kind":"Service","metadata":{"name":"crowd"},\
            "spec":{"selector":{"app":"crowd"},"ports":[{"port":80}]}}
            """
        return (pods + [service]).joined(separator: "\n---\n")
    }
}
