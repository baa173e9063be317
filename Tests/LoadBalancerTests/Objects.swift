import Addressing
import Forwarding
import HealthChecking
import KubeAPI
import LoadBalancer
import ServiceModel
import ServiceTranslation

/// The address in the text; a fixture whose text is none stops the test run.
func address(_ text: String) -> IPAddress {
    guard let address = IPAddress(text) else { preconditionFailure("\(text) is no address") }
    return address
}

/// The socket in the text; a fixture whose text is none stops the test run.
func socket(_ text: String) -> SocketEndpoint {
    guard let socket = SocketEndpoint(text) else { preconditionFailure("\(text) is no socket") }
    return socket
}

/// A Service of type LoadBalancer: port 80, one nodePort and one address.
func balanced(
    _ name: String = "web", nodePort: Int? = 30_080, transport: String? = nil,
    addresses: [String] = ["198.51.100.10"], _ change: (inout ServiceObject) -> Void = { _ in }
) -> ServiceObject {
    var object = ServiceObject(metadata: ObjectMeta(name: name, namespace: "default"))
    object.spec.type = "LoadBalancer"
    object.spec.clusterIP = "10.96.0.10"
    object.spec.ports = [ServicePortObject(protocol: transport, port: 80, nodePort: nodePort)]
    object.status = ServiceStatus(ingress: addresses.map { LoadBalancerIngress(ip: $0) })
    change(&object)
    return object
}

/// The node 192.168.50.`number`.
func node(
    _ number: Int, labels: [String: String] = [:], ready: String? = nil
) -> NodeObject {
    var object = NodeObject(metadata: ObjectMeta(name: "node\(number)", labels: labels))
    object.status.addresses = [
        NodeAddress(type: "InternalIP", address: "192.168.50.\(number)"),
        NodeAddress(type: "InternalIP", address: "fd00:50::\(number)"),
    ]
    object.status.conditions = ready.map { [Condition(type: "Ready", status: $0)] }
    return object
}

let web = ServiceIdentity(namespace: "default", name: "web")

/// The default way of checking.
let httpDefinition = CheckDefinition.http(port: socket("0.0.0.0:10256").port, path: "/healthz")

/// Two up, two down.
let testPolicy = policy(fall: 2)

/// Two up, and so many down.
func policy(fall: Int) -> HealthPolicy {
    guard let policy = try? HealthPolicy(rise: 2, fall: fall) else {
        preconditionFailure("\(fall) is no number of failures")
    }
    return policy
}

/// The check of node `number` by the default definition.
func nodeCheck(_ number: Int, fall: Int = 2) -> HealthCheck {
    HealthCheck(
        socket("192.168.50.\(number):10256"), .get(path: "/healthz"), policy: policy(fall: fall))
}

/// The check that connects to a nodePort.
func connectCheck(_ text: String) -> HealthCheck {
    HealthCheck(socket(text), .connect, policy: testPolicy)
}

/// A slice of a Service with an endpoint on each of these nodes; nil states none.
func slice(
    of service: String = "web", ready: Bool = true, on nodes: [String?] = [nil]
) -> EndpointSliceObject {
    EndpointSliceObject(
        metadata: ObjectMeta(
            name: "\(service)-1", namespace: "default", labels: [WellKnown.serviceName: service]),
        addressType: "IPv4",
        endpoints: nodes.enumerated().map { index, node in
            SliceEndpoint(
                addresses: ["10.244.1.\(index + 2)"],
                conditions: EndpointConditions(ready: ready), nodeName: node)
        }, ports: nil)
}

/// A plan that knows these objects.
func plan(
    _ definition: CheckDefinition = httpDefinition, services: [ServiceObject],
    nodes: [NodeObject] = (1...3).map { node($0) }, panicThreshold: Int = 0,
    _ change: (inout BalancerRules) -> Void = { _ in }
) -> BalancerPlan {
    var rules = BalancerRules()
    rules.panicThreshold = panicThreshold
    change(&rules)
    var plan = BalancerPlan(CheckAssignment(definition, policy: testPolicy), rules: rules)
    plan.replaceServices(services)
    plan.replaceNodes(nodes)
    return plan
}

extension BalancerPlan {
    /// A step to which checks say this.
    mutating func takeStep(_ standings: CheckStandings) -> Step { takeStep { _ in standings } }

    /// A step that knows which checks' targets are down, and nothing else.
    mutating func takeStep(unhealthy: Set<HealthCheck>) -> Step {
        takeStep(CheckStandings(unhealthy: unhealthy))
    }
}

extension BalancerPlan.Step {
    /// The backends of each frontend in the step.
    var backends: [String: [String]] {
        var result: [String: [String]] = [:]
        for entry in updates.flatMap(\.1.entries) {
            result["\(entry.frontend)"] = entry.backends.map(\.description)
        }
        return result
    }
}
