import Addressing
import KubeAPI
import Testing

@testable import Admission
@testable import ObjectStore

/// Tests in which clients patch the status of a Service that a controller keeps.
protocol StatusWriting {
    var store: ObjectStore { get }
}

extension StatusWriting {
    static var note: String { WellKnown.allocatedAddresses }

    func controller(
        state: StateFile? = nil, pool: String? = nil, store: ObjectStore? = nil
    ) async throws -> ClusterController {
        let pools = try [pool].compactMap { try $0.map { try #require(CIDRBlock($0)) } }
        return try await ClusterController(
            store: store ?? self.store,
            admission: AdmissionConfiguration(
                serviceBlocks: [#require(CIDRBlock("10.96.0.0/12"))], loadBalancerBlocks: pools),
            stateFile: state)
    }

    func web(
        type: String = "LoadBalancer", _ change: (inout ServiceObject) -> Void = { _ in }
    ) -> ClusterObject {
        var service = ServiceObject(metadata: ObjectMeta(name: "web", namespace: "default"))
        service.spec = ServiceSpec(type: type, ports: [ServicePortObject(port: 80)])
        change(&service)
        return .service(service)
    }

    /// The Service with an address that its manifest states.
    func webStating(_ ip: String) -> ClusterObject {
        web { $0.status = ServiceStatus(ingress: [LoadBalancerIngress(ip: ip)]) }
    }

    /// What a balancer writes; nil takes everything back.
    func patch(_ ip: String?, version: String? = nil) -> JSONValue {
        IngressWrite(
            key: Sample.key(.services, "web"), resourceVersion: version,
            ingress: ip.map { [LoadBalancerIngress(ip: $0, ipMode: nil)] } ?? [], note: ip
        ).patch
    }

    func annotating(_ notes: [String: JSONValue]) -> JSONValue {
        .object(["metadata": .object(["annotations": .object(notes)])])
    }

    /// Hands a patch in and has the controller attend to it.
    func write(
        _ patch: JSONValue, to name: String = "web", by controller: inout ClusterController
    ) async throws(StatusObject) -> StoredObject {
        try await write([patch], to: name, by: &controller)[0].get()
    }

    /// Hands patches in, one after the other, and has the controller attend to all at once.
    func write(
        _ patches: [JSONValue], to name: String = "web", by controller: inout ClusterController
    ) async -> [Result<StoredObject, StatusObject>] {
        let desk = StatusDesk()
        desk.open {}
        let key = Sample.key(.services, name)
        return await withTaskGroup(of: (Int, Result<StoredObject, StatusObject>).self) { group in
            var requests: [StatusDesk.Request] = []
            for (index, patch) in patches.enumerated() {
                group.addTask {
                    do throws(StatusObject) {
                        return (index, .success(try await desk.write(patch, to: key)))
                    } catch {
                        return (index, .failure(error))
                    }
                }
                while requests.count <= index {
                    await Task.yield()
                    requests += desk.take()
                }
            }
            _ = await controller.write(requests)
            var answers: [Int: Result<StoredObject, StatusObject>] = [:]
            for await (index, answer) in group { answers[index] = answer }
            return patches.indices.compactMap { answers[$0] }
        }
    }

    func service(in store: ObjectStore? = nil) throws -> ServiceObject {
        let stored = (store ?? self.store).object(Sample.key(.services, "web"))
        guard case .service(let service)? = stored?.object else { throw Missing() }
        return service
    }

    func ips(in store: ObjectStore? = nil) throws -> [String?] {
        try service(in: store).status.loadBalancer?.ingress?.map(\.ip) ?? []
    }
}

private struct Missing: Error {}
