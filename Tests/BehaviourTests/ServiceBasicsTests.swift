import LabKit
import Testing

extension Behaviours {
    @Suite("1 Service basics")
    struct ServiceBasics {
        @Test("2: endpoints come and go one by one with the pods", arguments: Family.allCases)
        func podsComeAndGo(family: Family) async throws {
            let bed = Bed(2, family)
            let service = bed.service()
            try await bed.serving(service, on: []) {
                try await bed.expect(.refused, from: "node2-pod2", to: .clusterIP)
                for hosts in [
                    ["node1-pod1"], ["node1-pod1", "node2-pod1"], ["node2-pod1"],
                ] {
                    try await bed.change(service, on: hosts)
                    try await bed.expect(
                        .answers(Set(hosts)), from: "node2-pod2", to: .clusterIP)
                }
                try await bed.change(service, on: [])
                try await bed.expect(.refused, from: "node2-pod2", to: .clusterIP)
            }
        }

        @Test("3: each endpoint is reached through the ClusterIP", arguments: Family.allCases)
        func everyEndpoint(family: Family) async throws {
            let bed = Bed(3, family)
            let hosts = ["node1-pod1", "node2-pod1", "node3-pod2"]
            try await bed.serving(bed.service(), on: hosts) {
                for client in ["node1-pod2", "node3-pod1", "node2"] {
                    try await bed.expect(.answers(Set(hosts)), from: client, to: .clusterIP)
                }
            }
        }
    }
}
