import KubeAPI

/// The node with this number in its addresses and in its pod range.
func node(_ number: Int) -> NodeObject {
    NodeObject(
        metadata: ObjectMeta(name: "node\(number)"),
        spec: NodeSpec(podCIDRs: ["10.244.\(number).0/24"]),
        status: NodeStatus(addresses: [
            NodeAddress(type: "Hostname", address: "node\(number)"),
            NodeAddress(type: "InternalIP", address: "192.168.50.\(number)"),
            NodeAddress(type: "InternalIP", address: "fd00:50::\(number)"),
            NodeAddress(type: "ExternalIP", address: "198.51.100.\(number)"),
        ]))
}

/// The Service with this number in its name and its ClusterIP.
func service(_ number: Int) -> ServiceObject {
    var object = ServiceObject(metadata: ObjectMeta(name: "web\(number)", namespace: "default"))
    object.spec.ports = [ServicePortObject(port: 80)]
    object.spec.clusterIP = "10.96.0.\(number)"
    object.spec.clusterIPs = ["10.96.0.\(number)"]
    return object
}

/// A headless Service.
func headless(_ name: String) -> ServiceObject {
    var object = ServiceObject(metadata: ObjectMeta(name: name, namespace: "default"))
    object.spec.ports = [ServicePortObject(port: 80)]
    object.spec.clusterIP = "None"
    object.spec.clusterIPs = ["None"]
    return object
}

/// The slice of a Service with ready pods of these addresses.
func slice(of service: String, pods: [String]) -> EndpointSliceObject {
    var meta = ObjectMeta(name: "\(service)-a", namespace: "default")
    meta.labels = [WellKnown.serviceName: service]
    return EndpointSliceObject(
        metadata: meta, addressType: "IPv4",
        endpoints: pods.map {
            SliceEndpoint(addresses: [$0], conditions: EndpointConditions(ready: true))
        },
        ports: [EndpointPortObject(port: 8080)])
}
