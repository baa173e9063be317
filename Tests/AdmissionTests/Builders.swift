import Addressing
import KubeAPI
import Testing

@testable import Admission

func address(_ text: String) throws -> IPAddress {
    try #require(IPAddress(text))
}

func block(_ text: String) throws -> CIDRBlock {
    try #require(CIDRBlock(text))
}

func admission(
    _ serviceBlocks: [String] = ["10.96.0.0/12"], pools: [String] = [],
    nodePorts: ClosedRange<UInt16> = NodePortAllocator.defaultRange
) throws -> Admission {
    Admission(
        configuration: try AdmissionConfiguration(
            serviceBlocks: serviceBlocks.map(block), nodePortRange: nodePorts,
            loadBalancerBlocks: pools.map(block)))
}

let dualStack = ["10.96.0.0/12", "fd00:96::/108"]

func key(_ name: String) -> ObjectKey {
    ObjectKey(kind: .services, namespace: "default", name: name)
}

/// A Service `default/NAME` that serves TCP port 80 for pods labelled `app: NAME`.
func web(
    _ name: String = "web", type: String? = nil, nodePort: Int? = nil,
    _ change: (inout ServiceSpec) -> Void = { _ in }
) -> ServiceObject {
    var spec = ServiceSpec(
        type: type, ports: [ServicePortObject(port: 80, nodePort: nodePort)],
        selector: ["app": name])
    change(&spec)
    return ServiceObject(metadata: ObjectMeta(name: name, namespace: "default"), spec: spec)
}

/// The refusal's first fault: where, of what kind, and all of its words.
func refusal(
    of service: ServiceObject, previous: ServiceObject? = nil, by admission: inout Admission
) throws -> AdmissionError {
    do throws(AdmissionError) {
        let admitted = try admission.admit(service: service, previous: previous)
        Issue.record("admitted \(admitted.spec)")
    } catch {
        return error
    }
    throw NotRefused()
}

struct NotRefused: Error {}

/// A pod `web-NUMBER` at 10.244.1.NUMBER on node1, labelled `app: web`.
func pod(
    _ number: Int, node: String? = "node1", _ change: (inout PodObject) -> Void = { _ in }
) -> PodObject {
    let name = "web-" + (number < 10 ? "00" : number < 100 ? "0" : "") + "\(number)"
    var pod = PodObject(
        metadata: ObjectMeta(name: name, namespace: "default", labels: ["app": "web"]),
        spec: PodSpec(nodeName: node),
        status: PodStatus(phase: "Running", podIPs: ["10.244.\(1 + number / 250).\(number % 250)"]))
    change(&pod)
    return pod
}
