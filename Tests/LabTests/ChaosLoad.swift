import Foundation
import LabKit

/// The traffic during the chaos: on Services that nobody touches, none of which may fail, and on
/// those of the chaos, which fails as it likes.
///
/// The untouched Services are reached through nodes 1 and 2, whose tables are owned; those of
/// node 3 are plain, so that it loses what comes between a foreign flush and its repair.
final class ChaosLoad: Sendable {
    /// Leaves connections open between requests, which the lab's own pods do not.
    private static let keptPort = 8082
    private static let keptName = "chaos-kept"
    static let manifest = """
        apiVersion: v1
        kind: Service
        metadata: {name: \(keptName)}
        spec:
          type: NodePort
          ipFamilyPolicy: PreferDualStack
          selector: {ordinal: "1"}
          ports: [{name: http, port: 80, targetPort: \(keptPort)}]

        """

    private struct Stream: Sendable {
        let name: String
        let program: Program
    }

    /// What a stream of requests came to.
    struct Result: CustomStringConvertible {
        let name: String
        let report: LoadReport

        var description: String {
            "\(name): \(report.answered) answered, \(report.failed) failed "
                + "(\(report.timedOut) without a word, \(report.turnedAway) refused)"
        }
    }

    private let servers: [Program]
    private let steady: [Stream]
    private let careless: [Program]

    /// Starts everything; returns when each steady stream has been answered.
    init(_ lab: Lab) async throws {
        let cluster = Cluster(lab)
        servers = try Lab.nodes.map { node in
            try lab.startInNetwork(
                of: "\(node)-pod1",
                ["backend", "-n", "\(node)-pod1", "-p", "\(Self.keptPort)", "-k"])
        }
        let kept = try await cluster.targets(Self.keptName, .clusterIP)
        try await eventually("the kept connections' Service is served", within: .seconds(60)) {
            let report = try await lab.send(
                20, from: "node1-pod1", to: kept, timeoutMilliseconds: 500, more: ["-k", "0"])
            return report.failed == 0
        }
        let short = ["-r", "100", "-c", "1000"]
        let inside = try await cluster.targets("trio", .clusterIP)
        let names = try await cluster.targets("trio", .clusterIP, .udp)
        let outside = try await Self.nodePorts("trio", cluster)
        let keptOutside = try await Self.nodePorts(Self.keptName, cluster)
        var steady: [Stream] = []
        for (name, transport, host, targets) in [
            ("connections from a pod", Transport.tcp, "node1-pod1", inside),
            ("connections from a node", .tcp, "node2", inside),
            ("connections from outside", .tcp, "client", outside),
            ("datagrams from a pod", .udp, "node2-pod1", names),
        ] {
            let program = try Self.load(lab, short, transport, from: host, to: targets)
            steady.append(Stream(name: name, program: program))
        }
        for (host, targets) in [("node2-pod2", kept + kept), ("client", keptOutside)] {
            for target in targets {
                let long = ["-r", "5", "-c", "1", "-k", "0"]
                let program = try Self.load(lab, long, .tcp, from: host, to: [target])
                steady.append(Stream(name: "kept from \(host) to \(target)", program: program))
            }
        }
        self.steady = steady
        careless = try Self.careless(lab)
        for stream in steady {
            try await eventually("\(stream.name) begin", within: .seconds(60)) {
                stream.program.complaint.contains(#/ok=[1-9]/#)
            }
        }
    }

    /// How many steady requests were answered and failed so far.
    var counts: (answered: Int, failed: Int) {
        var counts = (answered: 0, failed: 0)
        for line in steady.flatMap({ $0.program.complaint.matches(of: #/ok=(\d+) err=(\d+)/#) }) {
            counts.answered += Int(line.output.1) ?? 0
            counts.failed += Int(line.output.2) ?? 0
        }
        return counts
    }

    /// Ends the traffic on the Services of the chaos.
    func endCareless() async throws {
        for program in careless { program.signal(SIGKILL) }
        for program in careless { _ = try await program.finish() }
    }

    /// Ends the steady traffic and says what it came to.
    func end() async throws -> [Result] {
        for stream in steady { stream.program.signal(SIGINT) }
        var results: [Result] = []
        for stream in steady {
            let output = try await stream.program.finish().checked()
            results.append(Result(name: stream.name, report: try LoadReport(json: output.text)))
        }
        return results
    }

    /// Ends all that still runs.
    func stop() {
        for program in careless + servers + steady.map(\.program) { program.signal(SIGKILL) }
    }

    /// The owned nodes' ports of a Service, in both families.
    private static func nodePorts(_ name: String, _ cluster: Cluster) async throws -> [String] {
        try await cluster.targets(name, .nodePort(node: "node1"))
            + cluster.targets(name, .nodePort(node: "node2"))
    }

    private static func careless(_ lab: Lab) throws -> [Program] {
        var programs: [Program] = []
        for transport in Transport.allCases {
            let port = transport == .tcp ? 80 : 53
            let inside = Family.allCases.flatMap { family in
                (0..<ChaosService.count).map {
                    Cluster.text(ChaosService.clusterIP($0, family), port)
                }
            }
            let outside = (0..<ChaosService.count).map {
                "192.168.50.3:\(ChaosService.nodePort($0))"
            }
            for (host, targets) in [
                ("node1-pod2", inside), ("node3-pod2", inside), ("client", outside),
            ] {
                // Few ports, so that flows outlive the backends they were made for.
                let ports = transport == .udp ? ["-p", "42000-42031"] : []
                programs.append(
                    try load(
                        lab, ["-r", "50", "-c", "200", "-t", "300"] + ports, transport, from: host,
                        to: targets))
            }
        }
        return programs
    }

    private static func load(
        _ lab: Lab, _ options: [String], _ transport: Transport, from host: String,
        to targets: [String]
    ) throws -> Program {
        let command = ["loadgen", "-j", "-i", "1000", "-d", "86400", "-m", transport.rawValue]
        // A client whose packet a foreign rule drops sends it again: TCP does so by itself.
        let patience = options.contains("-t") ? [] : ["-t", "5000", "-a", "1000"]
        return try lab.startInNetwork(of: host, command + patience + options + targets)
    }
}
