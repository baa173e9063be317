import Addressing
import KubeAPI

/// What one pod is as an endpoint of one Service.
struct PodEndpoint {
    let pod: PodObject
    /// The pod's ports, for those of the Service's ports that it has.
    let ports: [EndpointPortObject]
    let isReady: Bool
    let isServing: Bool
    let isTerminating: Bool
    private let addresses: [IPAddress]

    /// Fails for a pod that is no endpoint: without address, or finished for good.
    init?(_ pod: PodObject, of service: ServiceObject) {
        guard pod.status.phase != "Failed", pod.status.phase != "Succeeded" else { return nil }
        addresses = pod.addresses
        guard !addresses.isEmpty else { return nil }
        self.pod = pod
        isTerminating = pod.metadata.deletionTimestamp != nil
        let readiness = pod.status.conditions?.first { $0.type == "Ready" }
        isServing = readiness.map { $0.status == "True" } ?? true
        isReady =
            service.spec.publishNotReadyAddresses == true || isServing && !isTerminating
        ports = (service.spec.ports ?? []).compactMap { port in
            pod.number(of: port).map { number in
                EndpointPortObject(
                    name: port.name ?? "", protocol: port.protocol ?? "TCP", port: number,
                    appProtocol: port.appProtocol)
            }
        }
    }

    /// The pod's first address of a family.
    func address(_ family: IPFamily) -> IPAddress? {
        addresses.first { $0.family == family }
    }

    /// The name the endpoint has in DNS, where the pod's subdomain is the Service.
    func hostname(in service: ServiceObject) -> String? {
        guard let hostname = pod.spec.hostname, !hostname.isEmpty,
            pod.spec.subdomain == service.metadata.name
        else { return nil }
        return hostname
    }

    /// A reference to the pod.
    var reference: ObjectReference {
        ObjectReference(
            kind: PodObject.kind, namespace: pod.metadata.namespace ?? ObjectKey.defaultNamespace,
            name: pod.metadata.name ?? "", uid: pod.metadata.uid)
    }
}

extension PodObject {
    /// The pod's addresses that can be read, each once.
    fileprivate var addresses: [IPAddress] {
        let listed = (status.podIPs ?? []).compactMap(\.ip)
        let texts = listed.isEmpty ? [status.podIP].compactMap(\.self) : listed
        return texts.compactMap { IPAddress($0) }
    }

    /// The number of a Service's `targetPort`, found by name among the containers' ports.
    fileprivate func number(of port: ServicePortObject) -> Int? {
        switch port.targetPort {
        case nil: return port.port
        case .int(let number): return number
        case .string(let name):
            // Init containers that keep running beside the others serve as they do.
            let sidecars = (spec.initContainers ?? []).filter { $0.restartPolicy == "Always" }
            return ((spec.containers ?? []) + sidecars).lazy
                .flatMap { $0.ports ?? [] }
                .first { $0.name == name && ($0.protocol ?? "TCP") == (port.protocol ?? "TCP") }?
                .containerPort
        }
    }
}
