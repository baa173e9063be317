import LabKit
import Testing

extension Behaviours {
    @Suite("5 Rolling updates behind a load balancer")
    struct RollingUpdates {
        @Test("104: 99 of 100 requests succeed, policy Cluster", arguments: Family.allCases)
        func cluster(family: Family) async throws {
            let bed = Bed(104, family)
            try await expectFewFailures(
                bed, bed.service("LoadBalancer"),
                from: ["node1-pod1", "node2-pod1", "node3-pod1"],
                to: ["node1-pod2", "node2-pod2", "node3-pod2"])
        }

        @Test("105: 99 of 100 requests succeed, policy Local", arguments: Family.allCases)
        func local(family: Family) async throws {
            let bed = Bed(105, family)
            try await expectFewFailures(
                bed, bed.service("LoadBalancer", "externalTrafficPolicy: Local"),
                from: ["node1-pod1", "node2-pod1", "node3-pod1"],
                to: ["node1-pod2", "node2-pod2", "node3-pod2"])
        }

        /// Each pod in turn: its successor comes, it ends while it still serves, it is gone.
        private func expectFewFailures(
            _ bed: Bed, _ service: ServiceManifest, from old: [String], to new: [String]
        ) async throws {
            try await bed.serving(service, on: old) {
                try await bed.expectThroughBalancer(Set(old), [.tcp])
                let target = try await bed.target(.virtualIP, .tcp)
                let load = try await bed.lab.underLoad(
                    ["-r", "200", "-d", "4"], from: "client", to: [target]
                ) {
                    for step in old.indices {
                        let rest = (new[...step] + old[(step + 1)...]).map { bed.pod($0).yaml }
                        let ending = bed.terminating(old[step]).yaml
                        try await bed.change([service.yaml, bed.pod(old[step]).yaml] + rest)
                        try await bed.change([service.yaml, ending] + rest)
                        try await bed.change([service.yaml] + rest)
                    }
                }
                let all = load.answered + load.failed
                #expect(all > 700 && load.answered * 100 >= all * 99, "\(load.failed) of \(all)")
                try await bed.expectThroughBalancer(Set(new), [.tcp])
            }
        }

        @Test("106: datagrams of one client port follow the pod to its successor",
            arguments: Family.allCases)
        func datagrams(family: Family) async throws {
            let bed = Bed(106, family)
            let service = bed.service("LoadBalancer")
            try await bed.serving(service, on: ["node1-pod1"]) {
                try await bed.expectThroughBalancer(["node1-pod1"])
                for host in ["node1-pod1", "node1-pod2", "node2-pod1", "node1-pod1"] {
                    try await bed.change(service, on: [host])
                    try await bed.expectDatagrams(
                        from: "client", to: .virtualIP, answeredBy: host)
                }
            }
        }
    }
}
