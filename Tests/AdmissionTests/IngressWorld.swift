import Addressing
import KubeAPI
import Testing

@testable import Admission

/// An API with Services, and what a writer of their status makes of it.
struct IngressWorld {
    private(set) var services: [ObjectKey: ServiceObject] = [:]
    private(set) var events: [Event] = []
    private var revision = 100

    enum Event: Hashable {
        case upserted(ServiceObject)
        case deleted(ObjectKey)
    }

    /// Stores a Service as the API's users write it: what its status and notes say stays.
    mutating func apply(_ service: ServiceObject) {
        var service = service
        if let known = services[service.key] {
            service.metadata.uid = known.metadata.uid
            service.metadata.creationTimestamp = known.metadata.creationTimestamp
            service.metadata.annotations = known.metadata.annotations
            service.status = known.status
        } else {
            service.metadata.uid = "\(revision)"
            service.metadata.creationTimestamp =
                service.metadata.creationTimestamp ?? "2026-01-31T12:00:00Z"
        }
        store(service)
    }

    /// Stores a Service as it is.
    mutating func store(_ service: ServiceObject) {
        var service = service
        revision += 1
        service.metadata.resourceVersion = "\(revision)"
        services[service.key] = service
        events.append(.upserted(service))
    }

    mutating func delete(_ key: ObjectKey) {
        if services.removeValue(forKey: key) != nil { events.append(.deleted(key)) }
    }

    /// Carries a write out; nil where the Service is another version by now.
    mutating func carryOut(_ write: IngressWrite) -> ServiceObject? {
        guard var service = services[write.key],
            service.metadata.resourceVersion == write.resourceVersion
        else { return nil }
        var annotations = service.metadata.annotations ?? [:]
        annotations[WellKnown.allocatedAddresses] = write.note
        service.metadata.annotations = annotations
        service.status = ServiceStatus(ingress: write.ingress.isEmpty ? nil : write.ingress)
        store(service)
        return services[write.key]
    }

    func ips(_ name: String) -> [String] {
        (services[key(name)]?.status.loadBalancer?.ingress ?? []).compactMap(\.ip)
    }

    func note(_ name: String) -> String? { services[key(name)]?.allocatedNote }
}

extension IngressLedger {
    /// Takes what happened and writes until there is nothing left to do; what was refused, by name.
    mutating func settle(_ world: inout IngressWorld) -> [String: String] {
        replace(Array(world.services.values))
        var refusals: [String: String] = [:]
        var keys = takeUndecided()
        while !keys.isEmpty {
            for key in keys {
                switch decide(key) {
                case .nothing: refusals[key.name] = nil
                case .refused(let error): refusals[key.name] = error.message
                case .write(let write):
                    if let written = world.carryOut(write) { learn(written) }
                }
            }
            keys = takeUndecided()
        }
        return refusals
    }
}

/// A Service of type LoadBalancer of an API that has filled in its families.
func balanced(
    _ name: String, families: [String] = ["IPv4"], port: Int = 80, class: String? = nil,
    ip: String? = nil, created: String? = nil
) -> ServiceObject {
    var service = web(name, type: "LoadBalancer") {
        $0.ipFamilies = families
        $0.ports?[0].port = port
        $0.loadBalancerClass = `class`
        $0.loadBalancerIP = ip
    }
    service.metadata.creationTimestamp = created
    return service
}
