import Addressing
import Admission
import KubeAPI
import Support
import Testing

@testable import ObjectStore

@Suite("Cluster controller")
struct ClusterControllerTests {
    private let store = ObjectStore(startingAfter: 0)

    private func controller(
        builtIn: [ManifestObject] = [], store: ObjectStore? = nil
    ) async throws -> ClusterController {
        try await ClusterController(
            store: store ?? self.store, admission: Sample.admission(), builtIn: builtIn)
    }

    private func addresses(of service: String) throws -> [String] {
        try store.list(ListRequest(.endpointslices)).objects.flatMap { stored -> [String] in
            guard case .endpointSlice(let slice) = stored.object, slice.serviceName == service
            else { return [] }
            return slice.endpoints.filter { $0.conditions?.ready == true }.flatMap(\.addresses)
        }
    }

    @Test("2: a service's endpoints follow its pods as they come, change and go")
    func podsComeAndGo() async throws {
        var controller = try await controller()
        let web = ["app": "web"]
        _ = await controller.apply(Sample.changes([Sample.service("web", selector: web)]))
        #expect(try addresses(of: "web") == [])
        #expect(store.object(Sample.key(.endpoints, "web")) != nil)

        _ = await controller.apply(
            Sample.changes([
                Sample.pod("web-1", ip: "10.244.0.1", labels: web),
                Sample.pod("web-2", ip: "10.244.0.2", labels: web),
                Sample.pod("other", ip: "10.244.0.3", labels: ["app": "other"]),
            ]))
        #expect(try addresses(of: "web") == ["10.244.0.1", "10.244.0.2"])

        _ = await controller.apply(
            Sample.changes([Sample.pod("web-1", ip: "10.244.0.1", labels: ["app": "x"])]))
        #expect(try addresses(of: "web") == ["10.244.0.2"])

        guard case .pod(var pod) = Sample.pod("web-2", ip: "10.244.0.2", labels: web) else {
            return
        }
        pod.status.conditions = [Condition(type: "Ready", status: "False")]
        _ = await controller.apply(Sample.changes([.pod(pod)]))
        #expect(try addresses(of: "web") == [])

        _ = await controller.apply(
            Sample.changes(
                [Sample.pod("web-3", ip: "10.244.0.9", labels: web)],
                deleting: [Sample.key(.pods, "web-2")]))
        #expect(try addresses(of: "web") == ["10.244.0.9"])
    }

    @Test("a pod's change touches the services that select it and no others")
    func onlyTouchedServices() async throws {
        var controller = try await controller()
        _ = await controller.apply(
            Sample.changes(
                (0..<5).map { Sample.service("s\($0)", selector: ["app": "s\($0)"]) }
                    + (0..<5).map {
                        Sample.pod("p\($0)", ip: "10.244.0.\($0 + 1)", labels: ["app": "s\($0)"])
                    }))
        let before = store.revision
        _ = await controller.apply(
            Sample.changes([Sample.pod("p3", ip: "10.244.1.1", labels: ["app": "s3"])]))
        // The pod, the slice and the Endpoints.
        #expect(store.revision == before + 3)
    }

    @Test("157: a deleted service takes its slices and Endpoints with it")
    func deletedService() async throws {
        var controller = try await controller()
        _ = await controller.apply(
            Sample.changes([Sample.service("web", selector: ["app": "web"])]))
        #expect(store.count(of: .endpointslices) == 1)
        _ = await controller.apply(Sample.changes(deleting: [Sample.key(.services, "web")]))
        #expect(store.count(of: .services) == 0)
        #expect(store.count(of: .endpointslices) == 0)
        #expect(store.count(of: .endpoints) == 0)
    }

    @Test("161: Endpoints made by hand are mirrored, changed and taken away with them")
    func mirroring() async throws {
        var controller = try await controller()
        var endpoints = EndpointsObject(
            metadata: ObjectMeta(name: "db", namespace: "default"),
            subsets: [
                EndpointSubset(
                    addresses: [EndpointAddress(ip: "192.0.2.1")],
                    ports: [EndpointPortObject(port: 5432)])
            ])
        _ = await controller.apply(
            Sample.changes([.endpoints(endpoints), Sample.service("db")]))
        #expect(try addresses(of: "db") == ["192.0.2.1"])
        endpoints.subsets?[0].addresses = [EndpointAddress(ip: "192.0.2.2")]
        _ = await controller.apply(Sample.changes([.endpoints(endpoints)]))
        #expect(try addresses(of: "db") == ["192.0.2.2"])
        _ = await controller.apply(Sample.changes(deleting: [Sample.key(.endpoints, "db")]))
        #expect(store.count(of: .endpointslices) == 0)
        #expect(store.count(of: .endpoints) == 0)
    }

    @Test("40: a refused service is reported and not stored, the rest is; it comes once it fits")
    func refusedService() async throws {
        var controller = try await controller()
        let report = await controller.apply(
            Sample.changes([
                Sample.service("first", nodePort: 30080),
                Sample.service("second", nodePort: 30080), Sample.service("third"),
            ]))
        #expect(report.problems.map(\.object?.name) == ["second"])
        #expect(report.problems.first?.field == "spec.ports[0].nodePort")
        #expect(controller.refusals.count == 1)
        #expect(store.object(Sample.key(.services, "second")) == nil)
        #expect(store.object(Sample.key(.services, "third")) != nil)
        _ = await controller.apply(Sample.changes(deleting: [Sample.key(.services, "first")]))
        #expect(store.object(Sample.key(.services, "second")) != nil)
        #expect(controller.refusals.isEmpty)
    }

    @Test("a service whose new version is refused stays as it was")
    func refusedUpdate() async throws {
        var controller = try await controller()
        _ = await controller.apply(Sample.changes([Sample.service("web", nodePort: 30080)]))
        let before = store.object(Sample.key(.services, "web"))
        let report = await controller.apply(
            Sample.changes([Sample.service("web", nodePort: 70000)]))
        #expect(report.problems.count == 1)
        #expect(store.object(Sample.key(.services, "web")) === before)
    }

    @Test("a service that asks for an address gets it before another is given it by chance")
    func statedAddressesFirst() async throws {
        var probe = try await controller(store: ObjectStore())
        _ = await probe.apply(Sample.changes([Sample.service("a")]))
        let first = try #require(probe.store.object(Sample.key(.services, "a")))
        guard case .service(let service) = first.object, let wanted = service.spec.clusterIP,
            case .service(var stating) = Sample.service("z")
        else { return }
        stating.spec.clusterIP = wanted
        var controller = try await controller()
        let report = await controller.apply(
            Sample.changes([Sample.service("a"), .service(stating)]))
        #expect(report.problems.isEmpty)
        #expect(store.clusterIP(of: "z") == wanted)
        #expect(store.clusterIP(of: "a") != wanted)
    }

    @Test("1: the kubernetes service exists, at the first address, in front of the API")
    func kubernetesService() async throws {
        let configuration = try Sample.admission()
        let builtIn = BuiltInObjects.kubernetesService(
            api: [try #require(SocketEndpoint("192.168.50.1:6440"))],
            configuration: configuration)
        var controller = try await controller(builtIn: builtIn)
        let report = await controller.apply(Sample.changes())
        #expect(report.problems.isEmpty)
        #expect(store.clusterIP(of: "kubernetes") == "10.96.0.1")
        #expect(try addresses(of: "kubernetes") == ["192.168.50.1"])
    }
}
