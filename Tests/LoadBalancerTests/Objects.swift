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

/// The check of node `number` by the default definition.
func nodeCheck(_ number: Int) -> HealthCheck {
    HealthCheck(socket("192.168.50.\(number):10256"), .get(path: "/healthz"))
}

/// A plan that knows these objects.
func plan(
    _ definition: CheckDefinition = httpDefinition, services: [ServiceObject],
    nodes: [NodeObject] = (1...3).map { node($0) }
) -> BalancerPlan {
    var plan = BalancerPlan(CheckAssignment(definition))
    plan.replaceServices(services)
    plan.replaceNodes(nodes)
    return plan
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
