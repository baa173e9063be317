/// What became of a Pod.
package struct PodStatus: Codable, Hashable, Sendable {
    /// `Pending`, `Running`, `Succeeded`, `Failed` or `Unknown`.
    package var phase: String?
    /// The first of `podIPs`.
    package var podIP: String?
    /// At most one address a family.
    package var podIPs: [PodIP]?
    package var hostIP: String?
    package var hostIPs: [PodIP]?
    package var conditions: [Condition]?
    package var startTime: String?
    package var reason: String?
    package var message: String?

    /// A status with these addresses.
    package init(
        phase: String? = nil, podIPs: [String] = [], conditions: [Condition]? = nil
    ) {
        self.phase = phase
        podIP = podIPs.first
        self.podIPs = podIPs.isEmpty ? nil : podIPs.map(PodIP.init)
        self.conditions = conditions
    }
}

/// One address of a Pod or of its host.
package struct PodIP: Codable, Hashable, Sendable {
    package var ip: String?

    /// An address.
    package init(ip: String) {
        self.ip = ip
    }
}
