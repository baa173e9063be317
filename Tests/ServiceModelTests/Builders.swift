import Addressing
import ServiceModel
import Testing

/// How far an endpoint is in its life.
enum State {
    case ready
    case unready
    /// Going, but still serving.
    case terminating
    /// Going, and no longer serving.
    case gone
}

let service = ServiceDefinition(identity: ServiceIdentity(namespace: "default", name: "web"))

func place(_ node: String?, zone: String? = nil) -> Locality {
    Locality(nodeName: node, zone: zone)
}

func port(_ name: String) throws -> ServicePort {
    ServicePort(name: name, transport: .tcp, port: try #require(Port(80)))
}

/// The endpoint 10.244.0.`number`.
func endpoint(
    _ number: Int, _ state: State = .ready, on node: String? = "node1", zones: [String] = [],
    nodes: [String] = []
) throws -> Endpoint {
    Endpoint(
        address: try #require(IPAddress("10.244.0.\(number)")), isReady: state == .ready,
        isServing: state == .ready || state == .terminating,
        isTerminating: state == .terminating || state == .gone, nodeName: node,
        zoneHints: zones, nodeHints: nodes)
}

func group(
    _ endpoints: [Endpoint], port name: String = "http", _ number: Int = 8080
) throws -> EndpointGroup {
    let port = EndpointPort(name: name, transport: .tcp, port: try #require(Port(number)))
    return EndpointGroup(family: .v4, ports: [port], endpoints: endpoints)
}

func select(
    groups: [EndpointGroup], family: IPFamily = .v4, policy: TrafficPolicy = .cluster,
    on node: String? = "node1", zone: String? = nil,
    _ change: (inout ServiceDefinition) -> Void = { _ in }
) throws -> EndpointSelection {
    var definition = service
    change(&definition)
    return EndpointSelection(
        service: definition, port: try port("http"), groups: groups, family: family,
        place: place(node, zone: zone), policy: policy)
}

func select(
    _ endpoints: [Endpoint], policy: TrafficPolicy = .cluster, on node: String? = "node1",
    zone: String? = nil, _ change: (inout ServiceDefinition) -> Void = { _ in }
) throws -> EndpointSelection {
    try select(
        groups: [try group(endpoints)], policy: policy, on: node, zone: zone, change)
}
