import Addressing
import KubeAPI

extension ServiceValidation {
    /// Every port by itself, and that no two get in each other's way.
    mutating func checkPorts() {
        let ports = spec.ports ?? []
        if ports.isEmpty, spec.kind != .externalName, !spec.isHeadless {
            problems.add("spec.ports", .required, "state at least one port")
        }
        var names: Set<String> = []
        var listeners: Set<LoadBalancerPool.Listener> = []
        var nodePorts: Set<NodePortClaim> = []
        for (index, port) in ports.enumerated() {
            let field = "spec.ports[\(index)]"
            checkName(port, field, isOnly: ports.count == 1, names: &names)
            checkNumbers(port, field)
            if let transport = port.transport, let number = Port(port.port),
                !listeners.insert(LoadBalancerPool.Listener(transport, number)).inserted
            {
                problems.add(
                    field, .duplicate, value: "\(number)/\(transport.kubernetesName)",
                    "another port of this Service has the same number and protocol")
            }
            if let claim = port.nodePortClaim, !nodePorts.insert(claim).inserted {
                problems.add(
                    "\(field).nodePort", .duplicate, value: "\(claim.port)",
                    "another port of this Service has the same nodePort and protocol")
            }
        }
    }

    private mutating func checkName(
        _ port: ServicePortObject, _ field: String, isOnly: Bool, names: inout Set<String>
    ) {
        let name = port.name ?? ""
        if name.isEmpty {
            if !isOnly {
                problems.add(
                    "\(field).name", .required, "a Service of several ports must name each")
            }
            return
        }
        problems.check("\(field).name", name, NameSyntax.labelFault(name))
        if !names.insert(name).inserted {
            problems.add(
                "\(field).name", .duplicate, value: name.quoted,
                "another port of this Service has the same name")
        }
    }

    private mutating func checkNumbers(_ port: ServicePortObject, _ field: String) {
        problems.checkPort("\(field).port", port.port)
        problems.checkProtocol("\(field).protocol", port.protocol)
        switch port.targetPort {
        case .int(let number): problems.checkPort("\(field).targetPort", number)
        case .string(let name):
            problems.check("\(field).targetPort", name, NameSyntax.portNameFault(name))
        case nil: break
        }
        guard let nodePort = port.nodePort else { return }
        if spec.mayHaveNodePorts {
            problems.checkPort("\(field).nodePort", nodePort)
        } else {
            problems.add(
                "\(field).nodePort", .forbidden,
                "may not be used when `type` is '\(spec.type ?? "")'; use NodePort or leave "
                    + "nodePort out")
        }
    }
}
