import KubeAPI

/// One variable of a container's environment, with the value it is started with.
package struct PodVariable: Hashable, Sendable, CustomStringConvertible {
    /// What the variable is called.
    package let name: String
    /// What it says.
    package let value: String

    /// A variable with this value.
    package init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }

    /// For example `WEB_SERVICE_HOST=10.96.0.10`.
    package var description: String { "\(name)=\(value)" }
}

extension PodVariable {
    /// The variables that tell of a Service, in the order in which the kubelet makes them: host and
    /// ports first, then those that container links once had.
    static func variables(of service: ServiceObject, address: String) -> [PodVariable] {
        let prefix = variablePart(service.metadata.name ?? "")
        var variables = [PodVariable("\(prefix)_SERVICE_HOST", address)]
        let ports = service.spec.ports ?? []
        guard let first = ports.first else { return variables }
        variables.append(PodVariable("\(prefix)_SERVICE_PORT", "\(first.port)"))
        for port in ports {
            guard let name = port.name, !name.isEmpty else { continue }
            variables.append(
                PodVariable("\(prefix)_SERVICE_PORT_\(variablePart(name))", "\(port.port)"))
        }
        variables.append(PodVariable("\(prefix)_PORT", url(of: first, address: address)))
        for port in ports {
            let transport = transport(of: port)
            let link = "\(prefix)_PORT_\(port.port)_\(transport.uppercased())"
            variables += [
                PodVariable(link, url(of: port, address: address)),
                PodVariable("\(link)_PROTO", transport.lowercased()),
                PodVariable("\(link)_PORT", "\(port.port)"),
                PodVariable("\(link)_ADDR", address),
            ]
        }
        return variables
    }

    /// A name of Kubernetes' as a part of a variable's name.
    private static func variablePart(_ name: String) -> String {
        String(name.uppercased().map { $0 == "-" ? "_" : $0 })
    }

    private static func transport(of port: ServicePortObject) -> String {
        guard let stated = port.protocol, !stated.isEmpty else { return "TCP" }
        return stated
    }

    /// For example `tcp://10.96.0.10:80`; an IPv6 address has brackets there.
    private static func url(of port: ServicePortObject, address: String) -> String {
        let host = address.contains(":") ? "[\(address)]" : address
        return "\(transport(of: port).lowercased())://\(host):\(port.port)"
    }
}
