internal import Addressing
internal import CNetfilter
internal import Ruleset

/// The kernel's 16 registers, holding what was loaded into them instead of its value.
struct SymbolicRegisters {
    /// What a register holds.
    enum Symbol: Hashable {
        /// The first word of a field.
        case field(Selector)
        /// A further word of a field.
        case continuation
        /// `ct state`, or the bits of it that a mask left.
        case connectionState(mask: [UInt8]?)
        /// `ct status`, or the bits of it that a mask left.
        case connectionStatus(mask: [UInt8]?)
        /// The flags of a TCP segment, or those of them that a mask left.
        case tcpFlags(mask: UInt8?)
        /// The sequence number of a TCP segment.
        case tcpSequence
        /// What rules at a device load, beside fields.
        case device(DeviceFact)
        /// `fib saddr type`.
        case sourceAddressType
        /// What a map held for these fields.
        case mapped([Selector], map: String)
    }

    /// Something that only rules at a device look at.
    enum DeviceFact: Hashable, CaseIterable {
        case incomingDevice, networkProtocol, fragmentOffset, maskedFragmentOffset
        case fragmentHeader, messageType, quotedHeader, quotedClient, quotedClientPort
    }

    private let family: TableFamily
    private var symbols: [Int: Symbol] = [:]

    /// Starts with empty registers, for a rule of this family.
    init(_ family: TableFamily) {
        self.family = family
    }

    /// What a register holds.
    subscript(word: Int) -> Symbol? {
        get { symbols[word] }
        set { symbols[word] = newValue }
    }

    /// Loads what a step loads; false if it is nothing that Sluice loads.
    mutating func load(_ expression: KernelExpression) -> Bool {
        guard let (symbol, word) = meaning(of: expression) else { return false }
        symbols[word] = symbol
        if case .field(let selector) = symbol {
            for next in 1..<max(1, words(of: selector)) { symbols[word + next] = .continuation }
        }
        return true
    }

    /// The fields that fill so many registers from one on; nil if fields do not fill them.
    func fields(from first: Int, words: Int?) -> [Selector]? {
        guard let words else { return nil }
        var result: [Selector] = []
        var word = first
        while word < first + words {
            guard case .field(let selector) = symbols[word] else { return nil }
            for next in word + 1..<word + self.words(of: selector) {
                guard symbols[next] == .continuation else { return nil }
            }
            result.append(selector)
            word += self.words(of: selector)
        }
        return word == first + words ? result : nil
    }

    private func words(of selector: Selector) -> Int { (selector.byteCount(in: family) + 3) / 4 }

    private func meaning(of expression: KernelExpression) -> (Symbol, Int)? {
        switch expression {
        case .payload(_, _, _, let to) where expression == KernelFacts.tcpFlags(to: to):
            return (.tcpFlags(mask: nil), to)
        case .payload(_, _, _, let to) where expression == KernelFacts.tcpSequence(to: to):
            return (.tcpSequence, to)
        case .payload(_, _, _, let to):
            let fields: [Selector] = [
                .sourceAddress, .destinationAddress, .sourcePort, .destinationPort,
                .quotedProtocol, .quotedSourcePort,
            ]
            return field(of: fields, loadedBy: expression, to: to)
                ?? fact(loadedBy: expression, to: to)
        case .meta(_, let to):
            return field(of: [.transportProtocol, .mark], loadedBy: expression, to: to)
                ?? fact(loadedBy: expression, to: to)
        case .extensionHeader(_, let to): return fact(loadedBy: expression, to: to)
        case .randomNumber(let modulus, let offset, let to):
            return (.field(.random(modulus: modulus, offset: offset)), to)
        case .hash(let from, let length, let modulus, let seed, let to):
            return hash(from: from, length: Int(length), modulus: modulus, seed: seed)
                .map { (.field($0), to) }
        case .connection(NFT_CT_STATE.rawValue, _, let to):
            return (.connectionState(mask: nil), to)
        case .connection(NFT_CT_STATUS.rawValue, _, let to):
            return (.connectionStatus(mask: nil), to)
        case .connection(_, _, let to):
            let fields: [Selector] = [
                .originalDestinationAddress, .originalDestinationPort, .answeringAddress,
            ]
            return field(of: fields, loadedBy: expression, to: to)
        case .route(KernelFacts.addressType, KernelFacts.sourceAddressFlag, let to):
            return (.sourceAddressType, to)
        default: return nil
        }
    }

    private func hash(from: Int, length: Int, modulus: UInt32, seed: UInt32) -> Selector? {
        let address = family.addressByteCount
        let next = symbols[from + address / 4]
        switch symbols[from] {
        case .field(.sourceAddress) where length == address:
            return .sourceHash(modulus: modulus, seed: seed)
        case .field(.sourceAddress) where length == address + 4 && next == .field(.sourcePort):
            return .connectionHash(modulus: modulus, seed: seed)
        case .device(.quotedClient) where length == address:
            return .quotedClientHash(modulus: modulus, seed: seed)
        case .device(.quotedClient)
        where length == address + 4 && next == .device(.quotedClientPort):
            return .quotedConnectionHash(modulus: modulus, seed: seed)
        default: return nil
        }
    }

    private func fact(loadedBy expression: KernelExpression, to word: Int) -> (Symbol, Int)? {
        DeviceFact.allCases.first { $0.load(to: word, in: family) == expression }
            .map { (.device($0), word) }
    }

    private func field(
        of candidates: [Selector], loadedBy expression: KernelExpression, to word: Int
    ) -> (Symbol, Int)? {
        candidates.first { $0.load(to: word, in: family) == expression }
            .map { (.field($0), word) }
    }
}

extension SymbolicRegisters.DeviceFact {
    /// The step that loads it; nil for what only a mask leaves.
    fileprivate func load(to word: Int, in family: TableFamily) -> KernelExpression? {
        switch self {
        case .incomingDevice: KernelFacts.incomingDevice(to: word)
        case .networkProtocol: KernelFacts.networkProtocol(to: word)
        case .fragmentOffset: KernelFacts.fragmentOffset(to: word)
        case .maskedFragmentOffset: nil
        case .fragmentHeader: .extensionHeader(KernelFacts.fragmentHeader, to: word)
        case .messageType: KernelFacts.messageType(to: word)
        case .quotedHeader: KernelFacts.quotedHeader(to: word)
        case .quotedClient: KernelFacts.quotedClient(to: word, in: family)
        case .quotedClientPort: KernelFacts.quotedClientPort(to: word, in: family)
        }
    }
}
