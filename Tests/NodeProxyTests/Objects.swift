import Addressing
import KubeAPI
import NodeProxy

/// The address in the text; a fixture whose text is none stops the test run.
func address(_ text: String) -> IPAddress {
    guard let address = IPAddress(text) else { preconditionFailure("\(text) is no address") }
    return address
}

/// The block in the text; a fixture whose text is none stops the test run.
func block(_ text: String) -> CIDRBlock {
    guard let block = CIDRBlock(text) else { preconditionFailure("\(text) is no block") }
    return block
}

/// The proxy of node1, without pod ranges unless they are given.
func configuration(
    podRanges: [CIDRBlock] = [],
    nodePortAddresses: NodeProxyConfiguration.NodePortAddresses = .primary,
    hasCounters: Bool = true, ownsTables: Bool = false
) -> NodeProxyConfiguration {
    NodeProxyConfiguration(
        nodeName: "node1", serviceRanges: [block("10.96.0.0/12")], podRanges: podRanges,
        nodePortAddresses: nodePortAddresses, hasCounters: hasCounters, ownsTables: ownsTables)
}

/// The node with this number in its addresses and in its pod range.
func node(_ number: Int, podCIDRs: [String]? = nil) -> NodeObject {
    NodeObject(
        metadata: ObjectMeta(name: "node\(number)"),
        spec: NodeSpec(podCIDRs: podCIDRs ?? ["10.244.\(number).0/24"]),
        status: NodeStatus(addresses: [
            NodeAddress(type: "InternalIP", address: "192.168.50.\(number)"),
            NodeAddress(type: "InternalIP", address: "fd00:50::\(number)"),
            NodeAddress(type: "InternalIP", address: "10.50.0.\(number)"),
            NodeAddress(type: "ExternalIP", address: "198.51.100.\(number)"),
        ]))
}

/// The Service with this number in its ClusterIP, with port 80 and perhaps a nodePort.
func service(_ number: Int, nodePort: Int? = nil) -> ServiceObject {
    var object = ServiceObject(metadata: ObjectMeta(name: "web\(number)", namespace: "default"))
    object.spec.type = nodePort == nil ? nil : "NodePort"
    object.spec.ports = [ServicePortObject(port: 80, nodePort: nodePort)]
    object.spec.clusterIP = "10.96.0.\(number)"
    object.spec.clusterIPs = ["10.96.0.\(number)"]
    return object
}

/// The slice of a Service with ready pods of these addresses, changed at a time if one is given.
func slice(of number: Int, pods: [String], changedAt time: String? = nil) -> EndpointSliceObject {
    var meta = ObjectMeta(name: "web\(number)-a", namespace: "default")
    meta.labels = [WellKnown.serviceName: "web\(number)"]
    meta.annotations = time.map { [WellKnown.lastChangeTriggerTime: $0] }
    return EndpointSliceObject(
        metadata: meta, addressType: "IPv4",
        endpoints: pods.map {
            SliceEndpoint(addresses: [$0], conditions: EndpointConditions(ready: true))
        },
        ports: [EndpointPortObject(port: 8080)])
}
