internal import CNetfilter
internal import Ruleset

/// A set's declaration as the kernel and nft keep it.
extension SetDeclaration {
    /// True if elements are ranges of several fields, which the kernel keeps in a `pipapo` set.
    var isConcatenatedInterval: Bool { isInterval && key.count > 1 }

    /// The kernel's `enum nft_set_flags`.
    var kernelFlags: UInt32 {
        var flags: UInt32 = 0
        if isInterval { flags |= UInt32(NFT_SET_INTERVAL.rawValue) }
        if isConcatenatedInterval { flags |= UInt32(NFT_SET_CONCAT.rawValue) }
        if value != .none { flags |= UInt32(NFT_SET_MAP.rawValue) }
        switch filling {
        case .planned: break
        case .byPackets(let timeoutSeconds):
            flags |= UInt32(NFT_SET_EVAL.rawValue)
            if timeoutSeconds != nil { flags |= UInt32(NFT_SET_TIMEOUT.rawValue) }
        case .timed: flags |= UInt32(NFT_SET_TIMEOUT.rawValue)
        }
        return flags
    }

    /// Bytes of a key as the kernel keeps it: padded only if there are several fields.
    func keyLength(in family: TableFamily) -> Int { Self.length(of: key, in: family) }

    /// Bytes of a map's value as the kernel keeps it; 0 if there is none or it is a verdict.
    func valueLength(in family: TableFamily) -> Int {
        guard case .data(let fields) = value else { return 0 }
        return Self.length(of: fields, in: family)
    }

    /// What nft needs to spell the set as it was declared.
    func userData(in family: TableFamily) -> UserData {
        var data = UserData()
        data.append(0, number: key.byteOrder)
        switch value {
        case .none: break
        case .verdict: data.append(1, number: 0)
        case .data(let fields): data.append(1, number: fields.byteOrder)
        }
        data.append(3, nested: key.typeOf(in: family))
        switch value {
        case .none: break
        case .verdict:
            var verdict = UserData()
            verdict.append(0, number: 1)
            verdict.append(1, nested: UserData())
            data.append(4, nested: verdict)
            data.append(6, number: 0)
        case .data(let fields):
            data.append(4, nested: fields.typeOf(in: family))
            data.append(6, number: 0)
        }
        if let comment { data.append(7, text: comment) }
        return data
    }

    private static func length(of fields: [Selector], in family: TableFamily) -> Int {
        fields.count == 1 ? fields[0].byteCount(in: family) : fields.keyByteCount(in: family)
    }
}
