import Foundation
import LabKit
import Testing

extension LabTests {
    @Suite("two balancers, of which a Lease lets one lead")
    struct LeasePairTests {
        private let lab = Lab.shared

        @Test(
            """
            cut off from the API, stopped, or killed, the leader has no address any more when \
            the other one has: never do two answer
            """)
        func oneAnswers() async throws {
            let targets = try await Cluster(lab).targets("web-public", .virtualIP)
            let addresses = try await Cluster(lab).service("web-public").virtualIPs
            try await LeasePair.with(lab) { pair in
                let first = try await lab.waitForLeader("one leads")
                let second = pair.other(than: first)
                let answerers = try await Answerers(lab, addresses)
                try await isolate(first, pair)
                try await freeze(second, pair)

                // Killed, under load: its addresses are the kernel's to take off.
                let report = try await lab.underLoad(
                    ["-r", "100", "-n", "1500", "-d", "60"], from: "client", to: targets
                ) {
                    try await pair.signal(first, SIGKILL)
                    try await lab.waitForLeader("the leader was killed", second)
                }
                print("Lease failover: \(report.failed) of 1500 requests failed")
                #expect(report.answered + report.failed == 1500)
                #expect(report.answered > report.failed)
                #expect(try await lab.send(60, from: "client", to: targets).answered == 60)
                for address in addresses {
                    let answers = try answerers.answers(for: address)
                    #expect(answers.allSatisfy { $0.count == 1 }, "\(address): \(answers)")
                    // From the first to the second, back, and to the second again.
                    #expect(answers.count >= 3)
                }
            }
        }

        /// The API does not refuse but hangs: the leader gives up before the other one begins.
        private func isolate(_ leader: String, _ pair: LeasePair) async throws {
            let logged = try await lab.log(leader, "balancer").count
            try await lab.restoring {
                try await pair.cutOff(leader, true)
                try await lab.waitForLeader("the leader is cut off", pair.other(than: leader))
                let log = try await lab.log(leader, "balancer", since: logged)
                #expect(log.contains("the Lease could not be renewed in time"))
            } afterwards: {
                try await pair.cutOff(leader, false)
            }
            try await eventually("the other one is seen to lead", within: .seconds(60)) {
                try await lab.exec(leader, "sluice", "balancer", "status")
                    .contains(pair.other(than: leader))
            }
        }

        /// The API loses its Leases over a restart: the leader writes its own again, and stays.
        private func forget(_ leader: String, _ pair: LeasePair) async throws {
            let before = try await lab.addressCount(of: leader)
            try await lab.restart("control", "api", with: [])
            try await eventually("the Lease is there again", within: .seconds(60)) {
                let lease = try? await pair.lease()
                return lease?["holderIdentity"] as? String == leader
            }
            #expect(try await lab.addressCount(of: leader) == before)
            #expect(try await lab.addressCount(of: pair.other(than: leader)) == 0)
            #expect(before > 0)
        }

        /// The process stands still, and goes on when another one leads.
        private func freeze(_ leader: String, _ pair: LeasePair) async throws {
            let other = pair.other(than: leader)
            try await lab.restoring {
                try await pair.signal(leader, SIGSTOP)
                try await lab.waitForLeader("the leader stands still", other)
            } afterwards: {
                try await pair.signal(leader, SIGCONT)
            }
            try await eventually("the one that woke up sees who leads", within: .seconds(60)) {
                try await lab.exec(leader, "sluice", "balancer", "status").contains("standby")
            }
            #expect(try await lab.waitForLeader("one leads") == other)
        }

        @Test("the leader dies during 200 downloads with direct return and maglev: none breaks")
        func downloads() async throws {
            try await lab.withDirectReturn(balancing: "maglev") { cluster in
                try await LeasePair.with(lab) { pair in
                    let first = try await lab.waitForLeader("one leads")
                    let second = pair.other(than: first)
                    let streams = [
                        try await lab.startStreams(cluster, .v4, count: 100, seconds: 10),
                        try await lab.startStreams(cluster, .v6, count: 100, seconds: 10),
                    ]
                    try await lab.restoring {
                        try await pair.signal(first, SIGKILL)
                        try await lab.run("silence", first)
                        try await lab.waitForLeader("the leader died", second)
                        for stream in streams {
                            let ends = try await stream.ends().values
                            #expect(ends.map(\.completed).reduce(0, +) == 100)
                            #expect(ends.map(\.broken).reduce(0, +) == 0)
                        }
                        for target in try await cluster.targets("direct", .virtualIP) {
                            #expect(
                                try await lab.send(20, from: "client", to: [target]).failed == 0)
                        }
                    } afterwards: {
                        try await lab.run("unsilence", first)
                    }
                }
            }
        }

        @Test("SIGTERM hands the addresses over at once, long before the Lease would end")
        func handsOver() async throws {
            let targets = try await Cluster(lab).targets("web-public", .virtualIP)
            // The first Lease, which nobody has held, would have to stand for all its duration.
            try await LeasePair.with(lab) { pair in
                try await lab.waitForLeader("there is a Lease")
            }
            let long = ["--lease-duration", "600s", "--renew-deadline", "400s"]
            try await LeasePair.with(lab, long) { pair in
                let first = try await lab.waitForLeader("one leads")
                let second = pair.other(than: first)
                let before = try await pair.lease()
                #expect(before["holderIdentity"] as? String == first)
                #expect(before["leaseDurationSeconds"] as? Int == 600)
                try await lab.run("kill", first, "balancer")
                try await lab.waitForLeader("the other one leads", second)
                let after = try await pair.lease()
                #expect(after["holderIdentity"] as? String == second)
                let transitions = try #require(before["leaseTransitions"] as? Int)
                #expect(after["leaseTransitions"] as? Int == transitions + 1)
                #expect(try await lab.send(60, from: "client", to: targets).answered == 60)

                try await forget(second, pair)
                let status = try await lab.exec(second, "sluice", "balancer", "status")
                #expect(status.contains("kube-system/sluice-balancer"))
                #expect(status.contains("\(second) (holds it)"))
                let metrics = try await lab.exec(
                    second, "curl", "--silent", "http://127.0.0.1:10250/metrics")
                #expect(metrics.contains("sluice_balancer_lease_holder 1"))
                #expect(metrics.contains(#/lease_writes_total\{result="success"\} [1-9]/#))
            }
        }
    }
}
