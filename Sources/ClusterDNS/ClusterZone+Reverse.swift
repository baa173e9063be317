import Addressing
import DNSMessage

/// The names of addresses.
extension ClusterZone {
    /// Looks at a name that is not below the zone's origin: it may be an address's.
    ///
    /// Addresses that somebody has are answered for wherever they are, for the specification wants
    /// so of endpoints; of others, the zone speaks for those in its blocks alone.
    func findReverse(_ name: DomainName, _ type: RecordType, _ rotation: UInt) -> Finding {
        guard let reverse = ReverseName(name) else { return .outside }
        let targets = reverse.isAddress ? tables.pointers.targets(of: reverse.address) : []
        if type == .ptr, !targets.isEmpty {
            return found(rotated(targets, rotation) { frame.record(name, .ptr($0)) })
        }
        guard let zoneDigitCount = zoneDigitCount(reverse) else { return .outside }
        let apex = name.suffix(ReverseName.suffixLabelCount + zoneDigitCount)
        if apex.labelCount == name.labelCount { return findApex(name, type) }
        // Digits alone stand above addresses: to deny those names would deny all below them.
        let exists = reverse.isExact && (!reverse.isAddress || !targets.isEmpty)
        return .nothing(exists ? .noError : .nameError, apex: apex)
    }

    /// How many digits the apex of the name's zone has, that of the smallest block if several hold
    /// it; nil if none does.
    private func zoneDigitCount(_ reverse: ReverseName) -> Int? {
        settings.reverseBlocks.lazy
            .filter { block in
                ReverseName.digitCount(of: block) <= reverse.digitCount
                    && block.contains(reverse.address)
            }
            .map(ReverseName.digitCount)
            .max()
    }
}
