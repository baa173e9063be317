import Foundation
import LabKit
import Testing

extension Behaviours {
    @Suite("8 Dual stack")
    struct DualStack {
        @Test("137: without a policy there is one ClusterIP, of the first family")
        func defaultPolicy() async throws {
            let bed = Bed(137, nil)
            var service = bed.service()
            (service.policy, service.clusterIPs) = (nil, nil)
            try await bed.serving(service, on: ["node1-pod1"]) {
                let addresses = try await Cluster(bed.lab).service("b137").clusterIPs
                #expect(addresses.count == 1 && Family.v4.contains(addresses[0]))
                try await bed.expect(
                    .answers(["node1-pod1"]), from: "node2-pod1", to: .address(addresses[0]))
                try await bed.expectFamilies("IPv4")
            }
        }

        @Test("138: SingleStack of either family", arguments: Family.allCases)
        func singleStack(family: Family) async throws {
            let bed = Bed(138, family)
            var service = bed.service("NodePort", "ipFamilies: [\(family.kubernetes)]")
            (service.policy, service.clusterIPs) = ("SingleStack", nil)
            try await bed.serving(service, on: ["node1-pod1"]) {
                let addresses = try await Cluster(bed.lab).service("b138").clusterIPs
                #expect(addresses.count == 1 && family.contains(addresses[0]))
                try await bed.expect(
                    .answers(["node1-pod1"]), from: "node2-pod1", to: .address(addresses[0]))
                try await bed.expect(.answers(["node1-pod1"]), from: "client", to: .node("node2"))
                let other = Bed(138, family == .v4 ? .v6 : .v4)
                try await other.expect(.refused, from: "client", to: .node("node2"))
                Course.current.family = family
                try await bed.expectFamilies(family.kubernetes)
            }
        }

        @Test(
            "139: RequireDualStack: two ClusterIPs in this order, slices of both families",
            arguments: Family.allCases)
        func dualStack(first: Family) async throws {
            let bed = Bed(139, first)
            let second: Family = first == .v4 ? .v6 : .v4
            var service = bed.service(
                "ClusterIP", "ipFamilies: [\(first.kubernetes), \(second.kubernetes)]")
            (service.policy, service.clusterIPs) = ("RequireDualStack", nil)
            try await bed.serving(service, on: ["node1-pod1", "node2-pod1"]) {
                let addresses = try await Cluster(bed.lab).service("b139").clusterIPs
                try #require(addresses.count == 2)
                #expect(first.contains(addresses[0]) && second.contains(addresses[1]))
                for address in addresses {
                    try await bed.expect(
                        .answers(["node1-pod1", "node2-pod1"]), from: "node3-pod1",
                        to: .address(address))
                }
                try await bed.expectFamilies("IPv4", "IPv6")
            }
        }

        @Test(
            "140: PreferDualStack where there is one family only gives one",
            arguments: Family.allCases)
        func oneFamilyOnly(family: Family) async throws {
            let bed = Bed(140, family)
            var service = bed.service()
            service.clusterIPs = nil
            let objects = [service.yaml, bed.pod("node3-pod1").yaml]
            let range = family == .v4 ? "10.96.0.0/12" : "fd96::/112"
            try await bed.onOtherAPI(objects, arguments: ["--service-cidr", range]) { api in
                let listed = try await Cluster(bed.lab, api: api).service("b140")
                #expect(listed.clusterIPs.count == 1)
                let address = try #require(listed.clusterIPs.first)
                #expect(family.contains(address))
                try await eventually("node3 serves it") {
                    try await bed.ask(
                        1, from: "node3-pod2", to: Cluster.text(address, 80), milliseconds: 300
                    ).answered == 1
                }
                try await bed.expect(
                    .answers(["node3-pod1"]), from: "node3-pod2", to: .address(address))
            }
        }

        @Test(
            "141: from one family to two and back, the first ClusterIP stays",
            arguments: Family.allCases)
        func upAndDown(first: Family) async throws {
            let bed = Bed(141, first)
            var single = bed.service("ClusterIP", "ipFamilies: [\(first.kubernetes)]")
            (single.policy, single.clusterIPs) = ("SingleStack", nil)
            var dual = bed.service()
            (dual.policy, dual.clusterIPs) = ("PreferDualStack", nil)
            try await bed.serving(single, on: ["node1-pod1"]) {
                let before = try await Cluster(bed.lab).service("b141").clusterIPs
                try #require(before.count == 1)
                try await bed.change(dual, on: ["node1-pod1"])
                let both = try await Cluster(bed.lab).service("b141").clusterIPs
                try #require(both.count == 2)
                #expect(both[0] == before[0])
                for address in both {
                    try await bed.expect(
                        .answers(["node1-pod1"]), from: "node2-pod1", to: .address(address))
                }
                try await bed.change(single, on: ["node1-pod1"])
                #expect(try await Cluster(bed.lab).service("b141").clusterIPs == before)
                try await bed.expect(
                    .answers(["node1-pod1"]), from: "node2-pod1", to: .address(before[0]))
                try await bed.expect(.silent, from: "node2-pod1", to: .address(both[1]))
            }
        }

        @Test("142: the second family serves as the first does", arguments: Family.allCases)
        func secondFamily(second: Family) async throws {
            let bed = Bed(142, second)
            let first: Family = second == .v4 ? .v6 : .v4
            var service = bed.sticky(
                "NodePort", "ipFamilies: [\(first.kubernetes), \(second.kubernetes)]")
            service.clusterIPs = [first, second].map { ServiceManifest.clusterIP(142, 0, $0) }
            let hosts = ["node1-pod1", "node2-pod1", "node3-pod1"]
            try await bed.serving(service, on: hosts) {
                try await bed.expectSticky(from: "node1-pod2", to: .clusterIP)
                try await bed.expectSticky(from: "client", to: .node("node2"))
                service.spec.removeAll { $0.hasPrefix("sessionAffinity") }
                try await bed.change(service, on: hosts)
                for client in ["node1-pod2", "node2"] {
                    try await bed.expect(.answers(Set(hosts)), from: client, to: .clusterIP)
                }
                for client in ["client", "node3-pod2"] {
                    try await bed.expect(.answers(Set(hosts)), from: client, to: .node("node1"))
                }
            }
        }

        @Test("143: a pod is reached at both of its addresses", arguments: Family.allCases)
        func bothAddresses(family: Family) async throws {
            let bed = Bed(143, family)
            let address = TestBed.address(of: "node1-pod2", family)
            for (transport, port) in [(Transport.tcp, 8080), (.udp, 5353)] {
                for client in ["node2-pod1", "node3", "client"] {
                    try await bed.expect(
                        .answers(["node1-pod2"]), from: client, to: .address(address),
                        [transport], port: port)
                }
            }
        }

        @Test(
            "148: an IPv6 NodePort, and a pod that reaches itself by it",
            arguments: Family.allCases)
        func hairpinByNodePort(family: Family) async throws {
            let bed = Bed(148, family)
            try await bed.serving(bed.service("NodePort"), on: ["node1-pod1"]) {
                try await bed.expect(.answers(["node1-pod1"]), from: "client", to: .node("node2"))
                try await bed.expect(
                    .answers(["node1-pod1"]), from: "node1-pod1", to: .node("node1"))
                try await bed.expect(
                    .answers(["node1-pod1"]), from: "node1-pod1", to: .clusterIP)
                try await bed.expect(
                    .answers(["node1-pod1"]), from: "node1-pod1", to: .node("node2"))
            }
        }
    }
}

extension Family {
    /// As `ipFamilies` spells it.
    var kubernetes: String { self == .v4 ? "IPv4" : "IPv6" }
}

extension Bed {
    /// The families of the slices of the behaviour's Service.
    func expectFamilies(
        _ families: String..., sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        struct List: Decodable {
            struct Slice: Decodable {
                let addressType: String
            }
            let items: [Slice]
        }
        let text = try await lab.exec(
            "control", "curl", "--silent", "--fail",
            "\(Lab.api)/apis/discovery.k8s.io/v1/endpointslices"
                + "?labelSelector=kubernetes.io/service-name=b\(number)")
        let types = try JSONDecoder().decode(List.self, from: Data(text.utf8)).items
            .map(\.addressType)
        #expect(types.sorted() == families, sourceLocation: sourceLocation)
    }

    /// Runs a second API with these objects and has the proxy of node 3 follow it.
    func onOtherAPI(
        _ objects: [String], arguments: [String], _ body: (String) async throws -> Void
    ) async throws {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("sluice-other-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let manifests = folder.appendingPathComponent("manifests")
        try FileManager.default.createDirectory(at: manifests, withIntermediateDirectories: true)
        try Data(objects.joined(separator: "---\n").utf8)
            .write(to: manifests.appendingPathComponent("objects.yaml"))
        let node = "\(try await lab.manifestFolder())/node3.yaml"
        try FileManager.default.copyItem(
            atPath: node, toPath: manifests.appendingPathComponent("node3.yaml").path)
        let api = try lab.start(
            "control",
            ["sluice", "api", "--manifests", manifests.path, "--listen", "192.168.50.20:6441"]
                + ["--state", folder.path, "--runtime-dir", folder.path] + arguments)
        let url = "http://192.168.50.20:6441"
        try await lab.restoring {
            try await eventually("the other API answers") {
                try await lab.attempt("control", "curl", "--silent", "--fail", "\(url)/readyz")
                    .status == 0
            }
            try await proxy(on: "node3", with: ["--api", url] + arguments) { try await body(url) }
        } afterwards: {
            try await api.end()
        }
    }
}
