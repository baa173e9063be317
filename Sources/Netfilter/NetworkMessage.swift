internal import Addressing
internal import CNetfilter
internal import Glibc

/// A netlink request: a header, a fixed part and attributes (linux/netlink.h).
///
/// It carries what it is for, so that a refusal can be told in the caller's words.
struct NetworkMessage: Sendable {
    let operation: NetworkError.Operation
    let subject: String
    private var bytes: [UInt8]

    /// Begins a request; the fixed part, such as a `struct rtmsg`, is appended next.
    init(
        kind: Int32, flags: Int32, operation: NetworkError.Operation, subject: String = ""
    ) {
        self.operation = operation
        self.subject = subject
        self.bytes = []
        append(UInt32(0))  // the length, known when it is sent
        append(UInt16(truncatingIfNeeded: kind))
        append(UInt16(truncatingIfNeeded: flags | NLM_F_REQUEST))
        append(UInt32(0))  // the sequence number, given when it is sent
        append(UInt32(0))  // the port, which the kernel fills in
    }

    /// Appends a number of the fixed part in the machine's byte order.
    mutating func append<Number: FixedWidthInteger>(_ number: Number) {
        bytes.append(contentsOf: nativeBytes(number))
    }

    /// Puts an attribute with a number in the machine's byte order; ctnetlink wants most of its
    /// own `.bigEndian`.
    mutating func put<Number: FixedWidthInteger>(_ attribute: UInt16, _ number: Number) {
        put(attribute, bytes: nativeBytes(number))
    }

    /// Puts an attribute with these bytes.
    mutating func put(_ attribute: UInt16, bytes value: [UInt8]) {
        append(UInt16(Self.attributeHeaderLength + value.count))
        append(attribute)
        bytes.append(contentsOf: value)
        pad()
    }

    /// Puts an attribute that holds attributes.
    mutating func nest(_ attribute: UInt16, _ putContent: (inout NetworkMessage) -> Void) {
        let start = bytes.count
        append(UInt16(0))
        append(attribute | UInt16(truncatingIfNeeded: NLA_F_NESTED))
        putContent(&self)
        replace(at: start, with: UInt16(bytes.count - start))
    }

    /// The request as it goes to the kernel under this number.
    func encoded(sequence: UInt32, isAcknowledged: Bool = false) -> [UInt8] {
        var message = self
        message.replace(at: 0, with: UInt32(bytes.count))
        if isAcknowledged {
            let flags = bytes[6..<8].nativeNumber(UInt16.self)
            message.replace(at: 6, with: flags | UInt16(truncatingIfNeeded: NLM_F_ACK))
        }
        message.replace(at: 8, with: sequence)
        return message.bytes
    }

    /// Whether the answer is a listing, which ends by itself; the kernel acknowledges none.
    var isListing: Bool {
        bytes[6..<8].nativeNumber(UInt16.self) & UInt16(truncatingIfNeeded: NLM_F_DUMP)
            == UInt16(truncatingIfNeeded: NLM_F_DUMP)
    }

    private static let attributeHeaderLength = 4

    /// Attributes begin at multiples of four.
    private mutating func pad() {
        while !bytes.count.isMultiple(of: 4) { bytes.append(0) }
    }

    private mutating func replace<Number: FixedWidthInteger>(at offset: Int, with number: Number) {
        let value = nativeBytes(number)
        bytes.replaceSubrange(offset..<offset + value.count, with: value)
    }
}

/// The bytes of a number as they lie in this machine's memory.
func nativeBytes<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
    let littleEndian = number.littleEndian
    return (0..<Number.bitWidth / 8).map { index in
        UInt8(truncatingIfNeeded: littleEndian >> (8 * index))
    }
}

extension ArraySlice<UInt8> {
    /// The number that begins the slice, in this machine's byte order; missing bytes read as zero.
    ///
    /// Every attribute of every flow is read by this, so it is one load wherever it can be.
    func nativeNumber<Number: FixedWidthInteger & BitwiseCopyable>(
        _ type: Number.Type = Number.self
    ) -> Number {
        if count >= MemoryLayout<Number>.size {
            return unsafe withUnsafeBytes { unsafe $0.loadUnaligned(as: Number.self) }
        }
        var littleEndian: Number = 0
        for (index, byte) in prefix(Number.bitWidth / 8).enumerated() {
            littleEndian |= Number(truncatingIfNeeded: byte) << (8 * index)
        }
        return Number(littleEndian: littleEndian)
    }

    /// The number that begins the slice, in network byte order; missing bytes read as zero.
    func networkNumber<Number: FixedWidthInteger & BitwiseCopyable>(
        _ type: Number.Type = Number.self
    ) -> Number {
        Number(bigEndian: nativeNumber(type))
    }

    /// The address whose bytes these are, or nil for another length.
    var address: IPAddress? {
        switch count {
        case 4:
            .v4(IPv4Address(rawValue: networkNumber()))
        case 16:
            .v6(IPv6Address(high: networkNumber(), low: dropFirst(8).networkNumber()))
        default:
            nil
        }
    }
}

extension IPFamily {
    /// The family's number in sockets and netlink messages.
    var socketFamily: UInt8 { UInt8(self == .v4 ? AF_INET : AF_INET6) }
}
