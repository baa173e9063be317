import KubeAPI
import ServiceModel
import Testing

@testable import ServiceTranslation

@Suite struct ClusterSnapshotTests {
    private var snapshot = ClusterSnapshot()
    private let web = ServiceIdentity(namespace: "default", name: "web")
    private let mail = ServiceIdentity(namespace: "default", name: "mail")

    private func addresses(of service: ServiceIdentity) -> [String] {
        snapshot.groups(of: service).flatMap { $0.endpoints.map { "\($0.address)" } }
    }

    @Test("a new Service is touched; the same again is not; a changed one is")
    mutating func services() {
        #expect(snapshot.upsert(service()) == [web])
        #expect(snapshot.upsert(service()) == [])
        #expect(snapshot.upsert(service { $0.metadata.resourceVersion = "7" }) == [])
        #expect(snapshot.upsert(service { $0.spec.selector = ["app": "web"] }) == [])
        #expect(snapshot.upsert(service { $0.spec.internalTrafficPolicy = "Local" }) == [web])
        #expect(snapshot.delete(service()) == [web])
        #expect(snapshot.delete(service()) == [])
        #expect(snapshot.services.isEmpty)
    }

    @Test("a list touches what it adds, changes and leaves out, and nothing else")
    mutating func serviceList() {
        let other = ServiceIdentity(namespace: "default", name: "other")
        #expect(snapshot.replaceServices([service(), service("mail")]) == [web, mail])
        #expect(snapshot.replaceServices([service("mail"), service("other")]) == [web, other])
        let changed = service("mail") { $0.spec.publishNotReadyAddresses = true }
        #expect(snapshot.replaceServices([changed, service("other")]) == [mail])
        #expect(snapshot.services[mail]?.publishesNotReady == true)
    }

    @Test("an object that could not be read is not taken for gone by the next list")
    mutating func unreadable() {
        _ = snapshot.replaceServices([service(), service("mail")])
        snapshot.keep(ObjectKey(kind: .services, namespace: "default", name: "web"))
        snapshot.keep(ObjectKey(kind: .nodes, namespace: "", name: "web"))
        #expect(snapshot.replaceServices([]) == [mail])
        #expect(snapshot.services[web] != nil)
        #expect(snapshot.replaceServices([]) == [web])
        #expect(snapshot.services.isEmpty)
    }

    @Test("an object that was read again since goes with the next list that lacks it")
    mutating func readAgain() {
        let endpoints = slice([pod("10.244.1.2")])
        let node = NodeObject(metadata: ObjectMeta(name: "node1"))
        for key in [service().key, endpoints.key, node.key] { snapshot.keep(key) }
        _ = snapshot.upsert(service())
        _ = snapshot.upsert(endpoints)
        _ = snapshot.upsert(node)
        #expect(snapshot.replaceServices([]) == [web])
        #expect(snapshot.replaceSlices([]) == [web])
        #expect(snapshot.replaceNodes([]) == true)
        #expect(snapshot.services.isEmpty && snapshot.nodes.isEmpty)
    }

    @Test("the namespace is part of a name, and `default` when it is absent")
    mutating func namespaces() {
        let elsewhere = ServiceIdentity(namespace: "shop", name: "web")
        #expect(snapshot.upsert(service { $0.metadata.namespace = "shop" }) == [elsewhere])
        #expect(snapshot.upsert(service { $0.metadata.namespace = nil }) == [web])
        #expect(snapshot.services.count == 2)
    }

    @Test("endpoints may come before their Service and stay when it goes")
    mutating func endpointsFirst() {
        #expect(snapshot.upsert(slice([pod("10.244.1.2")])) == [web])
        #expect(snapshot.upsert(service()) == [web])
        #expect(snapshot.delete(service()) == [web])
        #expect(addresses(of: web) == ["10.244.1.2"])
    }

    @Test("slices come together in order of their names, whatever order they arrive in")
    mutating func order() {
        _ = snapshot.upsert(slice([pod("10.244.1.3")], named: "web-b"))
        _ = snapshot.upsert(slice([pod("10.244.1.2")], named: "web-a"))
        #expect(addresses(of: web) == ["10.244.1.2", "10.244.1.3"])
        #expect(snapshot.delete(slice([], named: "web-a")) == [web])
        #expect(snapshot.delete(slice([], named: "web-a")) == [])
        #expect(addresses(of: web) == ["10.244.1.3"])
    }

    @Test("a slice that says nothing new touches nothing")
    mutating func sameSlice() {
        _ = snapshot.upsert(slice([pod("10.244.1.2")]))
        var again = slice([pod("10.244.1.2")])
        again.metadata.resourceVersion = "8"
        again.metadata.annotations = [WellKnown.lastChangeTriggerTime: "2026-01-01T00:00:00Z"]
        again.endpoints[0].targetRef = ObjectReference(
            kind: "Pod", namespace: "default", name: "web-1")
        #expect(snapshot.upsert(again) == [])
        #expect(snapshot.replaceSlices([again]) == [])
        #expect(snapshot.upsert(slice([pod("10.244.1.2", .unready)])) == [web])
    }

    @Test("a slice that moves to another Service touches both")
    mutating func movedSlice() {
        _ = snapshot.upsert(slice([pod("10.244.1.2")]))
        #expect(snapshot.upsert(slice([pod("10.244.1.2")], of: "mail")) == [web, mail])
        #expect(addresses(of: web).isEmpty)
        #expect(addresses(of: mail) == ["10.244.1.2"])
    }

    @Test("a slice that loses its Service, or becomes one of host names, is forgotten")
    mutating func orphanedSlice() {
        _ = snapshot.upsert(slice([pod("10.244.1.2")]))
        #expect(snapshot.upsert(slice([pod("10.244.1.2")], of: nil)) == [web])
        #expect(snapshot.upsert(slice([pod("10.244.1.2")], of: nil)) == [])
        _ = snapshot.upsert(slice([pod("10.244.1.2")]))
        let named = slice([SliceEndpoint(addresses: ["web.example.org"])], type: "FQDN")
        #expect(snapshot.upsert(named) == [web])
        #expect(snapshot.upsert(named) == [])
        #expect(snapshot.groups(of: web).isEmpty)
        #expect(snapshot.takeProblems().isEmpty)
    }

    @Test("a list of slices touches the Services whose endpoints differ")
    mutating func sliceList() {
        let first = slice([pod("10.244.1.2")])
        let second = slice([pod("10.244.1.3")], of: "mail", named: "mail-a")
        #expect(snapshot.replaceSlices([first, second]) == [web, mail])
        #expect(snapshot.replaceSlices([second, first]) == [])
        #expect(snapshot.replaceSlices([second]) == [web])
        #expect(snapshot.groups(of: web).isEmpty)
    }

    @Test("nodes count as changed when something that matters does")
    mutating func nodes() {
        #expect(snapshot.replaceNodes([node(1), node(2)]) == true)
        #expect(snapshot.replaceNodes([node(2), node(1)]) == false)
        var heartbeat = node(1)
        heartbeat.metadata.resourceVersion = "9"
        #expect(snapshot.upsert(heartbeat) == false)
        #expect(snapshot.upsert(node(1, labels: [WellKnown.zone: "c"])) == true)
        #expect(snapshot.delete(node(2)) == true)
        #expect(snapshot.delete(node(2)) == false)
        #expect(snapshot.nodes.keys.sorted() == ["node1"])
    }

    @Test("problems are handed over once")
    mutating func problems() {
        _ = snapshot.upsert(service(clusterIPs: ["10.96.0.300"]))
        _ = snapshot.upsert(slice([pod("fd00:244:1::2")]))
        let texts = snapshot.takeProblems().map(\.description)
        #expect(
            texts == [
                "Service default/web, spec.clusterIPs[0]: \"10.96.0.300\" is not an IP address; "
                    + "it is left out",
                "EndpointSlice default/web-a, endpoints[0].addresses: \"fd00:244:1::2\" is not "
                    + "an IPv4 address; it is left out",
            ])
        #expect(snapshot.takeProblems().isEmpty)
    }
}
