package import KubeAPI

/// What clients wrote of a Service through the API.
///
/// It lies under the Service's manifest: what that states itself goes before.
package struct WrittenStatus: Codable, Hashable, Sendable {
    /// The parts of the status that were written, as they were after the last write.
    package var status = ServiceStatus()
    /// The annotations that were written.
    package var annotations: [String: String] = [:]

    /// Nothing was written yet.
    package init() {}

    /// Whether there is nothing that would have to be kept.
    var isEmpty: Bool {
        annotations.isEmpty && status.loadBalancer?.ingress?.isEmpty ?? true
            && status.conditions?.isEmpty ?? true
    }

    /// Takes over the parts of a new status that a patch names.
    ///
    /// The rest may be the manifest's, or an address of the API's pool: it must go with these.
    mutating func take(_ new: ServiceStatus, namedBy patch: JSONValue?) {
        if patch?["loadBalancer"] != nil { status.loadBalancer = new.loadBalancer }
        if patch?["conditions"] != nil { status.conditions = new.conditions }
    }

    /// The manifest's Service with what clients wrote of it.
    func under(_ service: ServiceObject) -> ServiceObject {
        var service = service
        if !service.statesIngress { service.status.loadBalancer = status.loadBalancer }
        service.status.conditions = service.status.conditions ?? status.conditions
        let own = service.metadata.annotations ?? [:]
        let all = annotations.merging(own) { _, own in own }
        if !all.isEmpty { service.metadata.annotations = all }
        return service
    }
}

extension ServiceObject {
    /// Whether the object says itself where a load balancer accepts its traffic.
    var statesIngress: Bool { status.loadBalancer?.ingress?.isEmpty == false }
}
