import Testing
import Addressing
import Admission
import KubeAPI

@testable import ObjectStore

/// Objects as tests need them.
enum Sample {
    static func service(
        _ name: String, selector: [String: String]? = nil, nodePort: Int? = nil
    ) -> ClusterObject {
        let port = ServicePortObject(port: 80, targetPort: 8080, nodePort: nodePort)
        return .service(
            ServiceObject(
                metadata: ObjectMeta(name: name, namespace: "default"),
                spec: ServiceSpec(
                    type: nodePort == nil ? "ClusterIP" : "NodePort", ports: [port],
                    selector: selector)))
    }

    static func pod(_ name: String, ip: String, labels: [String: String]) -> ClusterObject {
        .pod(
            PodObject(
                metadata: ObjectMeta(name: name, namespace: "default", labels: labels),
                status: PodStatus(phase: "Running", podIPs: [ip])))
    }

    static func key(_ kind: ResourceKind, _ name: String) -> ObjectKey {
        ObjectKey(kind: kind, namespace: "default", name: name)
    }

    static func manifest(_ object: ClusterObject) -> ManifestObject {
        ManifestObject(
            object: object.defaulted,
            origin: ManifestOrigin(file: "test.yaml", line: 1, items: []))
    }

    static func changes(
        _ objects: [ClusterObject] = [], deleting deletions: [ObjectKey] = []
    ) -> ManifestChanges {
        var changes = ManifestChanges()
        changes.upserts = objects.map(manifest)
        changes.deletions = deletions
        return changes
    }

    static func admission() throws -> AdmissionConfiguration {
        try AdmissionConfiguration(serviceBlocks: [#require(CIDRBlock("10.96.0.0/12"))])
    }
}

extension ObjectStore {
    /// The ClusterIP of a Service in the namespace default; nil without the Service.
    func clusterIP(of name: String) -> String? {
        guard case .service(let service)? = object(Sample.key(.services, name))?.object else {
            return nil
        }
        return service.spec.clusterIP
    }
}
