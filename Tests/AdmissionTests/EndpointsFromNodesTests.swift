import Addressing
import KubeAPI
import Testing

@testable import Admission

@Suite("Endpoints made from nodes")
struct EndpointsFromNodesTests {
    private func node(_ number: Int, ready: String? = nil, zone: String? = "a") -> NodeObject {
        var node = NodeObject(metadata: ObjectMeta(name: "node\(number)"))
        node.metadata.labels = zone.map { [WellKnown.zone: $0] }
        node.status = NodeStatus(
            addresses: [
                NodeAddress(type: "ExternalIP", address: "198.51.100.\(number)"),
                NodeAddress(type: "InternalIP", address: "192.168.50.\(number)"),
                NodeAddress(type: "InternalIP", address: "192.168.51.\(number)"),
                NodeAddress(type: "InternalIP", address: "fd00:50::\(number)"),
                NodeAddress(type: "Hostname", address: "node\(number)"),
            ], conditions: ready.map { [Condition(type: "Ready", status: $0)] })
        return node
    }

    private func dns(_ families: [String] = ["IPv4", "IPv6"]) -> ServiceObject {
        var service = ServiceObject(
            metadata: ObjectMeta(name: "kube-dns", namespace: "kube-system"))
        service.spec.ports = [
            ServicePortObject(name: "dns", protocol: "UDP", port: 53, targetPort: 53),
            ServicePortObject(name: "dns-tcp", protocol: "TCP", port: 53),
        ]
        service.spec.ipFamilies = families
        service.spec.trafficDistribution = "PreferSameNode"
        return service
    }

    @Test("every node is an endpoint of both families, and is meant for itself")
    func bothFamilies() {
        let made = EndpointsFromNodes(service: dns(), nodes: [node(2), node(1)])
        #expect(made.slices.map(\.addressType) == ["IPv4", "IPv6"])
        #expect(made.slices.map(\.metadata.name) == ["kube-dns-ipv4-0", "kube-dns-ipv6-0"])
        #expect(made.slices.allSatisfy { $0.serviceName == "kube-dns" })
        #expect(
            made.slices.map { $0.endpoints.flatMap(\.addresses) } == [
                ["192.168.50.1", "192.168.50.2"], ["fd00:50::1", "fd00:50::2"],
            ])
        for endpoint in made.slices.flatMap(\.endpoints) {
            #expect(endpoint.hints?.forNodes?.map(\.name) == endpoint.nodeName.map { [$0] })
            #expect(endpoint.hints?.forZones?.map(\.name) == ["a"])
        }
        #expect(made.slices[0].ports?.map(\.port) == [53, 53])
        #expect(made.slices[0].ports?.map(\.protocol) == ["UDP", "TCP"])
        #expect(
            made.endpoints.subsets?.first?.addresses?.map(\.ip) == ["192.168.50.1", "192.168.50.2"])
    }

    @Test("a node is as ready as its condition says; without one, it is")
    func readiness() {
        let nodes = [
            node(1, ready: "True"), node(2, ready: "False"), node(3), node(4, ready: "Unknown"),
        ]
        let made = EndpointsFromNodes(service: dns(["IPv4"]), nodes: nodes)
        #expect(
            made.slices[0].endpoints.map(\.conditions?.ready) == [true, false, true, false])
        #expect(
            made.endpoints.subsets?.first?.notReadyAddresses?.map(\.nodeName) == ["node2", "node4"])
        // One that is not ready is for nobody.
        #expect(made.slices[0].endpoints[1].hints == nil)
    }

    @Test("a node without an address of a family is left out of that")
    func withoutFamily() {
        var single = node(1)
        single.status.addresses?.removeAll { $0.address.contains(":") }
        let made = EndpointsFromNodes(service: dns(), nodes: [single])
        #expect(made.slices.map(\.endpoints.count) == [1, 0])
    }

    @Test("without nodes there is one empty slice a family")
    func withoutNodes() {
        let made = EndpointsFromNodes(service: dns(), nodes: [])
        #expect(made.slices.map(\.endpoints.count) == [0, 0])
        #expect(made.endpoints.subsets == nil)
    }

    @Test("100 nodes are in one slice, 101 in two", arguments: [100, 101])
    func sliceLimit(count: Int) {
        let nodes = (1...count).map { node($0) }
        let made = EndpointsFromNodes(service: dns(["IPv4"]), nodes: nodes)
        #expect(made.slices.count == (count == 100 ? 1 : 2))
        #expect(made.slices.map(\.endpoints.count).reduce(0, +) == count)
    }

    @Test("the DNS service is given the tenth address of each range, unless somebody has it")
    func tenthAddress() throws {
        var admission = try admission(["10.96.0.0/12", "fd00:96::/108"])
        #expect(
            admission.configuration.dnsAddresses.map(\.description) == ["10.96.0.10", "fd00:96::a"])
        var service = dns([])
        service.spec.ipFamilies = nil
        service.spec.ipFamilyPolicy = "PreferDualStack"
        let first = try admission.admit(service: service)
        #expect(first.spec.clusterIPs == ["10.96.0.10", "fd00:96::a"])
        admission.release(first)
        _ = try admission.admit(service: web("taken") { $0.clusterIP = "10.96.0.10" })
        #expect(
            try admission.admit(service: service).spec.clusterIPs == ["10.96.1.1", "fd00:96::a"])
    }
}
