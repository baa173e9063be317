import Foundation
import LabKit
import Testing

extension LabTests.NameTests {
    /// Behaviours 169 to 175, 184, 189, 190: what a pod starts with.
    @Suite("a pod's files and variables")
    struct PodFileTests {
        private let lab = Lab.shared
        private static let api = ["--api", Lab.api]

        @Test("177: programs find a Service by its short and its long name, from both namespaces")
        func curl() async throws {
            for name in ["web", "web.default", "web.default.svc.cluster.local"] {
                let text = try await lab.exec(
                    "node1-pod1", "curl", "--silent", "--fail", "--max-time", "5", "http://\(name)")
                #expect(text.contains("node"), "\(name): \(text)")
            }
            try await asPodOfShop {
                for name in ["web.default", "web.default.svc.cluster.local"] {
                    let text = try await lab.exec(
                        "node2-pod2", "curl", "--silent", "--fail", "--max-time", "5",
                        "http://\(name)")
                    #expect(text.contains("node"), "\(name): \(text)")
                }
                // The short name is the Service of the pod's own namespace.
                let own = try await lab.dig(from: "node2-pod2", "+search", "web", "A")
                #expect(own.data(of: "A") == ["10.96.77.77"])
            }
        }

        @Test("169 to 173: the variables of the Services that were there before the pod")
        func variables() async throws {
            let web = try await Cluster(lab).service("web")
            let address = try #require(web.clusterIPs.first)
            let lines = Set(
                try await lab.exec("node1-pod1", "env").split(separator: "\n").map(String.init))
            for line in [
                "WEB_SERVICE_HOST=\(address)", "WEB_SERVICE_PORT=80", "WEB_SERVICE_PORT_HTTP=80",
                "WEB_SERVICE_PORT_DNS=53", "WEB_PORT=tcp://\(address):80",
                "WEB_PORT_80_TCP=tcp://\(address):80", "WEB_PORT_80_TCP_PROTO=tcp",
                "WEB_PORT_80_TCP_PORT=80", "WEB_PORT_80_TCP_ADDR=\(address)",
                "WEB_PORT_53_UDP=udp://\(address):53", "KUBERNETES_SERVICE_HOST=10.96.0.1",
                "WEB_NODEPORT_SERVICE_PORT=80",
            ] {
                #expect(lines.contains(line), "\(line)")
            }
        }

        @Test("a Service that is younger than the pod has a name and no variables")
        func youngerService() async throws {
            // Times of creation have whole seconds.
            let service = """
                apiVersion: v1
                kind: Service
                metadata: {name: younger}
                spec: {clusterIP: 10.96.77.79, ports: [{port: 80}]}
                """
            try await lab.with(service, as: "younger.yaml") {
                _ = try await lab.dig("+search", "younger", "A") {
                    $0.data(of: "A") == ["10.96.77.79"]
                }
                let variables = try await lab.exec(
                    "control", "sluice", "env", "--pod", "default/node1-pod1", "--api", Lab.api)
                #expect(variables.contains("WEB_SERVICE_HOST"))
                #expect(!variables.contains("YOUNGER_SERVICE_HOST"))
                let explained = try await lab.attempt(
                    "control", "sluice", "env", "--pod", "default/node1-pod1", "--api", Lab.api,
                    "--explain")
                #expect((explained.text + explained.complaint).contains("younger"))
            }
        }

        @Test("174: headless Services, aliases and other namespaces have no variables")
        func leftOut() async throws {
            let text = try await lab.exec(
                "control", "sluice", "env", "--namespace", "default", "--api", Lab.api)
            #expect(text.contains("WEB_SERVICE_HOST"))
            for name in ["DB_SERVICE", "OUTSIDE_SERVICE", "10.96.77.77"] {
                #expect(!text.contains(name), "\(name)")
            }
        }

        @Test("sluice env runs a command with the variables, and ends as it ends")
        func exec() async throws {
            let output = try await lab.attempt(
                "control", "sluice", "env", "--pod", "default/node1-pod1", "--api", Lab.api,
                "--exec", "sh", "-c", "echo $KUBERNETES_SERVICE_HOST; exit 7")
            #expect(output.status == 7)
            #expect(output.text == "10.96.0.1\n")
        }

        @Test("190: a pod asks the cluster's server, and searches its namespace first")
        func resolvConf() async throws {
            let text = try await lab.exec("node1-pod1", "cat", "/etc/resolv.conf")
            #expect(text.contains("nameserver 10.96.0.10"))
            #expect(
                text.contains("search default.svc.cluster.local svc.cluster.local cluster.local"))
            #expect(text.contains("ndots:5"))
        }

        @Test("184: a pod's hosts file has its own name")
        func hosts() async throws {
            let text = try await lab.exec("node1-pod1", "cat", "/etc/hosts")
            #expect(text.contains("10.244.1.2\tnode1-pod1"))
            #expect(text.contains("localhost"))
        }

        /// Lets node2-pod2 be a pod of the namespace `shop` for a while.
        private func asPodOfShop(_ body: () async throws -> Void) async throws {
            let manifest = """
                apiVersion: v1
                kind: Pod
                metadata: {name: node2-pod2, namespace: shop}
                spec: {nodeName: node2, containers: [{name: backend}]}
                status: {phase: Running, podIP: 10.244.2.3, podIPs: [{ip: 10.244.2.3}]}
                """
            let files = "/etc/netns/\(lab.name)-node2-pod2"
            try await lab.with(manifest, as: "node2-pod2-in-shop.yaml") {
                try await eventually("the API has the pod of shop") {
                    try await lab.attempt(
                        "control", "sluice", "resolvconf", "--pod", "shop/node2-pod2", "--api",
                        Lab.api, "--write", files
                    ).status == 0
                }
                try await lab.restoring(body) {
                    try await lab.exec(
                        "control", "sluice", "resolvconf", "--pod", "default/node2-pod2", "--api",
                        Lab.api, "--write", files)
                }
            }
        }
    }
}
