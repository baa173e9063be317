/// The addresses that share a prefix, such as `10.244.0.0/16`.
package struct CIDRBlock: Hashable, Sendable {
    /// The block's first address: the bits after the prefix are zero.
    package let network: IPAddress
    /// How many leading bits all addresses share: 0 to 32, or 0 to 128.
    package let prefixLength: Int

    /// Reads an address, a slash and a length.
    ///
    /// Bits after the prefix are dropped, as Kubernetes drops them.
    package init?(_ text: some StringProtocol) {
        let text = text.bytesOfText
        guard let slash = text.firstIndex(of: UInt8(ascii: "/")),
            let address = IPAddress(utf8: text[..<slash]),
            let prefixLength = decimalNumber(text[text.index(after: slash)...], atMost: 128)
        else { return nil }
        self.init(address, prefixLength: prefixLength)
    }

    /// Makes the block of this length that holds the address; fails when the length is not one
    /// of the address's family.
    package init?(_ address: IPAddress, prefixLength: Int) {
        guard 0...address.family.addressBits ~= prefixLength else { return nil }
        let hostMask = Self.hostMask(address.family, prefixLength)
        self.network = IPAddress(
            family: address.family, numericValue: address.numericValue & ~hostMask)
        self.prefixLength = prefixLength
    }

    /// The family of the block's addresses.
    package var family: IPFamily { network.family }

    /// The lowest address, which is `network`.
    package var first: IPAddress { network }

    /// The highest address; in IPv4 commonly the broadcast address.
    package var last: IPAddress {
        IPAddress(family: family, numericValue: network.numericValue | hostMask)
    }

    /// How many addresses the block has; `UInt64.max` stands for that many or more.
    package var addressCount: UInt64 {
        hostMask < UInt64.max ? UInt64(hostMask) + 1 : .max
    }

    /// Whether the address is in the block; one of the other family never is.
    package func contains(_ address: IPAddress) -> Bool {
        address.family == family && address.numericValue & ~hostMask == network.numericValue
    }

    /// Whether every address of the other block is in this one.
    package func contains(_ other: CIDRBlock) -> Bool {
        other.prefixLength >= prefixLength && contains(other.network)
    }

    /// The address this many places after `first`, or nil past the end.
    package func address(at offset: UInt64) -> IPAddress? {
        guard UInt128(offset) <= hostMask else { return nil }
        return IPAddress(family: family, numericValue: network.numericValue + UInt128(offset))
    }

    /// How many places after `first` the address is, or nil when it is not in the block or
    /// further than `UInt64` counts.
    package func offset(of address: IPAddress) -> UInt64? {
        guard contains(address) else { return nil }
        return UInt64(exactly: address.numericValue - network.numericValue)
    }

    private var hostMask: UInt128 { Self.hostMask(family, prefixLength) }

    /// Ones where the addresses of a block differ.
    ///
    /// A shift by all 128 bits gives 0, as it should.
    private static func hostMask(_ family: IPFamily, _ prefixLength: Int) -> UInt128 {
        UInt128.max >> (128 - family.addressBits + prefixLength)
    }
}

extension CIDRBlock {
    /// The fewest blocks with exactly the same addresses: disjoint, sorted, two halves of a block
    /// joined.
    ///
    /// The kernel's interval sets refuse overlapping elements, which users may well write.
    package static func merged(_ blocks: [CIDRBlock]) -> [CIDRBlock] {
        var merged: [CIDRBlock] = []
        for block in blocks.sorted() {
            // In sorted order a block that holds this one came before it, and is the last kept.
            if let last = merged.last, last.contains(block) { continue }
            var joined = block
            while let last = merged.last, let parent = last.joined(with: joined) {
                merged.removeLast()
                joined = parent
            }
            merged.append(joined)
        }
        return merged
    }

    /// The block whose lower half is this and whose upper half is the other, if there is one.
    private func joined(with upper: CIDRBlock) -> CIDRBlock? {
        guard prefixLength == upper.prefixLength, self != upper,
            let parent = CIDRBlock(network, prefixLength: prefixLength - 1),
            parent.network == network, parent.contains(upper)
        else { return nil }
        return parent
    }
}

extension CIDRBlock: Comparable {
    /// Orders by network, and the wider block first.
    package static func < (left: CIDRBlock, right: CIDRBlock) -> Bool {
        (left.network, left.prefixLength) < (right.network, right.prefixLength)
    }
}

extension CIDRBlock: CustomStringConvertible {
    package var description: String { "\(network)/\(prefixLength)" }
}
