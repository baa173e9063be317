package import Addressing
package import DNSMessage

/// A name below `in-addr.arpa` or `ip6.arpa`, read from its end: the start of an address.
struct ReverseName {
    /// The address, zeros standing for the digits that are not there.
    let address: IPAddress
    /// How many digits are there: parts of IPv4 addresses, hexadecimal digits of IPv6 ones.
    let digitCount: Int
    /// Whether the name is nothing but digits in front of its suffix.
    let isExact: Bool

    /// Where the names of a family end.
    private static let v4Suffix = known("in-addr.arpa")
    private static let v6Suffix = known("ip6.arpa")
    /// The labels of both suffixes.
    static let suffixLabelCount = 2

    /// Fails for a name that is not below one of the suffixes, nor one of them.
    init?(_ name: DomainName) {
        if name.isWithin(Self.v4Suffix) {
            self.init(name, family: .v4)
        } else if name.isWithin(Self.v6Suffix) {
            self.init(name, family: .v6)
        } else {
            return nil
        }
    }

    private init(_ name: DomainName, family: IPFamily) {
        let labelCount = name.labelCount - Self.suffixLabelCount
        let wanted = min(labelCount, Self.digitCount(family))
        var number: UInt128 = 0
        var count = 0
        while count < wanted,
            let digit = Self.digit(name.labelBytes(at: labelCount - 1 - count), family)
        {
            number = number << UInt128(family.bitsOfDigit) | UInt128(digit)
            count += 1
        }
        number <<= UInt128(family.addressBits - count * family.bitsOfDigit)
        address =
            switch family {
            case .v4: .v4(IPv4Address(rawValue: UInt32(truncatingIfNeeded: number)))
            case .v6: .v6(IPv6Address(rawValue: number))
            }
        digitCount = count
        isExact = count == labelCount
    }

    /// Whether a whole address is there and nothing else.
    var isAddress: Bool { isExact && digitCount == Self.digitCount(address.family) }

    /// How many digits the names of a block's reverse zone have in common; one that ends within a
    /// digit has several zones, as in CoreDNS.
    static func digitCount(of block: CIDRBlock) -> Int {
        let bits = block.family.bitsOfDigit
        return (block.prefixLength + bits - 1) / bits
    }

    private static func digitCount(_ family: IPFamily) -> Int {
        family.addressBits / family.bitsOfDigit
    }

    /// Reads one label: a number up to 255 without leading zeros, or one hexadecimal digit.
    private static func digit(_ label: ArraySlice<UInt8>, _ family: IPFamily) -> UInt8? {
        let text = String(decoding: label, as: UTF8.self)
        switch family {
        case .v4:
            guard let number = UInt8(text), text == String(number) else { return nil }
            return number
        case .v6:
            guard label.count == 1, label.first != UInt8(ascii: "+") else { return nil }
            return UInt8(text, radix: 16)
        }
    }

    private static func known(_ text: String) -> DomainName {
        guard let name = DomainName(text) else { preconditionFailure("\(text) is no name") }
        return name
    }

    /// The name of an address.
    fileprivate static func name(of address: IPAddress) -> DomainName {
        let bytes = address.bytes
        let (labels, suffix) =
            switch address {
            case .v4: (bytes.map { String($0) }, v4Suffix)
            case .v6:
                (
                    bytes.flatMap { [String($0 >> 4, radix: 16), String($0 & 15, radix: 16)] },
                    v6Suffix
                )
            }
        guard let digits = DomainName(labels: labels.reversed()),
            let name = digits.appending(suffix)
        else { preconditionFailure("a reverse name is short") }
        return name
    }
}

extension DomainName {
    /// The name at which an address's own name is found, such as `1.0.96.10.in-addr.arpa.`.
    package init(reverseOf address: IPAddress) {
        self = ReverseName.name(of: address)
    }
}

extension IPFamily {
    /// The bits of one label of a reverse name.
    fileprivate var bitsOfDigit: Int {
        switch self {
        case .v4: 8
        case .v6: 4
        }
    }
}
