import Foundation
import LabKit
import Testing

extension Behaviours {
    @Suite("3 Readiness")
    struct Readiness {
        @Test("55: not-ready pods that are published are reached everywhere",
            arguments: Family.allCases)
        func published(family: Family) async throws {
            let bed = Bed(55, family)
            let service = bed.service("NodePort", "publishNotReadyAddresses: true")
            try await bed.serving([service.yaml, bed.unready("node1-pod1").yaml]) {
                try await bed.expect(.answers(["node1-pod1"]), from: "node2-pod1", to: .clusterIP)
                for node in ["node1", "node2"] {
                    try await bed.expect(.answers(["node1-pod1"]), from: "client", to: .node(node))
                }
            }
        }

        @Test("56: not-ready pods that are not published are not reached",
            arguments: Family.allCases)
        func unpublished(family: Family) async throws {
            let bed = Bed(56, family)
            let service = bed.service("NodePort")
            let unready = bed.unready("node1-pod1").yaml
            try await bed.serving([service.yaml, unready]) {
                try await bed.expect(.refused, from: "node2-pod1", to: .clusterIP)
                try await bed.expect(.refused, from: "client", to: .node("node2"))
                try await bed.change([service.yaml, unready, bed.pod("node2-pod1").yaml])
                try await bed.expect(.answers(["node2-pod1"]), from: "node2-pod2", to: .clusterIP)
            }
        }

        @Test("57: a published pod is reached until it is gone, terminating and not ready",
            arguments: Family.allCases)
        func publishedWhileTerminating(family: Family) async throws {
            let bed = Bed(57, family)
            let service = bed.service("NodePort", "publishNotReadyAddresses: true")
            var pod = bed.unready("node1-pod1")
            pod.isTerminating = true
            try await bed.serving([service.yaml, pod.yaml]) {
                try await bed.expect(.answers(["node1-pod1"]), from: "node2-pod1", to: .clusterIP)
                try await bed.expect(.answers(["node1-pod1"]), from: "client", to: .node("node2"))
                try await bed.change([service.yaml])
                try await bed.expect(.refused, from: "node2-pod1", to: .clusterIP)
            }
        }

        @Test("58: publishNotReadyAddresses is switched on and off", arguments: Family.allCases)
        func switched(family: Family) async throws {
            let bed = Bed(58, family)
            let on = bed.service("ClusterIP", "publishNotReadyAddresses: true").yaml
            let off = bed.service().yaml
            let pod = bed.unready("node1-pod1").yaml
            try await bed.serving([off, pod]) {
                try await bed.expect(.refused, from: "node2-pod1", to: .clusterIP)
                try await bed.change([on, pod])
                try await bed.expect(.answers(["node1-pod1"]), from: "node2-pod1", to: .clusterIP)
                try await bed.change([off, pod])
                try await bed.expect(.refused, from: "node2-pod1", to: .clusterIP)
            }
        }

        @Test("59: a UDP endpoint that is ready again gets the datagrams of the same client port",
            arguments: Family.allCases)
        func readyAgain(family: Family) async throws {
            let bed = Bed(59, family)
            let service = bed.service("NodePort")
            let (ready, unready) = (bed.pod("node1-pod1"), bed.unready("node1-pod1"))
            try await bed.serving([service.yaml, ready.yaml]) {
                let ways: [(String, Spot)] = [
                    ("node2-pod1", .clusterIP), ("client", .node("node2")), ("node3", .clusterIP),
                ]
                for (client, spot) in ways {
                    try await bed.expectDatagrams(from: client, to: spot, answeredBy: "node1-pod1")
                }
                try await bed.change([service.yaml, unready.yaml])
                for (client, spot) in ways {
                    try await bed.expectDatagrams(from: client, to: spot, answeredBy: nil)
                }
                try await bed.change([service.yaml, ready.yaml])
                for (client, spot) in ways {
                    try await bed.expectDatagrams(from: client, to: spot, answeredBy: "node1-pod1")
                }
            }
        }

        @Test("66: conditions say how far a pod's end has come", arguments: Family.allCases)
        func conditions(family: Family) async throws {
            let bed = Bed(66, family)
            let service = bed.service()
            var (running, ending, last) = (bed.pod("node1-pod1"), bed.pod("node1-pod1"), bed.unready("node1-pod1"))
            ending.isTerminating = true
            last.isTerminating = true
            running.isReady = true
            try await bed.serving([service.yaml, running.yaml]) {
                #expect(try await conditions(of: bed) == [true, true, false])
                try await bed.expect(.answers(["node1-pod1"]), from: "node2-pod1", to: .clusterIP)
                try await bed.change([service.yaml, ending.yaml])
                #expect(try await conditions(of: bed) == [false, true, true])
                try await bed.expect(.answers(["node1-pod1"]), from: "node2-pod1", to: .clusterIP)
                try await bed.change([service.yaml, last.yaml])
                #expect(try await conditions(of: bed) == [false, false, true])
                try await bed.expect(.refused, from: "node2-pod1", to: .clusterIP)
                try await bed.change([service.yaml])
                #expect(try await conditions(of: bed) == [])
            }
        }

        /// Ready, serving and terminating of the Service's only endpoint.
        private func conditions(of bed: Bed) async throws -> [Bool] {
            struct List: Decodable {
                struct Slice: Decodable {
                    let addressType: String
                    let endpoints: [Endpoint]?
                }
                struct Endpoint: Decodable {
                    let conditions: Conditions
                }
                struct Conditions: Decodable {
                    let ready: Bool
                    let serving: Bool
                    let terminating: Bool
                }
                let items: [Slice]
            }
            let text = try await bed.lab.exec(
                "control", "curl", "--silent", "--fail",
                "\(Lab.api)/apis/discovery.k8s.io/v1/endpointslices"
                    + "?labelSelector=kubernetes.io/service-name=b66")
            let slices = try JSONDecoder().decode(List.self, from: Data(text.utf8)).items
            let type = bed.family == .v4 ? "IPv4" : "IPv6"
            return slices.filter { $0.addressType == type }.flatMap { $0.endpoints ?? [] }
                .flatMap { [$0.conditions.ready, $0.conditions.serving, $0.conditions.terminating] }
        }
    }
}

extension Bed {
    /// A pod of the behaviour's Service that is not ready.
    func unready(_ host: String) -> PodManifest {
        var pod = pod(host)
        pod.isReady = false
        return pod
    }

    /// A pod of the behaviour's Service that is ending and still serves.
    func terminating(_ host: String) -> PodManifest {
        var pod = pod(host)
        pod.isTerminating = true
        return pod
    }

    /// Sends datagrams from one and the same port until that server, or nobody, answers.
    ///
    /// Flows of endpoints that are gone are deleted after the tables have changed.
    func expectDatagrams(
        from client: String, to spot: Spot, answeredBy server: String?, port: Int = 41_000,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let target = try await target(spot, .udp)
        var last: Answers?
        do {
            try await eventually("\(server ?? "nobody") answers", within: .seconds(5)) {
                let answers = try await ask(
                    1, .udp, from: client, to: target, milliseconds: 300,
                    more: ["-p", "\(port)-\(port)"])
                last = answers
                return answers.pods == Set([server].compactMap(\.self))
            }
        } catch is Unexpected {
            Issue.record(
                "\(client):\(port) → \(target): \(server ?? "nobody") expected, but \(last.map { "\($0)" } ?? "")",
                sourceLocation: sourceLocation)
        }
    }
}
