package import Addressing

/// The bytes of a set's key or of a map's value, as the kernel keeps them.
///
/// Fields follow one another, each padded with zeros to whole 4-byte registers
/// (kernel: `nft_set_elem` with concatenations). At most 40 bytes: two IPv6
/// addresses, a protocol and a port. Stored inline, so that a million elements
/// need no million allocations.
package struct ElementData: Hashable, Sendable, Comparable {
    /// The most registers that a key may fill.
    package static let maximumRegisters = 10

    /// Registers in use; each holds four bytes, read as a big-endian number.
    private var registers: InlineArray<10, UInt32>
    /// How many registers are in use.
    package private(set) var registerCount: Int

    /// No bytes at all.
    package init() {
        registers = InlineArray(repeating: 0)
        registerCount = 0
    }

    /// Takes bytes as the kernel sends them; nil if they are too many or not whole registers.
    package init?(bytes: [UInt8]) {
        guard bytes.count % 4 == 0, bytes.count <= Self.maximumRegisters * 4 else { return nil }
        self.init()
        for start in stride(from: 0, to: bytes.count, by: 4) {
            append(
                register: UInt32(bytes[start]) << 24 | UInt32(bytes[start + 1]) << 16
                    | UInt32(bytes[start + 2]) << 8 | UInt32(bytes[start + 3]))
        }
    }

    /// All bytes in the kernel's order.
    package var bytes: [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(registerCount * 4)
        for index in 0..<registerCount {
            let register = registers[index]
            result.append(UInt8(truncatingIfNeeded: register >> 24))
            result.append(UInt8(truncatingIfNeeded: register >> 16))
            result.append(UInt8(truncatingIfNeeded: register >> 8))
            result.append(UInt8(truncatingIfNeeded: register))
        }
        return result
    }

    /// One register as a big-endian number.
    package func register(_ index: Int) -> UInt32 {
        precondition(index < registerCount, "an element has \(registerCount) registers")
        return registers[index]
    }

    /// Appends four bytes, given as a big-endian number.
    package mutating func append(register: UInt32) {
        precondition(registerCount < Self.maximumRegisters, "a key holds at most 40 bytes")
        registers[registerCount] = register
        registerCount += 1
    }

    /// Appends an address of 4 or 16 bytes.
    package mutating func append(_ address: IPAddress) {
        switch address {
        case .v4(let address): append(register: address.rawValue)
        case .v6(let address):
            append(register: UInt32(truncatingIfNeeded: address.high >> 32))
            append(register: UInt32(truncatingIfNeeded: address.high))
            append(register: UInt32(truncatingIfNeeded: address.low >> 32))
            append(register: UInt32(truncatingIfNeeded: address.low))
        }
    }

    /// Appends a protocol number and three bytes of padding.
    package mutating func append(_ transport: TransportProtocol) {
        append(register: UInt32(transport.rawValue) << 24)
    }

    /// Appends a port and two bytes of padding.
    package mutating func append(_ port: Port) {
        append(register: UInt32(port.rawValue) << 16)
    }

    /// Appends a number in the order of this host, as `numgen` yields it.
    package mutating func append(number: UInt32) {
        append(register: UInt32(bigEndian: number))
    }

    /// True if both hold the same bytes.
    package static func == (left: ElementData, right: ElementData) -> Bool {
        guard left.registerCount == right.registerCount else { return false }
        for index in 0..<left.registerCount
        where left.registers[index] != right.registers[index] {
            return false
        }
        return true
    }

    /// Feeds the bytes in use to the hasher.
    package func hash(into hasher: inout Hasher) {
        for index in 0..<registerCount { hasher.combine(registers[index]) }
    }

    /// Orders as the bytes are ordered.
    package static func < (left: ElementData, right: ElementData) -> Bool {
        for index in 0..<min(left.registerCount, right.registerCount)
        where left.registers[index] != right.registers[index] {
            return left.registers[index] < right.registers[index]
        }
        return left.registerCount < right.registerCount
    }
}
