import Foundation
import LabKit
import Testing

extension LabTests {
    @Suite("connections that the balancer's kernel tracks")
    struct TrackingTests {
        private let lab = Lab.shared
        private static let timeWait = "net.netfilter.nf_conntrack_tcp_timeout_time_wait"

        private func seconds() async throws -> String {
            try await lab.exec("balancer", "sysctl", "-n", Self.timeWait).filter(\.isNumber)
        }

        /// Connections of a family to a Service that both ends have closed, and the longest time
        /// that one of them is still remembered.
        private func closed(_ address: String) async throws -> (count: Int, longest: Int) {
            let text = try await lab.exec(
                "balancer", "conntrack", "-L", "-f", address.contains(":") ? "ipv6" : "ipv4",
                "-p", "tcp", "--state", "TIME_WAIT", "-d", address)
            let left = text.matches(of: #/tcp +6 (\d+) TIME_WAIT/#).compactMap { Int($0.1) }
            return (left.count, left.max() ?? 0)
        }

        @Test("closed ones are soon forgotten, in both families, and the metrics tell how many are")
        func forgotten() async throws {
            try await lab.restoringBalancer {
                try await lab.restart("balancer", "balancer", with: "--time-wait", "10s")
                try await Cluster(lab).waitUntilServed()
                try await expectForgotten()
            }
        }

        private func expectForgotten() async throws {
            try await expect("10")
            // What was closed before that is remembered for longer.
            try await lab.exec("balancer", "conntrack", "-F")
            let service = try await Cluster(lab).service("web-public")
            let targets = try await Cluster(lab).targets("web-public", .virtualIP)
            let report = try await lab.send(200, from: "client", to: targets, atOnce: 20)
            #expect(report.answered == 200)
            for address in service.virtualIPs {
                let (count, longest) = try await closed(address)
                #expect(count > 0 && longest <= 10, "\(address)")
            }
            #expect(try await lab.metric("sluice_balancer_tracked_flows") >= 200)
            #expect(
                try await lab.metric("sluice_balancer_tracked_flows_limit")
                    > lab.metric("sluice_balancer_tracked_flows"))
            // The kernel by itself would remember them for two minutes.
            for address in service.virtualIPs {
                try await eventually("those to \(address) are forgotten", within: .seconds(60)) {
                    try await closed(address).count == 0
                }
            }
        }

        @Test("the time is one's own choice, and set back where the kernel's own is wanted")
        func chosen() async throws {
            try await expect("64")
            #expect(try await lab.metric("sluice_balancer_time_wait_seconds") == 64)
            try await lab.restoringBalancer {
                try await lab.restart("balancer", "balancer", with: "--time-wait", "keep")
                try await expect("120")
                try await lab.restart("balancer", "balancer", with: "--time-wait", "5s")
                try await expect("5")
            }
            try await expect("64")
        }

        private func expect(_ wanted: String) async throws {
            // Longer than a load of before counts.
            try await eventually(
                "closed ones are remembered for \(wanted) s", within: .seconds(90)
            ) {
                try await seconds() == wanted
            }
        }

        /// The pod closes first, and takes half of the connections wrongly that get a port which it
        /// remembers of another one.
        ///
        /// A port by chance would be such a one for some of those that come again from their own;
        /// and half of the other host's would have one, were they given anew after ten seconds.
        /// The kernel gives such ports away itself amid a hundred that are taken, so they are 64.
        @Test("no connection gets a port that its pod remembers of another")
        func portsOfPods() async throws {
            let service = LabServices.localService(
                "closing", selector: ["name": "node1-pod1"], hasDatagrams: false)
            try await lab.withAddresses(of: "closing", service) { targets in
                let target = try #require(targets.first)
                try await lab.waitUntil(["node1"], answerAt: [target])
                let before = try await rejections()
                for (count, host, pause) in [(2_048, "client", 12), (64, "router", 0)] {
                    let report = try await lab.send(
                        count, from: host, to: [target], atOnce: 5, more: ["-p", "20000-20063"])
                    #expect(report.answered == count, "\(report)")
                    try await Task.sleep(for: .seconds(pause))
                }
                let rejected = try await rejections() - before
                #expect(rejected == 0)
            }
        }

        /// SYNs that a pod took for late segments of connections that it remembers.
        private func rejections() async throws -> Int {
            let text = try await lab.exec("node1-pod1", "cat", "/proc/net/netstat")
            let lines = text.split(separator: "\n").filter { $0.hasPrefix("TcpExt:") }
            try #require(lines.count == 2)
            return zip(lines[0].split(separator: " "), lines[1].split(separator: " "))
                .filter { name, _ in ["PAWSTimewait", "PAWSEstab"].contains(name) }
                .reduce(0) { $0 + (Int($1.1) ?? 0) }
        }
    }
}
