/// The older form of a Service's endpoints: one object of the Service's name.
package struct EndpointsObject: KubeObject {
    /// The kind these objects are of.
    package static let resource = ResourceKind.endpoints

    package var apiVersion: String?
    package var kind: String?
    package var metadata: ObjectMeta
    package var subsets: [EndpointSubset]?

    /// An object that states its kind.
    package init(metadata: ObjectMeta, subsets: [EndpointSubset]? = nil) {
        apiVersion = Self.apiVersion
        kind = Self.kind
        self.metadata = metadata
        self.subsets = subsets
    }
}

/// Addresses that all serve the same ports.
package struct EndpointSubset: Codable, Hashable, Sendable {
    package var addresses: [EndpointAddress]?
    package var notReadyAddresses: [EndpointAddress]?
    package var ports: [EndpointPortObject]?

    /// A subset of ready and unready addresses.
    package init(
        addresses: [EndpointAddress]? = nil,
        notReadyAddresses: [EndpointAddress]? = nil,
        ports: [EndpointPortObject]? = nil
    ) {
        self.addresses = addresses
        self.notReadyAddresses = notReadyAddresses
        self.ports = ports
    }
}

/// One address of a subset.
package struct EndpointAddress: Codable, Hashable, Sendable {
    package var ip: String
    package var hostname: String?
    package var nodeName: String?
    package var targetRef: ObjectReference?

    /// An address and what is known of its pod.
    package init(
        ip: String,
        hostname: String? = nil,
        nodeName: String? = nil,
        targetRef: ObjectReference? = nil
    ) {
        self.ip = ip
        self.hostname = hostname
        self.nodeName = nodeName
        self.targetRef = targetRef
    }
}

/// One port of endpoints, in Endpoints and in EndpointSlices; matched to a Service's by name.
package struct EndpointPortObject: Codable, Hashable, Sendable {
    package var name: String?
    /// `TCP` (also when absent), `UDP` or `SCTP`.
    package var `protocol`: String?
    package var port: Int?
    package var appProtocol: String?

    /// A port of this name and number.
    package init(
        name: String? = nil,
        protocol: String? = nil,
        port: Int?,
        appProtocol: String? = nil
    ) {
        self.name = name
        self.protocol = `protocol`
        self.port = port
        self.appProtocol = appProtocol
    }
}
