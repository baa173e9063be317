import Foundation
import LabKit
import Testing

extension LabTests {
    /// One node alone is well by each kind of check, another one for each kind: so none of them
    /// can be taken for another, and none can be left out.
    @Suite("each kind of check, of real servers on the nodes, in both families")
    struct CheckKindTests {
        private let lab = Lab.shared

        private struct Status: Decodable {
            struct Service: Decodable {
                struct Backend: Decodable {
                    let node: String
                    let state: String
                    let reason: String?
                }

                let name: String
                let backends: [Backend]
            }

            let services: [Service]
        }

        /// A Service that is checked in its own way, and the nodes that it leads to.
        private struct Checked {
            let name: String
            let notes: [String]
            let nodes: Set<String>
            /// What the status says of the others.
            let reasons: [String: String]

            var manifest: String {
                """
                apiVersion: v1
                kind: Service
                metadata:
                  name: checked-\(name)
                  annotations:
                    sluice.io/check-timeout: 10s
                \(notes.map { "    sluice.io/check\($0)" }.joined(separator: "\n"))
                spec:
                  type: LoadBalancer
                  externalTrafficPolicy: Local
                  ipFamilyPolicy: PreferDualStack
                  selector: {ordinal: "1"}
                  ports:
                    - {name: http, protocol: TCP, port: 80, targetPort: http}

                """
            }
        }

        private static let secure = ["-host: shop.example", ": https:9443/"]
        private static let services = [
            Checked(
                name: "verified", notes: secure + ["-tls-verify: \"on\""], nodes: ["node1"],
                reasons: ["node2": "TLS", "node3": "TLS"]),
            Checked(
                name: "unverified", notes: secure + ["-tls-verify: \"off\""],
                nodes: Set(Lab.nodes), reasons: [:]),
            Checked(
                name: "udp", notes: [": udp:9053", "-send: ping", "-expect: pong"],
                nodes: ["node2"],
                reasons: ["node1": "answer", "node3": "answer"]),
            Checked(
                name: "grpc", notes: [": grpc:9051/shop.Cart"], nodes: ["node3"],
                reasons: ["node1": "NOT_SERVING", "node2": "NOT_SERVING"]),
            Checked(
                name: "exec", notes: [": exec/third-is-odd"], nodes: ["node1", "node2"],
                reasons: ["node3": "3"]),
            // Nobody listens there.
            Checked(
                name: "tcp", notes: [": tcp:9052"], nodes: [],
                reasons: ["node1": "refused", "node2": "refused", "node3": "refused"]),
        ]

        @Test(
            "a node takes traffic while its own check succeeds; the status tells why others do not")
        func kinds() async throws {
            try await withTemporaryFolder { folder in
                try await withServers(folder) {
                    let manifest = Self.services.map(\.manifest).joined(separator: "---\n")
                    try await lab.with(manifest, as: "checked.yaml") {
                        for service in Self.services { try await expect(service) }
                    }
                }
            }
        }

        private func expect(_ service: Checked) async throws {
            let name = "checked-\(service.name)"
            try await eventually("\(name) has addresses") {
                try await Cluster(lab).services()[name]?.virtualIPs.count == 2
            }
            for target in try await Cluster(lab).targets(name, .virtualIP) {
                var report: LoadReport?
                do {
                    try await eventually("\(name) is as checked", within: .seconds(60)) {
                        let now = try await lab.send(
                            30, from: "client", to: [target], atOnce: 6, timeoutMilliseconds: 900)
                        report = now
                        // Where no node is left clients are refused at once.
                        return service.nodes.isEmpty
                            ? now.refused == 30
                            : now.answered == 30 && now.nodes == service.nodes
                    }
                } catch {
                    throw Unexpected("\(error), \(target): \(String(describing: report))")
                }
            }
            let text = try await lab.balancerStatus()
            let status = try JSONDecoder().decode(Status.self, from: Data(text.utf8))
            let backends = status.services.first { $0.name == "default/\(name)" }?.backends ?? []
            #expect(backends.count == 6)
            for backend in backends {
                let isWell = service.nodes.contains(backend.node)
                #expect(backend.state == (isWell ? "up" : "down"), "\(name) \(backend)")
                if let reason = service.reasons[backend.node] {
                    #expect(backend.reason?.contains(reason) == true, "\(name) \(backend)")
                }
            }
        }

        /// Runs the body with a server on each node, and a balancer that trusts an authority of our
        /// own, runs our check program and never uses what a check speaks against.
        private func withServers(_ folder: URL, _ body: () async throws -> Void) async throws {
            let trusted = URL(filePath: "/etc/netns/\(lab.name)-balancer")
            try await makeCertificates(in: folder, trustedIn: trusted)
            defer { try? FileManager.default.removeItem(at: trusted) }
            try await install("third-is-odd", in: folder)
            let answers = [("wrong", "2"), ("ping pong", "2"), ("gnop", "1")]
            let servers = try zip(Lab.nodes, answers).map { node, answer in
                try lab.startInNetwork(
                    of: node,
                    [
                        Lab.tool("checked.py"), "\(folder.path)/\(node).pem",
                        "\(folder.path)/key.pem", answer.0, answer.1,
                    ])
            }
            defer { for server in servers { server.signal(SIGKILL) } }
            for server in servers {
                try await eventually("the servers listen", within: .seconds(60)) {
                    server.said.contains("ready")
                }
            }
            try await lab.restoring {
                try await lab.restart(
                    "balancer", "balancer", with: "--panic-threshold", "0", "--withdraw", "never",
                    "--check-commands", folder.path)
                try await body()
            } afterwards: {
                try? FileManager.default.removeItem(at: trusted)
                try await lab.restart("balancer", "balancer")
                try await Cluster(lab).waitUntilServed()
            }
        }

        /// Node1's certificate is good, node2's bears another name, and nobody vouches for node3's.
        ///
        /// What stands in a namespace's own folder is in the place of what is in /etc for whoever
        /// `ip netns exec` starts.
        private func makeCertificates(in folder: URL, trustedIn place: URL) async throws {
            let certificates = place.appending(path: "ssl/certs")
            try FileManager.default.createDirectory(
                at: certificates, withIntermediateDirectories: true)
            let script = """
                set -e
                cd "$0"
                new() { openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes "$@"; }
                new -x509 -days 2 -subj /CN=authority -keyout authority.key -out authority.pem
                new -subj /CN=node -keyout key.pem -out request.pem
                issue() {
                    echo "subjectAltName=DNS:$2" >names
                    openssl x509 -req -days 2 -in request.pem -extfile names -out "$1.pem" "${@:3}"
                }
                vouch="-CA authority.pem -CAkey authority.key -CAcreateserial"
                issue node1 shop.example $vouch
                issue node2 other.example $vouch
                issue node3 shop.example -signkey key.pem
                cp authority.pem "$1/ca-certificates.crt"
                """
            _ = try await Program(["bash", "-c", script, folder.path, certificates.path]).finish()
                .checked()
        }

        /// A check program for which the nodes whose address ends with 3 are not well.
        private func install(_ name: String, in folder: URL) async throws {
            let place = folder.appending(path: name)
            try Data("#!/bin/sh\n[ \"${1%3}\" = \"$1\" ] || exit 3\n".utf8).write(to: place)
            try FileManager.default.setAttributes(
                [.posixPermissions: 0o755], ofItemAtPath: place.path)
        }
    }
}
