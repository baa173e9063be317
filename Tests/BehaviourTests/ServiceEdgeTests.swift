import LabKit
import Testing

extension Behaviours {
    @Suite("1 Service basics: nothing there, and addresses")
    struct ServiceEdges {
        @Test("19: without ready endpoints a Service refuses", arguments: Family.allCases)
        func nothingReady(family: Family) async throws {
            let bed = Bed(19, family)
            var pod = bed.pod("node1-pod1")
            pod.isReady = false
            try await bed.serving([bed.service("NodePort").yaml, pod.yaml]) {
                for client in ["node1-pod1", "node2-pod2", "node3"] {
                    try await bed.expect(.refused, from: client, to: .clusterIP)
                    try await bed.expect(.refused, from: client, to: .node("node2"))
                }
                for node in Lab.nodes {
                    try await bed.expect(.refused, from: "client", to: .node(node))
                }
            }
        }

        @Test("20: evicted pods are no endpoints, even if not-ready ones are published",
            arguments: Family.allCases)
        func evicted(family: Family) async throws {
            let bed = Bed(20, family)
            var pod = bed.pod("node1-pod1")
            pod.phase = "Failed"
            pod.isReady = false
            let service = bed.service("ClusterIP", "publishNotReadyAddresses: true")
            try await bed.serving([service.yaml, pod.yaml]) {
                try await bed.expect(.refused, from: "node2-pod1", to: .clusterIP)
                try await bed.expect(.refused, from: "node2", to: .clusterIP)
            }
        }

        @Test("21: endpoints by hand are served", arguments: Family.allCases)
        func byHand(family: Family) async throws {
            let bed = Bed(21, family)
            var service = bed.service()
            service.app = nil
            let slices = SliceManifest(
                service: service.name,
                entries: [.init(host: "node1-pod1"), .init(host: "node3-pod1")])
            try await bed.serving([service.yaml, slices.yaml]) {
                try await bed.expect(
                    .answers(["node1-pod1", "node3-pod1"]), from: "node2-pod1", to: .clusterIP)
                let endpoints = """
                    apiVersion: v1
                    kind: Endpoints
                    metadata: {name: \(service.name)}
                    subsets:
                      - addresses: [{ip: "\(TestBed.address(of: "node2-pod2", family))"}]
                        ports:
                          - {name: http, port: 8080}
                          - {name: dns, port: 5353, protocol: UDP}

                    """
                try await bed.change([service.yaml, endpoints])
                try await bed.expect(.answers(["node2-pod2"]), from: "node2-pod1", to: .clusterIP)
            }
        }

        @Test("22: a port that a ClusterIP does not have is refused", arguments: Family.allCases)
        func undefinedPort(family: Family) async throws {
            let bed = Bed(22, family)
            try await bed.serving(bed.service(), on: ["node1-pod1"]) {
                for client in ["node1-pod1", "node2-pod1", "node3"] {
                    try await bed.expect(.refused, from: client, to: .clusterIP, port: 4711)
                }
            }
        }

        @Test("28: a stated ClusterIP is honoured; taken or outside, it is refused",
            arguments: Family.allCases)
        func statedClusterIP(family: Family) async throws {
            let bed = Bed(28, family)
            let first = bed.service()
            var twin = bed.service(variant: 1)
            twin.clusterIPs = first.clusterIPs
            var stray = bed.service(variant: 2)
            stray.clusterIPs = ["192.0.2.7", "2001:db8:9::7"]
            let pods = (0...2).map { bed.pod("node\($0 + 1)-pod1", variant: $0).yaml }
            try await bed.serving([first.yaml, twin.yaml, stray.yaml] + pods) {
                try await bed.expect(.answers(["node1-pod1"]), from: "node2-pod2", to: .clusterIP)
                let services = try await Cluster(bed.lab).services()
                #expect(services[first.name]?.clusterIPs == first.clusterIPs)
                #expect(services[twin.name] == nil)
                #expect(services[stray.name] == nil)
            }
        }

        @Test("29: addresses are given out above the band for stated ones",
            arguments: Family.allCases)
        func bands(family: Family) async throws {
            let bed = Bed(29, family)
            var service = bed.service()
            service.clusterIPs = nil
            try await bed.serving(service, on: ["node1-pod1"]) {
                let address = try await bed.clusterIP(of: service)
                try await bed.expect(
                    .answers(["node1-pod1"]), from: "node2-pod1", to: .address(address))
                // Of both ranges the first 256 addresses are kept for those who choose.
                switch family {
                case .v4:
                    let bytes = address.split(separator: ".").compactMap { Int($0) }
                    #expect(bytes[0] == 10 && bytes[1] >= 96 && bytes[1] < 112)
                    #expect((bytes[1] - 96) * 65536 + bytes[2] * 256 + bytes[3] > 256)
                case .v6:
                    let last = try #require(Int(address.dropFirst("fd96::".count), radix: 16))
                    #expect(last > 256)
                }
            }
        }
    }
}
