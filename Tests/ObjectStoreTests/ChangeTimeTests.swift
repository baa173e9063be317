import KubeAPI
import Testing

@testable import ObjectStore

@Suite("The time of an endpoint's change")
struct ChangeTimeTests {
    private let store = ObjectStore(startingAfter: 0)
    private let web = ["app": "web"]

    private func slice() throws -> EndpointSliceObject {
        let objects = try store.list(ListRequest(.endpointslices)).objects
        guard case .endpointSlice(let slice)? = objects.first?.object else {
            throw ObjectStoreError.notFound(Sample.key(.endpointslices, "web"))
        }
        return slice
    }

    private func time() throws -> String {
        try #require(slice().metadata.annotations?[WellKnown.lastChangeTriggerTime])
    }

    @Test("165: stands on the slice, and moves when its endpoints change and only then")
    func follows() async throws {
        var controller = try await ClusterController(store: store, admission: Sample.admission())
        _ = await controller.apply(
            Sample.changes([
                Sample.service("web", selector: web),
                Sample.pod("web-1", ip: "10.244.0.1", labels: web),
            ]))
        let first = try time()

        _ = await controller.apply(
            Sample.changes([
                Sample.pod("web-1", ip: "10.244.0.1", labels: ["app": "web", "version": "2"])
            ]))
        #expect(try time() == first)

        _ = await controller.apply(
            Sample.changes([Sample.pod("web-1", ip: "10.244.0.2", labels: web)]))
        #expect(try time() > first)
    }

    @Test("makes no new revision of a slice whose endpoints are what they were")
    func revisions() async throws {
        var controller = try await ClusterController(store: store, admission: Sample.admission())
        let pod = Sample.pod("web-1", ip: "10.244.0.1", labels: web)
        _ = await controller.apply(
            Sample.changes([Sample.service("web", selector: web), pod]))
        let before = try slice().metadata.resourceVersion

        _ = await controller.apply(Sample.changes([Sample.service("web", selector: web), pod]))
        #expect(try slice().metadata.resourceVersion == before)
    }
}
