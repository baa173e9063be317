/// A domain name (RFC 1035 section 3.1): labels of 1 to 63 bytes, at most 255 bytes on the wire.
///
/// Kept as spelled, compared without regard to the case of ASCII letters (RFC 4343). Most names are
/// in lower case; that is found out once, and such names are compared and hashed as they are.
package struct DomainName: Sendable {
    /// The name as it stands in a message without compression.
    ///
    /// Each label comes after its length; a zero ends the name.
    package let wire: [UInt8]
    /// The labels in a byte, which makes a name two words.
    private let labelNumber: UInt8
    /// Whether there is no capital letter in the name.
    package let isLowercase: Bool

    /// The root of all names.
    package static let root = DomainName(validWire: [0], labelCount: 0)

    /// The most bytes a name takes on the wire, the final zero included.
    package static let maximumByteCount = 255
    /// The most bytes of a label.
    package static let maximumLabelByteCount = 63

    /// Takes bytes that are known to be labels in good order.
    init(validWire wire: [UInt8], labelCount: Int) {
        self.wire = wire
        self.labelNumber = UInt8(labelCount)
        self.isLowercase = unsafe wire.span.bytes.isLowercase
    }

    /// Fails unless the bytes are exactly one name in wire form, without pointers.
    package init?(wire: some Collection<UInt8>) {
        let wire = Array(wire)
        guard wire.count <= Self.maximumByteCount else { return nil }
        var offset = 0
        var labelCount = 0
        while offset < wire.count, wire[offset] > 0 {
            guard wire[offset] <= Self.maximumLabelByteCount else { return nil }
            offset += 1 + Int(wire[offset])
            labelCount += 1
        }
        guard offset == wire.count - 1 else { return nil }
        self.init(validWire: wire, labelCount: labelCount)
    }

    /// Fails for a label that is empty or too long, and for too many of them.
    package init?(labels: some Sequence<[UInt8]>) {
        var wire: [UInt8] = []
        var labelCount = 0
        for label in labels {
            guard 1...Self.maximumLabelByteCount ~= label.count else { return nil }
            wire.append(UInt8(label.count))
            wire += label
            guard wire.count < Self.maximumByteCount else { return nil }
            labelCount += 1
        }
        wire.append(0)
        self.init(validWire: wire, labelCount: labelCount)
    }

    /// Takes each text as a label of just these bytes: a dot or backslash has no meaning.
    ///
    /// Fails for a label that is empty or too long, and for too many of them.
    package init?(labels: some Sequence<some StringProtocol>) {
        self.init(labels: labels.lazy.map { Array($0.utf8) })
    }

    /// How many labels the name has: none for the root, at most 127.
    package var labelCount: Int { Int(labelNumber) }

    /// The same name in lower case.
    package var lowercased: DomainName {
        isLowercase
            ? self : DomainName(validWire: wire.map(DNSMessage.lowercased), labelCount: labelCount)
    }

    /// The name without its first label; none for the root.
    package var parent: DomainName? {
        labelCount == 0 ? nil : suffix(labelCount - 1)
    }

    /// The name of the last labels alone, such as `cluster.local.` of two.
    ///
    /// - Precondition: The name has as many.
    package func suffix(_ count: Int) -> DomainName {
        guard count < labelCount else {
            precondition(count == labelCount, "a suffix longer than the name")
            return self
        }
        return DomainName(validWire: Array(wire[offset(ofLast: count)...]), labelCount: count)
    }

    /// This name with one more label in front; none if that is too long, or the label is empty.
    ///
    /// A dot or backslash in the label has no meaning.
    package func prepending(_ label: some StringProtocol) -> DomainName? {
        prepending(Array(label.utf8))
    }

    /// This name with one more label in front; none if that is too long, or the label is empty.
    package func prepending(_ label: [UInt8]) -> DomainName? {
        guard 1...Self.maximumLabelByteCount ~= label.count,
            wire.count + 1 + label.count <= Self.maximumByteCount
        else { return nil }
        return DomainName(
            validWire: [UInt8(label.count)] + label + wire, labelCount: labelCount + 1)
    }

    /// This name with another behind it, as with a search domain; none if that is too long.
    package func appending(_ ancestor: DomainName) -> DomainName? {
        guard wire.count - 1 + ancestor.wire.count <= Self.maximumByteCount else { return nil }
        return DomainName(
            validWire: wire.dropLast() + ancestor.wire,
            labelCount: labelCount + ancestor.labelCount)
    }

    /// Whether this is the other name or one below it.
    package func isWithin(_ ancestor: DomainName) -> Bool {
        guard labelCount >= ancestor.labelCount, wire.count >= ancestor.wire.count else {
            return false
        }
        let tail = offset(ofLast: ancestor.labelCount)
        let ending = unsafe wire.span.bytes.extracting(tail..<wire.count)
        return unsafe ending.isEqualIgnoringCase(to: ancestor.wire.span.bytes)
    }
}

extension DomainName: Hashable {
    package static func == (left: DomainName, right: DomainName) -> Bool {
        if left.isLowercase && right.isLowercase { return left.wire == right.wire }
        return unsafe left.wire.span.bytes.isEqualIgnoringCase(to: right.wire.span.bytes)
    }

    package func hash(into hasher: inout Hasher) {
        let bytes = unsafe wire.span.bytes
        for offset in stride(from: 0, to: bytes.byteCount, by: 8) {
            let word = bytes.word(at: offset)
            hasher.combine(isLowercase ? word : DNSMessage.lowercased(word))
        }
    }
}
