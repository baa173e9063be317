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
        /// `fib saddr type`.
        case sourceAddressType
        /// What a map held for these fields.
        case mapped([Selector], map: String)
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
            ]
            return field(of: fields, loadedBy: expression, to: to)
        case .meta(_, let to):
            return field(of: [.transportProtocol], loadedBy: expression, to: to)
        case .randomNumber(let modulus, let offset, let to):
            return (.field(.random(modulus: modulus, offset: offset)), to)
        case .hash(let from, let length, let modulus, let seed, let to):
            guard symbols[from] == .field(.sourceAddress), length == family.addressByteCount
            else { return nil }
            return (.field(.sourceHash(modulus: modulus, seed: seed)), to)
        case .connection(NFT_CT_STATE.rawValue, _, let to):
            return (.connectionState(mask: nil), to)
        case .connection(NFT_CT_STATUS.rawValue, _, let to):
            return (.connectionStatus(mask: nil), to)
        case .connection(_, _, let to):
            let fields: [Selector] = [.originalDestinationAddress, .originalDestinationPort]
            return field(of: fields, loadedBy: expression, to: to)
        case .route(KernelFacts.addressType, KernelFacts.sourceAddressFlag, let to):
            return (.sourceAddressType, to)
        default: return nil
        }
    }

    private func field(
        of candidates: [Selector], loadedBy expression: KernelExpression, to word: Int
    ) -> (Symbol, Int)? {
        candidates.first { $0.load(to: word, in: family) == expression }
            .map { (.field($0), word) }
    }
}
