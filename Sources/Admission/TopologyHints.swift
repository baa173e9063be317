import KubeAPI

/// Hints for Services that prefer close endpoints (KEP-2433, KEP-3015).
enum TopologyHints {
    /// Gives each endpoint the hint of its own zone, and of its node where that is preferred.
    ///
    /// One ready endpoint whose zone is unknown would be used by nobody, so then nobody has hints.
    static func add(to endpoints: inout [SliceEndpoint], distribution: String?) {
        let prefersNode = distribution == "PreferSameNode"
        guard prefersNode || distribution == "PreferClose" || distribution == "PreferSameZone"
        else { return }
        let ready = endpoints.filter { $0.conditions?.ready != false }
        let allHaveZones = ready.allSatisfy { $0.zone != nil }
        let allHaveNodes = ready.allSatisfy { $0.nodeName != nil }
        for index in endpoints.indices where endpoints[index].conditions?.ready != false {
            let zones = allHaveZones ? endpoints[index].zone.map { [$0] } : nil
            let nodes =
                prefersNode && allHaveNodes ? endpoints[index].nodeName.map { [$0] } : nil
            guard zones != nil || nodes != nil else { continue }
            endpoints[index].hints = EndpointHints(forZones: zones, forNodes: nodes)
        }
    }
}
