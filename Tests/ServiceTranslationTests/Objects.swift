import KubeAPI

/// What a Service of these tests starts from: one port, one ClusterIP.
func service(
    _ name: String = "web", type: String? = nil, ports: [ServicePortObject] = [port()],
    clusterIPs: [String] = ["10.96.0.10"], _ change: (inout ServiceObject) -> Void = { _ in }
) -> ServiceObject {
    var object = ServiceObject(metadata: ObjectMeta(name: name, namespace: "default"))
    object.spec.type = type
    object.spec.ports = ports
    object.spec.clusterIP = clusterIPs.first
    object.spec.clusterIPs = clusterIPs
    change(&object)
    return object
}

/// A Service with port 80, nodePort 30080 and the load balancer address 198.51.100.10.
func balancedService(_ change: (inout ServiceObject) -> Void = { _ in }) -> ServiceObject {
    service(type: "LoadBalancer", ports: [port(nodePort: 30_080)]) {
        $0.status = ServiceStatus(ingress: [LoadBalancerIngress(ip: "198.51.100.10")])
        change(&$0)
    }
}

func port(
    _ name: String? = nil, _ number: Int = 80, _ transport: String? = nil, nodePort: Int? = nil
) -> ServicePortObject {
    ServicePortObject(name: name, protocol: transport, port: number, nodePort: nodePort)
}

/// How far an endpoint is in its life.
enum State {
    case ready, unready
    /// Going, but still serving.
    case terminating
    /// Going, and no longer serving.
    case gone

    var conditions: EndpointConditions {
        EndpointConditions(
            ready: self == .ready, serving: self == .ready || self == .terminating,
            terminating: self == .terminating || self == .gone)
    }
}

/// An endpoint; pods have the number of their node in the address: 10.244.1.2 is on node1.
func pod(_ address: String, _ state: State = .ready) -> SliceEndpoint {
    let parts = address.split(whereSeparator: { $0 == "." || $0 == ":" })
    return SliceEndpoint(
        addresses: [address], conditions: state.conditions, nodeName: "node\(parts[2])")
}

/// A slice with port 8080 for the unnamed port.
func slice(
    _ endpoints: [SliceEndpoint], of service: String? = "web", named name: String = "web-a",
    type addressType: String = "IPv4", ports: [EndpointPortObject]? = [endpointPort()]
) -> EndpointSliceObject {
    var meta = ObjectMeta(name: name, namespace: "default")
    meta.labels = service.map { [WellKnown.serviceName: $0] }
    return EndpointSliceObject(
        metadata: meta, addressType: addressType, endpoints: endpoints, ports: ports)
}

func endpointPort(
    _ name: String? = nil, _ number: Int? = 8080, _ transport: String? = nil
) -> EndpointPortObject {
    EndpointPortObject(name: name, protocol: transport, port: number)
}

/// The node 192.168.50.`number`, in zone a or b.
func node(_ number: Int, labels: [String: String] = [:]) -> NodeObject {
    let zone = number.isMultiple(of: 2) ? "b" : "a"
    var meta = ObjectMeta(name: "node\(number)")
    meta.labels = labels.merging([WellKnown.zone: zone]) { own, _ in own }
    return NodeObject(
        metadata: meta, spec: NodeSpec(podCIDRs: ["10.244.\(number).0/24"]),
        status: NodeStatus(addresses: [
            NodeAddress(type: "Hostname", address: "node\(number)"),
            NodeAddress(type: "ExternalIP", address: "198.51.100.\(200 + number)"),
            NodeAddress(type: "InternalIP", address: "192.168.50.\(number)"),
            NodeAddress(type: "InternalIP", address: "fd00:50::\(number)"),
        ]))
}
