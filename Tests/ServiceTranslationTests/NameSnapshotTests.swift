import Addressing
import ClusterDNS
import DNSMessage
import KubeAPI
import ServiceModel
import Testing

@testable import ServiceTranslation

/// Objects to names, through a zone that follows them.
@Suite("Names of objects")
struct NameSnapshotTests {
    private var snapshot = NameSnapshot()
    private let web = ServiceIdentity(namespace: "default", name: "web")
    private let mail = ServiceIdentity(namespace: "default", name: "mail")

    private func headless(_ change: (inout ServiceObject) -> Void = { _ in }) -> ServiceObject {
        service(ports: [port("http", 80)], clusterIPs: ["None"], change)
    }

    /// What a zone says of a name below `svc.cluster.local` now.
    private func ask(_ text: String, _ type: RecordType = .a) throws -> [RecordData] {
        let origin = try #require(DomainName("cluster.local"))
        var zone = try #require(ClusterZone(settings: ZoneSettings(origin: origin)))
        for service in snapshot.services { zone.set(snapshot.records(for: service), for: service) }
        let name = try #require(DomainName("\(text).svc.cluster.local"))
        guard case .answer(let answer) = zone.answer(Question(name: name, type: type)) else {
            return []
        }
        return answer.answers.map(\.data)
    }

    private func addresses(_ text: String) throws -> [String] {
        try (ask(text, .a) + ask(text, .aaaa)).compactMap {
            switch $0 {
            case .a(let address): address.description
            case .aaaa(let address): address.description
            default: nil
            }
        }
    }

    private func ports(_ text: String) throws -> [UInt16] {
        try ask(text, .srv).compactMap {
            if case .srv(let location) = $0 { location.port } else { nil }
        }
    }

    @Test("D-2, D-3, 176: a Service's ClusterIPs are its addresses")
    mutating func clusterIPs() throws {
        let object = service(clusterIPs: ["10.96.0.10", "fd00:96::a"])
        #expect(snapshot.upsert(object) == [web])
        #expect(try addresses("web.default") == ["10.96.0.10", "fd00:96::a"])
        #expect(snapshot.upsert(object) == [])
        #expect(snapshot.delete(object) == [web])
        #expect(snapshot.delete(object) == [])
        #expect(snapshot.records(for: web) == nil)
    }

    @Test("D-4, D-5: named ports have the Service's number, unnamed ones nothing")
    mutating func servicePorts() throws {
        _ = snapshot.upsert(
            service(ports: [port("http", 80), port("dns", 53, "UDP"), port(nil, 443)]))
        #expect(try ports("_http._tcp.web.default") == [80])
        #expect(try ports("_dns._udp.web.default") == [53])
        #expect(try ports("web.default") == [80, 53])
    }

    @Test("D-9, 178: endpoints that are ready are found; those that are not, or going, are not")
    mutating func ready() throws {
        _ = snapshot.upsert(headless())
        let pods = [
            pod("10.244.1.2"), pod("10.244.1.3", .unready), pod("10.244.1.4", .terminating),
            pod("10.244.1.5", .gone),
        ]
        #expect(snapshot.upsert(slice(pods)) == [web])
        #expect(try addresses("web.default") == ["10.244.1.2"])
        var unstated = slice([pod("10.244.1.6")])
        unstated.endpoints[0].conditions = nil
        _ = snapshot.upsert(unstated)
        #expect(try addresses("web.default") == ["10.244.1.6"])
    }

    @Test("D-9: a Service that publishes what is not ready has every endpoint")
    mutating func notReady() throws {
        let pods = [pod("10.244.1.2"), pod("10.244.1.3", .unready), pod("10.244.1.4", .gone)]
        _ = snapshot.upsert(slice(pods))
        _ = snapshot.upsert(headless())
        #expect(snapshot.upsert(headless { $0.spec.publishNotReadyAddresses = true }) == [web])
        #expect(try addresses("web.default") == ["10.244.1.2", "10.244.1.3", "10.244.1.4"])
    }

    @Test("D-10: a headless Service without slices has no records")
    mutating func noSlices() throws {
        _ = snapshot.upsert(headless())
        #expect(try #require(snapshot.records(for: web)) == .headless(HeadlessRecords([])))
    }

    @Test("D-11, D-12, 183: endpoints are found by their hostname, or by one made of the address")
    mutating func hostnames() throws {
        _ = snapshot.upsert(headless())
        var named = pod("10.244.1.2")
        named.hostname = "db-0"
        named.addresses.append("10.244.1.9")
        _ = snapshot.upsert(slice([named, pod("10.244.1.3")]))
        _ = snapshot.upsert(slice([pod("fd00:244:1::2")], named: "web-6", type: "IPv6"))
        #expect(try addresses("db-0.web.default") == ["10.244.1.2", "10.244.1.9"])
        #expect(try addresses("10-244-1-3.web.default") == ["10.244.1.3"])
        #expect(try addresses("fd00-244-1--2.web.default") == ["fd00:244:1::2"])
    }

    @Test("D-13, 179: each slice's endpoints have its ports")
    mutating func slicePorts() throws {
        _ = snapshot.upsert(headless())
        _ = snapshot.upsert(slice([pod("10.244.1.2")], ports: [endpointPort("http", 8080)]))
        _ = snapshot.upsert(
            slice(
                [pod("10.244.1.3")], named: "web-b",
                ports: [endpointPort("http", 9090), endpointPort(nil, 1), endpointPort("all", nil)])
        )
        #expect(try ports("_http._tcp.web.default") == [8080, 9090])
        #expect(try ports("_all._tcp.web.default") == [])
    }

    @Test("D-15, 185: an ExternalName is an alias, and follows its target and its type")
    mutating func externalName() throws {
        var object = service(type: "ExternalName", clusterIPs: []) {
            $0.spec.externalName = "mail.example.com"
        }
        #expect(snapshot.upsert(object) == [web])
        let first = try #require(DomainName("mail.example.com"))
        #expect(try ask("web.default", .cname) == [.cname(first)])
        object.spec.externalName = "mail2.example.com."
        #expect(snapshot.upsert(object) == [web])
        let second = try #require(DomainName("mail2.example.com"))
        #expect(try ask("web.default", .cname) == [.cname(second)])
        #expect(snapshot.upsert(service()) == [web])
        #expect(try addresses("web.default") == ["10.96.0.10"])
        #expect(snapshot.takeProblems() == [])
    }

    @Test(
        "a target that is no name is reported, and there is no alias",
        arguments: [
            "", ".", "a..b", "10.0.0.1", "fd00::1", "a b", String(repeating: "a", count: 64),
        ])
    mutating func badTarget(text: String) throws {
        _ = snapshot.upsert(service(type: "ExternalName") { $0.spec.externalName = text })
        #expect(snapshot.takeProblems().map(\.field) == ["spec.externalName"])
        #expect(try ask("web.default", .cname) == [])
        #expect(snapshot.takeProblems() == [])
    }

    @Test("what cannot be a record is left out and reported, the rest stays")
    mutating func problems() throws {
        let long = String(repeating: "a", count: 63)
        _ = snapshot.upsert(
            service(
                ports: [port("http", 80), port("a b", 81), port(long, 82), port("none", 0)],
                clusterIPs: ["10.96.0.10", "bad"]))
        #expect(
            Set(snapshot.takeProblems().map(\.field))
                == ["spec.ports[1]", "spec.ports[2]", "spec.ports[3]", "spec.clusterIPs[1]"])
        #expect(try addresses("web.default") == ["10.96.0.10"])
        #expect(try ports("web.default") == [80])
        _ = snapshot.upsert(headless())
        var odd = pod("10.244.1.2")
        odd.hostname = "a.b"
        _ = snapshot.upsert(
            slice([odd, pod("fd00:244:1::3")], ports: [endpointPort("a b"), endpointPort("http")]))
        #expect(
            Set(snapshot.takeProblems().map(\.field))
                == ["ports[0]", "endpoints[0].hostname", "endpoints[1].addresses"])
        #expect(try addresses("10-244-1-2.web.default") == ["10.244.1.2"])
    }

    @Test("slices may come before their Service, stay when it goes, and when its type changes")
    mutating func slicesFirst() throws {
        #expect(snapshot.upsert(slice([pod("10.244.1.2")])) == [])
        #expect(snapshot.records(for: web) == nil)
        #expect(snapshot.upsert(headless()) == [web])
        #expect(try addresses("web.default") == ["10.244.1.2"])
        #expect(snapshot.upsert(service()) == [web])
        #expect(snapshot.upsert(slice([pod("10.244.1.3")])) == [])
        #expect(try addresses("web.default") == ["10.96.0.10"])
        #expect(snapshot.upsert(headless()) == [web])
        #expect(try addresses("web.default") == ["10.244.1.3"])
        #expect(snapshot.delete(headless()) == [web])
        #expect(snapshot.upsert(headless()) == [web])
        #expect(try addresses("web.default") == ["10.244.1.3"])
        #expect(snapshot.delete(slice([])) == [web])
        #expect(snapshot.delete(slice([])) == [])
        #expect(try addresses("web.default") == [])
    }

    @Test("a slice may move to another Service, which touches both")
    mutating func movingSlice() throws {
        _ = snapshot.upsert(headless())
        _ = snapshot.upsert(headless { $0.metadata.name = "mail" })
        #expect(snapshot.upsert(slice([pod("10.244.1.2")])) == [web])
        #expect(snapshot.upsert(slice([pod("10.244.1.2")])) == [])
        #expect(snapshot.upsert(slice([pod("10.244.1.2")], of: "mail")) == [web, mail])
        #expect(try addresses("mail.default") == ["10.244.1.2"])
        #expect(snapshot.upsert(slice([pod("10.244.1.2")], of: nil)) == [mail])
        #expect(snapshot.upsert(slice([pod("10.244.1.2")], type: "FQDN")) == [])
    }

    @Test("a list replaces what was known, but for what cannot be read")
    mutating func lists() throws {
        _ = snapshot.replaceServices([headless(), service("mail")])
        _ = snapshot.replaceSlices([slice([pod("10.244.1.2")])])
        snapshot.keep(ObjectKey(kind: .services, namespace: "default", name: "web"))
        #expect(snapshot.replaceServices([]) == [mail])
        snapshot.keep(ObjectKey(kind: .endpointslices, namespace: "default", name: "web-a"))
        #expect(snapshot.replaceSlices([]) == [])
        #expect(try addresses("web.default") == ["10.244.1.2"])
        #expect(snapshot.replaceSlices([slice([pod("10.244.1.3")], named: "web-b")]) == [web])
        #expect(try addresses("web.default") == ["10.244.1.3"])
        #expect(snapshot.replaceSlices([]) == [web])
        #expect(snapshot.replaceServices([]) == [web])
        #expect(snapshot.services.allSatisfy { _ in false })
    }

    @Test("what was read again since goes with the next list that lacks it")
    mutating func readAgain() {
        let endpoints = slice([pod("10.244.1.2")])
        for key in [headless().key, endpoints.key] { snapshot.keep(key) }
        _ = snapshot.upsert(headless())
        _ = snapshot.upsert(endpoints)
        #expect(snapshot.replaceSlices([]) == [web])
        #expect(snapshot.replaceServices([]) == [web])
    }
}
