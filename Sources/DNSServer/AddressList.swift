package import Addressing

/// Blocks of addresses, arranged to find an address among many of them.
package struct AddressList: Hashable, Sendable {
    /// Disjoint and ascending.
    private let blocks: [CIDRBlock]

    /// The addresses of these blocks, in any order.
    package init(_ blocks: [CIDRBlock]) {
        self.blocks = CIDRBlock.merged(blocks)
    }

    /// Whether the address is in one of the blocks.
    package func contains(_ address: IPAddress) -> Bool {
        var lower = 0
        var upper = blocks.count
        // The last block that begins at the address or before it.
        while lower < upper {
            let middle = (lower + upper) / 2
            if blocks[middle].network <= address { lower = middle + 1 } else { upper = middle }
        }
        return lower > 0 && blocks[lower - 1].contains(address)
    }
}

extension AddressList: CustomStringConvertible {
    package var description: String { blocks.map(\.description).joined(separator: ",") }
}
