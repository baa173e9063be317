import LabKit
import Testing

extension LabTests.NameTests {
    /// Behaviours 176 to 183, 191 and D-1 to D-16, each asked for with dig by a pod.
    @Suite("names of the cluster")
    struct ServiceNameTests {
        private let lab = Lab.shared
        private static let zone = "cluster.local"

        @Test(
            "176, 177: names resolve through the search list, over UDP and TCP",
            arguments: ["kubernetes.default", "kubernetes.default.svc", "kubernetes"],
            ["+notcp", "+tcp"])
        func searchList(name: String, transport: String) async throws {
            let answer = try await lab.dig("+search", transport, name, "A")
            #expect(answer.status == "NOERROR")
            #expect(answer.data(of: "A") == ["10.96.0.1"])
            #expect(answer.flags.contains("aa"))
        }

        @Test("176: the server answers at both of its addresses", arguments: Family.allCases)
        func families(family: Family) async throws {
            let server = family == .v4 ? "@10.96.0.10" : "@fd96::a"
            for transport in ["+notcp", "+tcp"] {
                let answer = try await lab.dig(
                    server, transport, "kubernetes.default.svc.\(Self.zone)", "A")
                #expect(answer.data(of: "A") == ["10.96.0.1"])
            }
        }

        @Test("the resolver of the C library finds both families, as every program does")
        func getent() async throws {
            let web = try await Cluster(lab).service("web")
            for name in ["web", "web.default", "web.default.svc.\(Self.zone)"] {
                let text = try await lab.exec("node2-pod1", "getent", "ahosts", name)
                let found = Set(
                    text.split(separator: "\n").compactMap { $0.split(separator: " ").first })
                #expect(found == Set(web.clusterIPs.map { $0[...] }), "\(name)")
            }
        }

        @Test("D-1: the version of the schema")
        func version() async throws {
            let answer = try await lab.dig("dns-version.\(Self.zone)", "TXT")
            #expect(answer.data(of: "TXT") == ["\"1.1.0\""])
        }

        @Test("D-2, D-3: a Service's addresses of both families, in any spelling of its name")
        func addresses() async throws {
            let web = try await Cluster(lab).service("web")
            for (type, family) in [("A", Family.v4), ("AAAA", .v6)] {
                let answer = try await lab.dig("wEb.deFault.SVC.\(Self.zone)", type)
                #expect(answer.data(of: type) == web.clusterIPs.filter(family.contains))
                #expect(answer.answers.allSatisfy { $0.hasPrefix("wEb.deFault.SVC.") })
            }
        }

        @Test("179, D-4, D-6, D-13: SRV records say port and host, and the hosts' addresses")
        func locations() async throws {
            let web = try await lab.dig("_http._tcp.web.default.svc.\(Self.zone)", "SRV")
            let fields = try #require(web.data(of: "SRV").first).split(separator: " ")
            #expect(fields.suffix(2) == ["80", "web.default.svc.\(Self.zone)."])
            #expect(!web.additionals.isEmpty)
            let db = try await lab.dig("_sql._tcp.db.default.svc.\(Self.zone)", "SRV")
            let hosts = Set(db.data(of: "SRV").compactMap { $0.split(separator: " ").last })
            #expect(
                hosts.isSuperset(of: ["db-0", "db-1"].map { "\($0).db.default.svc.\(Self.zone)." }))
            #expect(hosts.allSatisfy { !$0.hasPrefix("db-2.") })
            #expect(db.data(of: "SRV").allSatisfy { $0.split(separator: " ")[2] == "5432" })
        }

        @Test(
            "D-5: a port without a name has no SRV record",
            arguments: ["web.shop", "eager.default"])
        func unnamedPort(service: String) async throws {
            let answer = try await lab.dig("__tcp.\(service).svc.\(Self.zone)", "SRV")
            #expect(answer.status == "NXDOMAIN")
            let empty = try await lab.dig("_tcp.\(service).svc.\(Self.zone)", "SRV")
            #expect(empty.data(of: "SRV").isEmpty)
        }

        @Test("180, D-7, D-8: a ClusterIP has its Service's name")
        func reverse() async throws {
            for address in try await Cluster(lab).service("web").clusterIPs {
                let answer = try await lab.dig("-x", address)
                #expect(answer.data(of: "PTR") == ["web.default.svc.\(Self.zone)."])
            }
        }

        @Test("178, D-9: a headless Service has its ready endpoints' addresses")
        func headless() async throws {
            let v4 = try await lab.dig("db.default.svc.\(Self.zone)", "A")
            #expect(v4.data(of: "A") == ["10.244.1.101", "10.244.2.101", "10.244.3.102"])
            let v6 = try await lab.dig("db.default.svc.\(Self.zone)", "AAAA")
            #expect(v6.data(of: "AAAA") == ["fd44:0:0:1::101", "fd44:0:0:3::102"])
            let eager = try await lab.dig("eager.default.svc.\(Self.zone)", "A")
            #expect(eager.data(of: "A") == ["10.244.3.103"])
        }

        @Test("D-10: a headless Service without a ready endpoint has no name")
        func nobody() async throws {
            let answer = try await lab.dig("nobody.default.svc.\(Self.zone)", "A")
            #expect(answer.status == "NXDOMAIN")
        }

        @Test(
            "181, 183, D-11, D-12, D-14: an endpoint has a name of its own, and its address has it")
        func endpoints() async throws {
            let name = "db-0.db.default.svc.\(Self.zone)"
            #expect(try await lab.dig(name, "A").data(of: "A") == ["10.244.1.101"])
            #expect(try await lab.dig(name, "AAAA").data(of: "AAAA") == ["fd44:0:0:1::101"])
            for address in ["10.244.1.101", "fd44:0:0:1::101"] {
                #expect(try await lab.dig("-x", address).data(of: "PTR") == ["\(name)."])
            }
            let made = try await lab.dig("-x", "10.244.3.102").data(of: "PTR")
            let own = try #require(made.first)
            #expect(try await lab.dig(own, "A").data(of: "A") == ["10.244.3.102"])
            #expect(try await lab.dig("db-2.db.default.svc.\(Self.zone)", "A").status == "NXDOMAIN")
        }

        @Test("182, D-16: a pod's address has a name in its namespace")
        func podRecord() async throws {
            let answer = try await lab.dig("10-244-1-2.default.pod.\(Self.zone)", "A")
            #expect(answer.data(of: "A") == ["10.244.1.2"])
            let nowhere = try await lab.dig("10-244-1-2.no-such-namespace.pod.\(Self.zone)", "A")
            #expect(nowhere.status == "NXDOMAIN")
        }

        @Test("191: what is not there is told apart from what has other records")
        func absence() async throws {
            let missing = try await lab.dig("no-such.default.svc.\(Self.zone)", "A")
            #expect(missing.status == "NXDOMAIN")
            #expect(missing.authorities.contains { $0.contains(" SOA ") })
            for (name, type) in [
                ("web.shop.svc.\(Self.zone)", "AAAA"), ("web.shop.svc.\(Self.zone)", "MX"),
                ("shop.svc.\(Self.zone)", "A"), ("svc.\(Self.zone)", "A"), (Self.zone, "A"),
            ] {
                let other = try await lab.dig(name, type)
                #expect(other.status == "NOERROR", "\(name) \(type)")
                #expect(
                    other.answers.isEmpty && other.authorities.contains { $0.contains(" SOA ") })
            }
        }

        @Test("the zone's start and its server")
        func apex() async throws {
            #expect(try await lab.dig(Self.zone, "SOA").data(of: "SOA").count == 1)
            let servers = try await lab.dig(Self.zone, "NS")
            let server = try #require(servers.data(of: "NS").first)
            #expect(try await lab.dig(server, "A").status == "NOERROR")
        }

        @Test("D-17: answers may be kept for seconds, not for minutes")
        func timeToLive() async throws {
            let answer = try await lab.dig("web.default.svc.\(Self.zone)", "A")
            let record = try #require(answer.answers.first)
            let seconds = try #require(Int(record.split(separator: " ")[1]))
            #expect(1...30 ~= seconds)
        }

        @Test(
            "what could be abused is refused",
            arguments: [["AXFR"], ["ANY"], ["-c", "CH", "TXT"]])
        func refusals(arguments: [String]) async throws {
            let output = try await lab.attempt(
                "node1-pod1", "dig", "+tries=1", "+time=2",
                arguments[0] == "AXFR" ? "+tcp" : "+notcp", Self.zone,
                arguments.joined(separator: " "))
            #expect(!output.text.contains("NOERROR") || output.text.contains("ANSWER: 0"))
        }
    }
}
