/// A protocol with ports; the raw value is its number in the IP header (IANA "Protocol Numbers").
package enum TransportProtocol: UInt8, Hashable, Sendable, CaseIterable {
    case tcp = 6
    case udp = 17
    case sctp = 132

    /// Reads Kubernetes' name, in capitals as its API demands: `TCP`, `UDP` or `SCTP`.
    package init?(kubernetes name: some StringProtocol) {
        guard let found = Self.allCases.first(where: { $0.kubernetesName == name }) else {
            return nil
        }
        self = found
    }

    /// Kubernetes' name: `TCP`, `UDP` or `SCTP`.
    package var kubernetesName: String {
        switch self {
        case .tcp: "TCP"
        case .udp: "UDP"
        case .sctp: "SCTP"
        }
    }
}

extension TransportProtocol: Comparable {
    /// Orders by protocol number.
    package static func < (left: TransportProtocol, right: TransportProtocol) -> Bool {
        left.rawValue < right.rawValue
    }
}

extension TransportProtocol: CustomStringConvertible {
    /// The name as nft and metrics spell it: `tcp`, `udp` or `sctp`.
    package var description: String {
        switch self {
        case .tcp: "tcp"
        case .udp: "udp"
        case .sctp: "sctp"
        }
    }
}
