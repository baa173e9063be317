import Addressing
import Admission
import KubeAPI
import Support
import Testing

@testable import ObjectStore

@Suite("The DNS service that is there without a manifest")
struct DNSServiceTests {
    private let store = ObjectStore(startingAfter: 0)
    private let key = ObjectKey(kind: .services, namespace: "kube-system", name: "kube-dns")

    private func configuration() throws -> AdmissionConfiguration {
        try AdmissionConfiguration(
            serviceBlocks: ["10.96.0.0/12", "fd96::/112"].map { try #require(CIDRBlock($0)) })
    }

    private func controller(
        state: StateFile? = nil, store: ObjectStore? = nil
    ) async throws -> ClusterController {
        let configuration = try configuration()
        return try await ClusterController(
            store: store ?? self.store, admission: configuration, stateFile: state,
            builtIn: BuiltInObjects.dnsService(configuration: configuration))
    }

    private func node(_ number: Int, ready: String = "True") -> ClusterObject {
        .node(
            NodeObject(
                metadata: ObjectMeta(name: "node\(number)"),
                status: NodeStatus(
                    addresses: [
                        NodeAddress(type: "InternalIP", address: "192.168.50.\(number)"),
                        NodeAddress(type: "InternalIP", address: "fd50::\(number)"),
                    ], conditions: [Condition(type: "Ready", status: ready)])))
    }

    /// A manifest's own `kube-system/kube-dns`.
    private func own(_ clusterIP: String? = nil, port: Int = 53) -> ClusterObject {
        var service = ServiceObject(metadata: ObjectMeta(name: key.name, namespace: key.namespace))
        service.spec.ports = [ServicePortObject(name: "dns", protocol: "UDP", port: port)]
        service.spec.selector = ["k8s-app": "coredns"]
        service.spec.clusterIP = clusterIP
        return .service(service)
    }

    private func clusterIPs(in store: ObjectStore? = nil) -> [String]? {
        guard case .service(let service)? = (store ?? self.store).object(key)?.object else {
            return nil
        }
        return service.spec.clusterIPs
    }

    /// Address and readiness of each endpoint, in order of the slices' names.
    private func endpoints() throws -> [String] {
        try store.list(ListRequest(.endpointslices)).objects.flatMap { stored -> [String] in
            guard case .endpointSlice(let slice) = stored.object, slice.serviceName == key.name
            else { return [] }
            return slice.endpoints.map {
                "\($0.addresses[0]) \($0.nodeName ?? "") \($0.conditions?.ready ?? true)"
            }
        }
    }

    @Test("it has the tenth addresses, the usual ports, and the nodes behind it")
    func shape() async throws {
        var controller = try await controller()
        let report = await controller.apply(Sample.changes([node(1), node(2)]))
        #expect(report.problems.isEmpty)
        #expect(clusterIPs() == ["10.96.0.10", "fd96::a"])
        guard case .service(let service)? = store.object(key)?.object else { return }
        #expect(service.metadata.label("k8s-app") == "kube-dns")
        #expect(
            service.spec.ports?.map { "\($0.name ?? "") \($0.port)/\($0.protocol ?? "")" }
                == ["dns 53/UDP", "dns-tcp 53/TCP"])
        #expect(
            try endpoints() == [
                "192.168.50.1 node1 true", "192.168.50.2 node2 true", "fd50::1 node1 true",
                "fd50::2 node2 true",
            ])
        guard case .endpoints(let old)? = store.object(key.endpoints)?.object else {
            Issue.record("there are no Endpoints")
            return
        }
        #expect(old.subsets?.first?.addresses?.map(\.ip) == ["192.168.50.1", "192.168.50.2"])
    }

    @Test("its endpoints follow the nodes as they come, change and go")
    func nodesComeAndGo() async throws {
        var controller = try await controller()
        _ = await controller.apply(Sample.changes())
        #expect(try endpoints() == [])
        #expect(store.count(of: .endpointslices) == 2)
        _ = await controller.apply(Sample.changes([node(1)]))
        _ = await controller.apply(Sample.changes([node(1, ready: "False")]))
        #expect(try endpoints() == ["192.168.50.1 node1 false", "fd50::1 node1 false"])
        _ = await controller.apply(
            Sample.changes([node(3)], deleting: [node(1).key]))
        #expect(try endpoints() == ["192.168.50.3 node3 true", "fd50::3 node3 true"])
    }

    @Test("a manifest's own is there instead, from the start", arguments: [nil, "10.96.0.77"])
    func ownFromTheStart(address: String?) async throws {
        var controller = try await controller()
        let report = await controller.apply(Sample.changes([own(address), node(1)]))
        #expect(report.problems.isEmpty)
        #expect(clusterIPs() == [address ?? "10.96.0.10"])
        #expect(try endpoints() == [])
    }

    @Test(
        "a manifest's own takes its place later, and gives it back", arguments: [nil, "10.96.0.77"])
    func ownLater(address: String?) async throws {
        var controller = try await controller()
        _ = await controller.apply(Sample.changes([node(1)]))
        let report = await controller.apply(Sample.changes([own(address)]))
        #expect(report.problems.isEmpty)
        #expect(clusterIPs() == [address ?? "10.96.0.10"])
        #expect(try endpoints() == [])
        let later = await controller.apply(Sample.changes(deleting: [key]))
        #expect(later.problems.isEmpty)
        #expect(clusterIPs() == ["10.96.0.10", "fd96::a"])
        #expect(try endpoints().count == 2)
    }

    @Test("a manifest's own that is refused changes nothing")
    func ownRefused() async throws {
        var controller = try await controller()
        _ = await controller.apply(Sample.changes([node(1)]))
        let report = await controller.apply(Sample.changes([own(port: 70_000)]))
        #expect(report.problems.first?.field == "spec.ports[0].port")
        #expect(clusterIPs() == ["10.96.0.10", "fd96::a"])
        let other = await controller.apply(Sample.changes([stating("10.96.0.10")]))
        #expect(other.problems.map(\.object?.name).contains("stating"))
    }

    @Test("a manifest's own that is refused changes nothing over a restart either")
    func ownRefusedOverRestart() async throws {
        let folder = try TemporaryFolder()
        for _ in 1...2 {
            let store = ObjectStore(startingAfter: 0)
            var controller = try await controller(
                state: StateFile(folder: folder.path), store: store)
            _ = await controller.apply(Sample.changes([node(1), own(port: 70_000)]))
            #expect(clusterIPs(in: store) == ["10.96.0.10", "fd96::a"])
            #expect(controller.refusals.map(\.object) == [key])
            _ = await controller.apply(Sample.changes(deleting: [key]))
            #expect(clusterIPs(in: store) == ["10.96.0.10", "fd96::a"])
        }
    }

    @Test("a service that chose the tenth address keeps it; then there is none, and it is said")
    func addressTaken() async throws {
        var controller = try await controller()
        let report = await controller.apply(Sample.changes([stating("10.96.0.10")]))
        #expect(report.problems.map(\.object) == [key])
        #expect(report.problems.first?.message.contains("default/stating") == true)
        #expect(clusterIPs() == nil)
        _ = await controller.apply(
            Sample.changes(deleting: [Sample.key(.services, "stating")]))
        #expect(clusterIPs() == ["10.96.0.10", "fd96::a"])
    }

    @Test("a manifest's own that goes where ours cannot be leaves nothing behind")
    func nothingLeft() async throws {
        var controller = try await controller()
        _ = await controller.apply(
            Sample.changes([own("10.96.0.77"), stating("10.96.0.10")]))
        #expect(clusterIPs() == ["10.96.0.77"])
        let report = await controller.apply(Sample.changes(deleting: [key]))
        #expect(report.problems.map(\.object) == [key])
        #expect(clusterIPs() == nil)
        #expect(try endpoints() == [])
    }

    @Test("nor what a manifest had before it was refused, once it is gone")
    func nothingLeftOfRefused() async throws {
        var controller = try await controller()
        _ = await controller.apply(
            Sample.changes([own("10.96.0.77"), stating("10.96.0.10")]))
        var refused = Sample.changes([own("10.96.0.77", port: 70000)])
        refused.replaced[key] = Sample.manifest(own("10.96.0.77"))
        _ = await controller.apply(refused)
        #expect(clusterIPs() == ["10.96.0.77"])
        _ = await controller.apply(Sample.changes(deleting: [key]))
        #expect(clusterIPs() == nil)
        #expect(controller.lastGood.all.isEmpty)
    }

    @Test("a manifest's own at another address takes its place over a restart")
    func restart() async throws {
        let folder = try TemporaryFolder()
        do {
            var controller = try await controller(state: StateFile(folder: folder.path))
            _ = await controller.apply(Sample.changes())
            #expect(clusterIPs() == ["10.96.0.10", "fd96::a"])
        }
        let later = ObjectStore(startingAfter: 0)
        var second = try await controller(state: StateFile(folder: folder.path), store: later)
        let report = await second.apply(Sample.changes([own("10.96.0.77")]))
        #expect(report.problems.isEmpty)
        #expect(clusterIPs(in: later) == ["10.96.0.77"])
    }

    private func stating(_ address: String) -> ClusterObject {
        guard case .service(var service) = Sample.service("stating") else {
            return Sample.service("stating")
        }
        service.spec.clusterIP = address
        return .service(service)
    }
}
