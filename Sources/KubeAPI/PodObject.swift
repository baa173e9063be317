/// A Pod: containers that share one set of addresses.
package struct PodObject: KubeObject {
    /// The kind these objects are of.
    package static let resource = ResourceKind.pods

    package var apiVersion: String?
    package var kind: String?
    package var metadata: ObjectMeta
    package var spec: PodSpec
    package var status: PodStatus

    /// An object that states its kind.
    package init(
        metadata: ObjectMeta, spec: PodSpec = PodSpec(), status: PodStatus = PodStatus()
    ) {
        apiVersion = Self.apiVersion
        kind = Self.kind
        self.metadata = metadata
        self.spec = spec
        self.status = status
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        apiVersion = try container.decodeIfPresent(String.self, forKey: .apiVersion)
        kind = try container.decodeIfPresent(String.self, forKey: .kind)
        metadata = try container.decode(ObjectMeta.self, forKey: .metadata)
        spec = try container.decodeIfPresent(PodSpec.self, forKey: .spec) ?? PodSpec()
        status = try container.decodeIfPresent(PodStatus.self, forKey: .status) ?? PodStatus()
    }
}

/// What a Pod should be: the part of it that Services, names and variables depend on.
package struct PodSpec: Codable, Hashable, Sendable {
    package var nodeName: String?
    package var hostNetwork: Bool?
    package var hostname: String?
    package var subdomain: String?
    package var dnsPolicy: String?
    package var dnsConfig: PodDNSConfig?
    /// Names to be found in the containers' `/etc/hosts` beside the pod's own.
    package var hostAliases: [HostAlias]?
    /// Whether the containers get variables for the Services of their namespace; absent: yes.
    package var enableServiceLinks: Bool?
    package var restartPolicy: String?
    package var serviceAccountName: String?
    package var containers: [PodContainer]?
    package var initContainers: [PodContainer]?

    /// A spec in which everything is absent but what is given.
    package init(nodeName: String? = nil, containers: [PodContainer]? = nil) {
        self.nodeName = nodeName
        self.containers = containers
    }
}

/// What a Pod asks of its `resolv.conf`.
package struct PodDNSConfig: Codable, Hashable, Sendable {
    package var nameservers: [String]?
    package var searches: [String]?
    package var options: [PodDNSOption]?

    /// A configuration that adds nothing.
    package init() {}
}

/// One resolver option, such as `ndots:2`.
package struct PodDNSOption: Codable, Hashable, Sendable {
    package var name: String?
    package var value: String?

    /// An option, with or without a value.
    package init(name: String, value: String? = nil) {
        self.name = name
        self.value = value
    }
}

/// Names of one address, for a Pod's `/etc/hosts`.
package struct HostAlias: Codable, Hashable, Sendable {
    package var ip: String?
    package var hostnames: [String]?

    /// The names of an address.
    package init(ip: String, hostnames: [String]) {
        self.ip = ip
        self.hostnames = hostnames
    }
}

/// One container of a Pod.
package struct PodContainer: Codable, Hashable, Sendable {
    package var name: String
    package var image: String?
    package var command: [String]?
    package var args: [String]?
    package var env: [EnvironmentVariable]?
    /// Where more variables come from, all of those that an object holds.
    package var envFrom: [EnvironmentBundle]?
    package var ports: [ContainerPort]?
    /// `Always` makes an init container run beside the others; its ports then count.
    package var restartPolicy: String?

    /// A container that serves these ports.
    package init(name: String, ports: [ContainerPort]? = nil) {
        self.name = name
        self.ports = ports
    }
}

/// A port that a container serves; its name is what a `targetPort` may say.
package struct ContainerPort: Codable, Hashable, Sendable {
    package var name: String?
    package var containerPort: Int
    /// `TCP` (also when absent), `UDP` or `SCTP`.
    package var `protocol`: String?
    package var hostPort: Int?
    package var hostIP: String?

    /// A port of this name and number.
    package init(name: String? = nil, containerPort: Int, protocol: String? = nil) {
        self.name = name
        self.containerPort = containerPort
        self.protocol = `protocol`
    }
}
