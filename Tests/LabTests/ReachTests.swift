import LabKit
import Testing

/// A way from a host to a Service.
struct Way: CustomTestStringConvertible, Sendable {
    let host: String
    let service: String
    let kind: FrontendKind
    let transport: Transport
    let family: Family

    var testDescription: String { "\(host) to \(service) \(kind), \(transport) \(family)" }

    /// Each pair of host and frontend, over every transport and family.
    static func all(
        _ service: String, _ pairs: [(String, FrontendKind)],
        _ transports: [Transport] = Transport.allCases
    ) -> [Way] {
        pairs.flatMap { host, kind in
            transports.flatMap { transport in
                Family.allCases.map {
                    Way(
                        host: host, service: service, kind: kind, transport: transport,
                        family: $0)
                }
            }
        }
    }

    func target(in lab: Lab) async throws -> String {
        try await Cluster(lab).target(service, kind, family, transport)
    }
}

extension LabTests {
    @Suite("traffic arrives")
    struct ReachTests {
        private let lab = Lab.shared

        private static let ways = Way.all(
            "trio",
            [
                ("node1-pod1", .clusterIP), ("node3-pod2", .clusterIP), ("node1", .clusterIP),
                ("node2", .clusterIP), ("client", .nodePort(node: "node1")),
                ("client", .nodePort(node: "node2")), ("client", .nodePort(node: "node3")),
                ("client", .virtualIP), ("node2-pod2", .virtualIP), ("node3", .virtualIP),
                ("node2-pod2", .nodePort(node: "node1")), ("node1", .nodePort(node: "node1")),
            ])

        // One of three pods is missed by 50 tries once in 200 million runs.
        @Test("every endpoint answers within 50 tries", arguments: ways)
        func everyEndpointAnswers(way: Way) async throws {
            let report = try await lab.send(
                50, way.transport, from: way.host, to: [try await way.target(in: lab)])
            #expect(report.answered == 50)
            #expect(report.pods == LabServices.trio)
        }

        @Test(
            "a pod reaches itself through its own Service",
            arguments: Way.all("mirror", [("node1-pod1", .clusterIP)]))
        func hairpin(way: Way) async throws {
            let report = try await lab.send(
                20, way.transport, from: way.host, to: [try await way.target(in: lab)])
            #expect(report.answersByPod == ["node1-pod1": 20])
        }

        @Test(
            "the client has a route to a ClusterIP and gets no answer, not even a refusal",
            arguments: Way.all("trio", [("client", .clusterIP)])
                + Way.all("empty", [("client", .clusterIP)]))
        func isolation(way: Way) async throws {
            let report = try await lab.send(
                3, way.transport, from: way.host, to: [try await way.target(in: lab)], atOnce: 3,
                timeoutMilliseconds: 500)
            #expect(report.timedOut == 3)
        }
    }
}
