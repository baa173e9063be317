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
            #expect(try await seconds() == "10")
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
            try await lab.restoring {
                try await lab.restart("balancer", "balancer", with: "--time-wait", "keep")
                #expect(try await seconds() == "120")
                try await lab.restart("balancer", "balancer", with: "--time-wait", "5s")
                #expect(try await seconds() == "5")
            } afterwards: {
                try await lab.restart("balancer", "balancer")
                try await Cluster(lab).waitUntilServed()
            }
            #expect(try await seconds() == "10")
        }
    }
}
