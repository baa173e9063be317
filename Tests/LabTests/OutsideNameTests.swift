import Foundation
import LabKit
import Testing

extension LabTests.NameTests {
    /// Behaviours 185 to 188, 192 and D-15: names that others know.
    @Suite("names outside the cluster")
    struct OutsideNameTests {
        private let lab = Lab.shared

        @Test("185, 186, D-15: an alias leads to its target, inside, outside and in a stub domain")
        func aliases() async throws {
            for (name, target, address) in [
                ("outside", "www.example.test.", "192.0.2.80"),
                ("partner", "db.acme.local.", "192.0.2.33"),
            ] {
                let answer = try await lab.dig("+search", name, "A")
                #expect(answer.data(of: "CNAME") == [target])
                #expect(answer.data(of: "A") == [address])
            }
            let web = try await Cluster(lab).service("web")
            let inside = try await lab.dig("+search", "inside", "A")
            #expect(inside.data(of: "CNAME") == ["web.default.svc.cluster.local."])
            #expect(inside.data(of: "A") == web.clusterIPs.filter(Family.v4.contains))
        }

        @Test("an alias of itself ends")
        func circle() async throws {
            let answer = try await lab.dig("+search", "circle", "A")
            #expect(answer.data(of: "A").isEmpty)
        }

        @Test("185: an alias that changes, and one that becomes a Service")
        func changingAlias() async throws {
            let name = "turning.default.svc.cluster.local"
            let file = "turning.yaml"
            try await lab.with(NameServices.alias("turning", to: "www.example.test"), as: file) {
                _ = try await lab.dig(name, "A") { $0.data(of: "A") == ["192.0.2.80"] }
                try await lab.apply(NameServices.alias("turning", to: "db.acme.local"), as: file)
                _ = try await lab.dig(name, "A") {
                    $0.data(of: "CNAME") == ["db.acme.local."] && $0.data(of: "A") == ["192.0.2.33"]
                }
                let service = """
                    apiVersion: v1
                    kind: Service
                    metadata: {name: turning}
                    spec: {type: ClusterIP, clusterIP: 10.96.77.78, ports: [{port: 80}]}
                    """
                try await lab.apply(service, as: file)
                _ = try await lab.dig(name, "A") {
                    $0.data(of: "A") == ["10.96.77.78"] && $0.data(of: "CNAME").isEmpty
                }
            }
        }

        @Test("names of others come from the server outside, over UDP and TCP")
        func forwarded() async throws {
            for transport in ["+notcp", "+tcp"] {
                let answer = try await lab.dig(transport, "www.example.test", "AAAA")
                #expect(answer.data(of: "AAAA") == ["2001:db8:1::80"])
                #expect(!answer.flags.contains("aa"))
            }
            let missing = try await lab.dig("no-such.example.test", "A")
            #expect(missing.status == "NXDOMAIN")
        }

        @Test("188: the name of an address outside is asked for outside")
        func reverse() async throws {
            let answer = try await lab.dig("-x", "192.0.2.80")
            #expect(answer.data(of: "PTR") == ["www.example.test."])
        }

        @Test("192: what does not fit is cut off, and comes whole over TCP or with a larger size")
        func truncation() async throws {
            let short = try await lab.dig("+noedns", "+ignore", "long.example.test", "TXT")
            #expect(short.flags.contains("tc"))
            #expect(short.text.contains("MSG SIZE  rcvd: "))
            let whole = try await lab.dig("+noedns", "long.example.test", "TXT")
            #expect(whole.data(of: "TXT").count == 40)
        }

        @Test("187: a stub domain goes to its own server, and comes back when it is taken away")
        func stubDomain() async throws {
            let before = try await lab.dig("db.acme.local", "A")
            #expect(before.data(of: "A") == ["192.0.2.33"])
            // Nobody listens there: only the stub domain is lost.
            try await lab.restart(
                "node1", "dns", with: "--stub-domain", "acme.local=192.168.50.20:5399")
            try await lab.restoring {
                let stubbed = try await lab.dig("@192.168.50.1", "db.acme.local", "A")
                #expect(stubbed.status == "SERVFAIL")
                let other = try await lab.dig("@192.168.50.1", "www.example.test", "A")
                #expect(other.data(of: "A") == ["192.0.2.80"])
            } afterwards: {
                try await lab.restart("node1", "dns")
            }
            let after = try await lab.dig("@192.168.50.1", "db.acme.local", "A")
            #expect(after.data(of: "A") == ["192.0.2.33"])
        }

        @Test("nobody outside the cluster has names of others looked up")
        func closedResolver() async throws {
            let outside = try await lab.dig(
                from: "client", "@192.168.50.1", "www.example.test", "A")
            #expect(outside.status == "REFUSED")
            #expect(!outside.flags.contains("ra"))
        }

        @Test("while the server outside is silent, names of the cluster are answered as before")
        func upstreamDead() async throws {
            _ = try await lab.dig("www.example.test", "A")
            try await lab.run("silence", "control")
            try await lab.restoring {
                let fresh = try await lab.dig("kubernetes.default.svc.cluster.local", "A")
                #expect(fresh.data(of: "A") == ["10.96.0.1"])
                // The answer of before may be two seconds too old by now, and is given all the same.
                let stale = try await lab.dig("+time=10", "www.example.test", "A") {
                    $0.data(of: "A") == ["192.0.2.80"]
                }
                #expect(stale.status == "NOERROR")
                let unknown = try await lab.dig("+time=10", "never-asked.example.test", "A")
                #expect(unknown.status == "SERVFAIL")
            } afterwards: {
                try await lab.run("unsilence", "control")
            }
            _ = try await lab.dig("www.example.test", "A") { $0.data(of: "A") == ["192.0.2.80"] }
        }
    }
}
