import LabKit
import Testing

/// Where a Service is reached in a test.
enum Spot: Sendable {
    case clusterIP
    case node(String)
    case virtualIP
    /// Any other address, at the Service's own port.
    case address(String)
}

/// How connections end.
enum Outcome: Sendable, CustomStringConvertible {
    /// Each of these servers answers, and nobody else.
    case answers(Set<String>)
    /// The client is told at once.
    case refused
    /// Nobody says anything.
    case silent

    var description: String {
        switch self {
        case .answers(let pods): "answers of \(pods.sorted())"
        case .refused: "a refusal"
        case .silent: "silence"
        }
    }
}

/// One behaviour in one address family: its Services, and what hosts get from them.
struct Bed: Sendable {
    let number: Int
    let family: Family
    let lab = Lab.shared

    /// A behaviour that is not one family's looks from IPv4 and is told as one of both.
    init(_ number: Int, _ family: Family?) {
        self.number = number
        self.family = family ?? .v4
        Course.current.family = family
    }

    private var file: String { "b\(number).yaml" }

    // MARK: Objects

    func service(_ type: String = "ClusterIP", _ spec: String..., variant: Int = 0)
        -> ServiceManifest
    {
        var service = ServiceManifest(number, variant: variant, type: type)
        service.spec = spec
        return service
    }

    /// A pod of the behaviour's Service.
    func pod(_ host: String, variant: Int = 0) -> PodManifest {
        PodManifest(host: host, app: ServiceManifest.name(number, variant))
    }

    /// Serves these objects while the body runs, which begins when all nodes have them.
    func serving(_ objects: [String], _ body: () async throws -> Void) async throws {
        try await lab.restoring {
            try await change(objects)
            if Phase.current == .restarted { try await TestBed.shared.restartProxies(lab) }
            try await body()
        } afterwards: {
            TestBed.shared.remove(file)
            try await TestBed.shared.settle(lab)
        }
    }

    /// Serves a Service with pods on these hosts.
    func serving(
        _ service: ServiceManifest, on hosts: [String], _ body: () async throws -> Void
    ) async throws {
        try await serving(
            [service.yaml] + hosts.map { pod($0, variant: service.variant).yaml }, body)
    }

    /// Replaces the objects that are served, and waits until all nodes have them.
    func change(_ objects: [String]) async throws {
        try TestBed.shared.put(objects.joined(separator: "---\n"), as: file)
        try await TestBed.shared.settle(lab)
    }

    /// The same with a Service with pods on these hosts.
    func change(_ service: ServiceManifest, on hosts: [String]) async throws {
        try await change([service.yaml] + hosts.map { pod($0, variant: service.variant).yaml })
    }

    /// Runs a node's proxy with more arguments while the body runs, which has to wait for what
    /// they change: the proxy is ready as soon as its predecessor's tables are its own.
    func proxy(
        on node: String, with arguments: [String], _ body: () async throws -> Void
    ) async throws {
        try await lab.restart(node, "proxy", with: arguments)
        try await lab.restoring(body) {
            do {
                try await lab.restart(node, "proxy", with: [])
            } catch {
                // That it did not end when it was asked to is to fail this test alone.
                _ = try? await lab.run("kill", node, "proxy", "KILL")
                _ = try? await lab.run("start", node, "proxy")
                throw error
            }
            try await TestBed.shared.settle(lab)
        }
    }

    // MARK: Traffic

    /// `address:port` of a place where a Service is reached.
    func target(_ spot: Spot, _ transport: Transport, variant: Int = 0, port: Int? = nil)
        async throws -> String
    {
        let own = port ?? (transport == .tcp ? 80 : 53)
        let nodePort = port ?? ServiceManifest.nodePort(number, variant)
        switch spot {
        case .clusterIP:
            return Cluster.text(ServiceManifest.clusterIP(number, variant, family), own)
        case .node(let node):
            return Cluster.text(TestBed.address(of: node, family), nodePort)
        case .virtualIP: return Cluster.text(try await virtualIP(variant: variant), own)
        case .address(let address): return Cluster.text(address, own)
        }
    }

    /// The load balancer's address of a Service, as soon as it has one.
    func virtualIP(variant: Int = 0) async throws -> String {
        let name = ServiceManifest.name(number, variant)
        var found: String?
        try await eventually("\(name) has an address of the load balancer") {
            let service = try await Cluster(lab).services()[name]
            found = service?.virtualIPs.first(where: family.contains)
            return found != nil
        }
        return found ?? ""
    }

    /// Sends this many requests, each of a socket of its own; over UDP each of a port that was not
    /// used lately, unless one is given, or it might go on with a flow of before.
    func ask(
        _ count: Int, _ transport: Transport = .tcp, from host: String, to target: String,
        milliseconds: Int = 2000, atOnce: Int = 4, more: [String] = []
    ) async throws -> Answers {
        let command = [
            "loadgen", "-j", "-o", "-m", transport.rawValue, "-n", "\(count)",
            "-c", "\(atOnce)", "-d", "60", "-t", "\(milliseconds)",
        ]
        let isFlowNew = transport == .udp && !more.contains("-p")
        let ports = isFlowNew ? ["-p", TestBed.shared.freshPorts(count)] : []
        let output = try await lab.startInNetwork(of: host, command + ports + more + [target])
            .finish()
        return try Answers(output.checked().text)
    }

    /// Looks at how connections from a host end, over each of the transports.
    func expect(
        _ outcome: Outcome, from host: String, to spot: Spot,
        _ transports: [Transport] = Transport.allCases, variant: Int = 0, port: Int? = nil,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        for transport in transports {
            let target = try await target(spot, transport, variant: variant, port: port)
            let answers: Answers
            let isSo: Bool
            switch outcome {
            case .answers(let pods):
                // One of three pods is missed by 50 tries once in 200 million runs.
                let count = pods.count == 1 ? 3 : pods.count * 20
                answers = try await ask(count, transport, from: host, to: target)
                isSo = answers.answered == count && answers.pods == pods
            case .refused:
                answers = try await refusal(transport, from: host, to: target)
                isSo = answers.turnedAway == 1
            case .silent:
                answers = try await ask(
                    2, transport, from: host, to: target, milliseconds: 400)
                // The kernel tells a host's own processes which datagrams it has dropped.
                let isTold = transport == .udp && Lab.nodes.contains(host)
                isSo = answers.timedOut == 2 || isTold && answers.unsendable == 2
            }
            #expect(
                isSo, "\(transport) \(host) → \(target): \(outcome) expected, but \(answers)",
                sourceLocation: sourceLocation)
        }
    }

    /// One request that should be refused.
    ///
    /// A SYN that found no answer would be repeated after one second, so less is at once; ICMP
    /// errors are limited to one a second and destination.
    private func refusal(
        _ transport: Transport, from host: String, to target: String
    ) async throws -> Answers {
        var answers = try await ask(1, transport, from: host, to: target, milliseconds: 900)
        for _ in 0..<3 where transport == .udp && answers.timedOut > 0 {
            answers = try await ask(1, transport, from: host, to: target, milliseconds: 900)
        }
        return answers
    }
}
