package import Addressing

/// What one role changed on this host outside its tables.
package struct HostRecords: Codable, Hashable, Sendable {
    /// Kernel settings that were given another value.
    package internal(set) var sysctls: [SysctlRecord] = []
    /// Addresses that were put on an interface.
    package internal(set) var addresses: [AddressRecord] = []
    /// Routes that were added.
    package internal(set) var routes: [RouteRecord] = []

    /// Ports that were put into the kernel's list of reserved ones; nil for none, as in journals
    /// of earlier versions.
    package internal(set) var reservedPorts: PortSet?

    /// Where UDP was served outside the service ranges; nil for nowhere, as in journals of earlier
    /// versions.
    package internal(set) var datagramFrontends: [DatagramFrontendRecord]?

    /// True once the role's tables held everything that was known; nil until then, as in journals
    /// of earlier versions.
    package internal(set) var hasCompleteTables: Bool?

    /// Nothing was changed.
    package init() {}

    /// Whether nothing was changed.
    package var isEmpty: Bool {
        sysctls.isEmpty && addresses.isEmpty && routes.isEmpty && reservedPorts == nil
            && datagramFrontends == nil && hasCompleteTables == nil
    }

    /// What is known of a setting.
    func sysctl(_ name: String) -> SysctlRecord? { sysctls.first { $0.name == name } }
}

/// A kernel setting that was given another value.
package struct SysctlRecord: Codable, Hashable, Sendable {
    /// With dots, as in `net.ipv4.ip_forward`.
    package let name: String
    /// What it was before the first change.
    package let before: String
    /// Every value it was given since, the last one at the end.
    ///
    /// All of them are kept: the process may die between noting a value and writing it.
    package internal(set) var values: [String]

    /// Whether a value is one that it was given; the kernel separates numbers by tabs.
    func gave(_ value: String) -> Bool { values.contains { Self.isSame($0, value) } }

    /// Whether the kernel takes both texts for the same value.
    static func isSame(_ left: String, _ right: String) -> Bool {
        left.split(whereSeparator: \.isWhitespace) == right.split(whereSeparator: \.isWhitespace)
    }
}

/// A place where UDP was served: a port of the node, or of an address from outside.
package struct DatagramFrontendRecord: Hashable, Sendable {
    /// Where clients send to.
    package let place: SocketEndpoint
}

/// An address that was put on an interface.
package struct AddressRecord: Hashable, Sendable, CustomStringConvertible {
    /// The address itself.
    package let address: IPAddress
    /// How many bits of it are the link's.
    package let prefixLength: Int
    /// The name of the interface.
    package let interface: String

    /// For example `198.51.100.10/32 on eth0`.
    package var description: String { "\(address)/\(prefixLength) on \(interface)" }
}

/// A route that was added: to a range of Services, over the interface that has the node's address.
package struct RouteRecord: Hashable, Sendable, CustomStringConvertible {
    /// The range of Services.
    package let destination: CIDRBlock
    /// The name of the interface.
    package let interface: String
    /// The address that this host's processes then send from.
    package let source: IPAddress

    /// For example `10.96.0.0/12 dev eth0 src 192.168.50.1`.
    package var description: String { "\(destination) dev \(interface) src \(source)" }
}
