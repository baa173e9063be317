/// Which of a Service's ready endpoints a place should use, as their hints say.
///
/// Hints count only when every ready endpoint has one and one of them names the place: a half
/// written set of slices must not send all traffic to the few endpoints that already have hints.
enum TopologyScope: Hashable {
    case everywhere
    case node(String)
    case zone(String)

    /// Decides from the hints of all endpoints that are ready.
    init(of endpoints: some Sequence<Endpoint>, from place: Locality) {
        var allHaveNodeHints = true
        var allHaveZoneHints = true
        var namesNode = false
        var namesZone = false
        for endpoint in endpoints {
            if endpoint.nodeHints.isEmpty { allHaveNodeHints = false }
            if endpoint.zoneHints.isEmpty { allHaveZoneHints = false }
            if !allHaveNodeHints, !allHaveZoneHints { break }
            if let node = place.nodeName, endpoint.nodeHints.contains(node) { namesNode = true }
            if let zone = place.zone, endpoint.zoneHints.contains(zone) { namesZone = true }
        }
        if allHaveNodeHints, namesNode, let node = place.nodeName {
            self = .node(node)
        } else if allHaveZoneHints, namesZone, let zone = place.zone {
            self = .zone(zone)
        } else {
            self = .everywhere
        }
    }

    /// Whether a place with this scope uses the endpoint.
    func includes(_ endpoint: Endpoint) -> Bool {
        switch self {
        case .everywhere: true
        case .node(let node): endpoint.nodeHints.contains(node)
        case .zone(let zone): endpoint.zoneHints.contains(zone)
        }
    }
}
