import Addressing
import ClusterDNS

/// A slice in a few bytes: five for an IPv4 endpoint.
///
/// Slices of all Services are kept, for any may turn headless, and only those that are headless are
/// ever unpacked.
struct NameSlicePacked: Hashable, Sendable {
    private let bytes: [UInt8]

    /// The bits of an endpoint's first byte.
    private enum Flag {
        static let isReady: UInt8 = 1
        static let hasHostname: UInt8 = 2
        static let isV6: UInt8 = 4
    }

    /// Packs a slice.
    init(_ slice: NameSlice) {
        var bytes: [UInt8] = []
        bytes.append(slice.service)
        // A slice has at most a hundred ports (API reference); more than a byte holds are left out.
        let ports = slice.ports.prefix(Int(UInt8.max))
        bytes.append(UInt8(ports.count))
        for port in ports {
            bytes.append(port.label)
            bytes.append(port.transport.rawValue)
            bytes += [UInt8(port.port.rawValue >> 8), UInt8(port.port.rawValue & 255)]
        }
        for endpoint in slice.endpoints {
            var flags: UInt8 = endpoint.isReady ? Flag.isReady : 0
            if endpoint.hostname != nil { flags |= Flag.hasHostname }
            if endpoint.address.family == .v6 { flags |= Flag.isV6 }
            bytes.append(flags)
            bytes += endpoint.address.bytes
            if let hostname = endpoint.hostname { bytes.append(hostname) }
        }
        // A copy is no longer than it needs to be; appending has left room for more.
        self.bytes = Array(bytes[...])
    }

    /// The name of the Service that the slice belongs to.
    var service: String {
        var reader = PackedReader(bytes: bytes)
        return reader.text()
    }

    /// The slice as it was.
    var slice: NameSlice? {
        var reader = PackedReader(bytes: bytes)
        guard let service = NameLabel(reader.text()) else { return nil }
        var slice = NameSlice(service: service)
        for _ in 0..<reader.byte() {
            let name = reader.text()
            guard let transport = TransportProtocol(rawValue: reader.byte()),
                let number = Port(Int(reader.byte()) << 8 | Int(reader.byte())),
                let port = NamedPort(name: name, transport: transport, port: number)
            else { return nil }
            slice.ports.append(port)
        }
        while !reader.isAtEnd {
            let flags = reader.byte()
            let length = flags & Flag.isV6 == 0 ? 4 : 16
            guard let address = IPAddress(bytes: reader.take(length)) else { return nil }
            let hostname = flags & Flag.hasHostname == 0 ? nil : NameLabel(reader.text())
            slice.endpoints.append(
                NameSliceEndpoint(
                    address: address, hostname: hostname, isReady: flags & Flag.isReady != 0))
        }
        return slice
    }
}

extension [UInt8] {
    /// A label after its length.
    fileprivate mutating func append(_ label: NameLabel) {
        append(UInt8(label.text.utf8.count))
        append(contentsOf: label.text.utf8)
    }
}

/// Reads what was packed, from its start.
private struct PackedReader {
    private let bytes: [UInt8]
    private var offset = 0

    init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    var isAtEnd: Bool { offset == bytes.count }

    mutating func byte() -> UInt8 {
        offset += 1
        return bytes[offset - 1]
    }

    mutating func take(_ count: Int) -> ArraySlice<UInt8> {
        offset += count
        return bytes[offset - count..<offset]
    }

    mutating func text() -> String {
        String(decoding: take(Int(byte())), as: UTF8.self)
    }
}
