import Foundation
import LabKit
import Testing

/// Two balancers of a lab, of which a Lease lets one lead.
struct LeasePair {
    let lab: Lab

    /// Runs the body with both; afterwards one balancer runs alone, as before.
    static func with(
        _ lab: Lab, _ options: [String] = [], _ body: (LeasePair) async throws -> Void
    ) async throws {
        let pair = LeasePair(lab: lab)
        try await lab.restoring {
            try await lab.run("kill", "balancer", "balancer")
            for host in Lab.balancers { try await pair.start(host, options) }
            try await body(pair)
        } afterwards: {
            for host in Lab.balancers { _ = try? await lab.run("kill", host, "balancer") }
            try await lab.run("start", "balancer", "balancer")
            try await Cluster(lab).waitUntilServed()
        }
        #expect(try await lab.addressCount(of: "balancer2") == 0)
    }

    /// Starts one of them; `deploy/lab start` would wait for addresses, which another one may have.
    func start(_ host: String, _ options: [String] = []) async throws {
        let pair = ["--pair", "lease", "--node-name", host]
        try await lab.start(host, "balancer", with: pair + options)
    }

    /// The one of the two that is not this one.
    func other(than host: String) -> String { Lab.balancers.first { $0 != host } ?? host }

    /// Sends a signal to a balancer and does not wait for its end.
    func signal(_ host: String, _ number: Int32) async throws {
        // It ends with 1 when a process of the lab is dead, which this is not about.
        let status = try await Program(lab.command(["status"]), environment: lab.environment)
            .finish().text
        let line = status.split(separator: "\n").first { $0.hasPrefix("\(host)\tbalancer\t") }
        let pid = line?.split(separator: "\t").dropFirst(2).first.flatMap { Int32($0) }
        kill(try #require(pid), number)
    }

    /// Lets the packets of a host to the API vanish, or come through again.
    func cutOff(_ host: String, _ isCutOff: Bool) async throws {
        if isCutOff {
            _ = try await lab.inNetwork(of: host, "nft", "add", "table", "inet", "cut").checked()
            _ = try await lab.inNetwork(
                of: host, "nft",
                "add chain inet cut out { type filter hook output priority 0; "
                    + "ip daddr 192.168.50.20 tcp dport 6440 drop; }"
            ).checked()
        } else {
            _ = try await lab.inNetwork(of: host, "nft", "delete", "table", "inet", "cut")
        }
    }

    /// The Lease as the API has it.
    func lease() async throws -> [String: Any] {
        let text = try await lab.exec(
            "control", "curl", "--silent", "--fail",
            "\(Lab.api)/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/sluice-balancer")
        let object = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
        return try #require(object?["spec"] as? [String: Any])
    }
}

/// Asks, all the time, who on the segment answers for some addresses.
final class Answerers {
    private struct Line: Decodable {
        let address: String?
        let by: [String]?
    }

    private let program: Program

    /// Asks from the API's host, whose neighbours nobody else depends on.
    init(_ lab: Lab, _ addresses: [String]) async throws {
        program = try lab.startInNetwork(
            of: "control", [Lab.tool("answerers.py"), "eth0"] + addresses)
        try await eventually("it is asked who has the addresses") { [program] in
            program.said.contains("asking")
        }
    }

    deinit { program.signal(SIGKILL) }

    /// Who answered for an address, one set a change, in order.
    func answers(for address: String) throws -> [Set<String>] {
        try program.said.split(separator: "\n").compactMap { text in
            let line = try JSONDecoder().decode(Line.self, from: Data(text.utf8))
            return line.address == address ? Set(line.by ?? []) : nil
        }
    }
}
