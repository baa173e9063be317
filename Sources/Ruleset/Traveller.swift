import Addressing

/// A packet on its walk, with what has happened to it.
struct Traveller {
    var packet: Packet
    var isMasqueraded = false
    var mark: UInt32 = 0
    var steps: [WalkStep] = []

    init(packet: Packet) {
        self.packet = packet
    }

    func fate(_ outcome: PacketOutcome) -> PacketFate {
        PacketFate(outcome: outcome, steps: steps)
    }

    /// Writes another address into the header; connection tracking does not notice.
    mutating func setDestination(_ address: IPAddress) {
        packet.destination = SocketEndpoint(address: address, port: packet.destination.port)
    }

    /// What a selector yields that makes no number.
    func value(of selector: Selector, _ family: TableFamily) -> FieldValue? {
        FieldReader.fields(
            of: data(of: [selector]) { _ in 0 }, as: [selector], family: family
        ).first
    }

    /// The bytes that the kernel would load into registers for these selectors.
    func data(of selectors: [Selector], choose: (UInt32) -> UInt32) -> ElementData {
        var data = ElementData()
        for selector in selectors {
            switch selector {
            case .sourceAddress: data.append(packet.source.address)
            case .destinationAddress: data.append(packet.destination.address)
            case .transportProtocol: data.append(packet.transport)
            case .sourcePort: data.append(packet.source.port)
            case .destinationPort: data.append(packet.destination.port)
            case .originalDestinationAddress: data.append(packet.originalDestination.address)
            case .originalDestinationPort: data.append(packet.originalDestination.port)
            case .answeringAddress:
                data.append((packet.translation ?? packet.originalDestination).address)
            case .random(let modulus, let offset): data.append(number: offset + choose(modulus))
            case .sourceHash(let modulus, let seed):
                data.append(number: Self.hash(packet.source.address.bytes, seed) % modulus)
            case .connectionHash(let modulus, let seed):
                let port = packet.source.port.rawValue
                let bytes = packet.source.address.bytes + [UInt8(port >> 8), UInt8(port & 0xff)]
                data.append(number: Self.hash(bytes, seed) % modulus)
            case .mark: data.append(number: mark)
            case .quotedProtocol, .quotedSourcePort: data.append(register: 0)
            case .quotedClientHash, .quotedConnectionHash: data.append(number: 0)
            }
        }
        return data
    }
}

extension Traveller {
    /// Stands for the kernel's hash: any function of the client's address and port does.
    private static func hash(_ bytes: [UInt8], _ seed: UInt32) -> UInt32 {
        bytes.reduce(seed) { ($0 ^ UInt32($1)) &* 0x0100_0193 }
    }
}

extension Element {
    /// True if each field of `key` lies in the element's range of that field.
    func covers(_ key: ElementData, by selectors: [Selector], in family: TableFamily) -> Bool {
        let last = lastKey ?? self.key
        guard key.registerCount == self.key.registerCount else { return false }
        var start = 0
        for selector in selectors {
            let count = (selector.byteCount(in: family) + 3) / 4
            let range = start..<(start + count)
            let value = range.map { key.register($0) }
            let low = range.map { self.key.register($0) }
            let high = range.map { last.register($0) }
            guard !value.lexicographicallyPrecedes(low), !high.lexicographicallyPrecedes(value)
            else { return false }
            start += count
        }
        return true
    }
}
