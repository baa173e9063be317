internal import Addressing
internal import CNetfilter
internal import Ruleset

/// Turns the steps that the kernel runs back into statements.
///
/// It runs the steps on symbols instead of values: a register holds *the destination port*, and
/// a comparison of it with a number says which statement was meant. A step that fits no
/// statement becomes `.foreign`.
struct RuleRaising {
    /// How many registers the key and the value of a set fill.
    struct SetShape: Hashable {
        let keyWords: Int
        let valueWords: Int
    }

    private let family: TableFamily
    private let sets: [String: SetShape]
    private var registers: SymbolicRegisters
    private var statements: [Statement] = []

    /// Raises one rule of a table with these sets.
    init(_ family: TableFamily, sets: [String: SetShape]) {
        self.family = family
        self.sets = sets
        registers = SymbolicRegisters(family)
    }

    /// The rule of these steps.
    mutating func rule(of expressions: [KernelExpression]) -> Rule {
        for expression in expressions { run(expression) }
        return Rule(statements: statements)
    }

    private mutating func run(_ expression: KernelExpression) {
        switch expression {
        case .payload, .meta, .connection, .randomNumber, .hash, .route, .extensionHeader:
            if !registers.load(expression) { foreign(expression) }
        case .bitwise(let from, let mask, let xor, let to):
            combine(from: from, mask: mask, xor: xor, to: to)
        case .compare(let register, let isEqual, let bytes):
            compare(register, isEqual: isEqual, bytes: bytes)
        case .lookup(let set, let from, let destination, let isNegated):
            lookUp(set, from: from, to: destination, isNegated: isNegated)
        case .translateDestination(let family, let address, let port):
            guard case .mapped(let fields, let map) = registers[address],
                family == UInt32(self.family.protocolNumber),
                port == address + self.family.addressByteCount / 4
            else { return foreign(expression) }
            statements.append(.translateDestination(fields, map: map))
        case .setMeta(let key, let from):
            guard case .mapped(let fields, let map) = registers[from],
                key == UInt32(NFT_META_MARK.rawValue)
            else { return foreign(expression) }
            statements.append(.setMark(fields, map: map))
        case .writeAddress(_, _, _, let from):
            writeAddress(expression, from: from)
        case .forward(let family, let device, let address):
            guard case .mapped(let fields, let map) = registers[address],
                registers[device] == .device(.incomingDevice), family == self.family.addressNumber
            else { return foreign(expression) }
            statements.append(.forward(fields, map: map))
        case .update(let set, let key, let value, let timeoutMilliseconds):
            update(set, key: key, value: value, timeoutMilliseconds: timeoutMilliseconds)
        case .bound(let bound, let set, let key, let timeoutMilliseconds):
            keepWithin(bound, set: set, key: key, timeoutMilliseconds: timeoutMilliseconds)
        case .masquerade(let flags):
            guard flags == 0 else { return foreign(expression) }
            statements.append(.masquerade)
        case .reject(let type, let code): reject(type: type, code: code)
        case .verdict(let verdict): statements.append(.verdict(verdict))
        case .nothing: break
        case .unknown(let text): statements.append(.foreign(text))
        }
    }

    private mutating func combine(from: Int, mask: [UInt8], xor: [UInt8], to: Int) {
        let isMaskOnly = xor.allSatisfy { $0 == 0 }
        switch registers[from] {
        case .connectionState(mask: nil) where isMaskOnly:
            registers[to] = .connectionState(mask: mask)
        case .connectionStatus(mask: nil) where isMaskOnly:
            registers[to] = .connectionStatus(mask: mask)
        case .tcpFlags(mask: nil) where isMaskOnly && mask.count == 1:
            registers[to] = .tcpFlags(mask: mask[0])
        case .device(.fragmentOffset) where isMaskOnly && mask == KernelFacts.fragmentMask:
            registers[to] = .device(.maskedFragmentOffset)
        default: foreign(.bitwise(from: from, mask: mask, xor: xor, to: to))
        }
    }

    private mutating func compare(_ register: Int, isEqual: Bool, bytes: [UInt8]) {
        let isZero = bytes.allSatisfy { $0 == 0 }
        switch registers[register] {
        case .field(.transportProtocol) where isEqual && bytes.count == 1:
            if let transport = TransportProtocol(rawValue: bytes[0]) {
                return statements.append(.isProtocol([transport]))
            }
            guard bytes[0] == KernelFacts.messageProtocol(in: family) else { break }
            // Alone it is foreign; with the type behind it, it is a statement.
            return statements.append(Self.isMessage)
        case .device(let fact):
            if let statement = match(fact, isEqual: isEqual, bytes: bytes) {
                return statements.append(statement)
            }
        case .sourceAddressType
        where isEqual && bytes == KernelFacts.bytes(KernelFacts.localType):
            return statements.append(.isSourceLocal)
        case .tcpFlags(let mask?) where isEqual && bytes.count == 1:
            return statements.append(
                .hasTCPFlags(TCPFlags(rawValue: bytes[0]), among: TCPFlags(rawValue: mask)))
        case .tcpSequence where isEqual && bytes.count == 4:
            let number = bytes.reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            return statements.append(.hasSequenceNumber(number))
        case .connectionState(let mask)
        where !isEqual && isZero && mask == KernelFacts.bytes(KernelFacts.invalidState):
            return statements.append(.isInvalid)
        case .connectionStatus(let mask)
        where !isEqual && isZero && mask == KernelFacts.bytes(KernelFacts.destinationTranslated):
            return statements.append(.isDestinationTranslated)
        default: break
        }
        foreign(.compare(register: register, isEqual: isEqual, bytes: bytes))
    }

    private static let isMessage = Statement.foreign("meta l4proto icmp")

    /// The statement that compares something at a device; nil if Sluice never does so.
    private mutating func match(
        _ fact: SymbolicRegisters.DeviceFact, isEqual: Bool, bytes: [UInt8]
    ) -> Statement? {
        switch fact {
        case .networkProtocol where isEqual && bytes == KernelFacts.etherType(of: family):
            return .isOfFamily
        case .maskedFragmentOffset where !isEqual && bytes == [0, 0]: return .isFragment
        case .fragmentHeader where isEqual && bytes == [1] && family.addressFamily == .v6:
            return .isFragment
        case .messageType where isEqual && bytes.count == 1:
            guard statements.last == Self.isMessage else { return nil }
            statements.removeLast()
            return .hasICMPType(bytes[0])
        case .quotedHeader where isEqual && bytes == [QuotedPacket.plainHeader]:
            return .quotesPlainHeader
        default: return nil
        }
    }

    private mutating func lookUp(
        _ set: KernelExpression.SetReference, from: Int,
        to destination: KernelExpression.Destination,
        isNegated: Bool
    ) {
        let expression = KernelExpression.lookup(
            set, from: from, to: destination, isNegated: isNegated)
        switch (set, destination) {
        case (.protocols(let numbers), .nowhere) where !isNegated:
            let transports = numbers.compactMap { TransportProtocol(rawValue: $0) }
            guard registers[from] == .field(.transportProtocol), transports.count == numbers.count
            else { return foreign(expression) }
            statements.append(.isProtocol(transports))
        case (.named(let name), _):
            guard let fields = registers.fields(from: from, words: sets[name]?.keyWords) else {
                return foreign(expression)
            }
            switch destination {
            case .nowhere:
                statements.append(.inSet(fields, isNegated: isNegated, set: name))
            case .verdict: statements.append(.verdictMap(fields, map: name))
            case .register(let word): registers[word] = .mapped(fields, map: name)
            }
        default: foreign(expression)
        }
    }

    private mutating func update(
        _ set: String, key: Int, value: Int, timeoutMilliseconds: UInt64
    ) {
        guard let keyFields = registers.fields(from: key, words: sets[set]?.keyWords),
            let valueFields = registers.fields(from: value, words: sets[set]?.valueWords),
            timeoutMilliseconds % 1000 == 0
        else {
            return foreign(
                .update(
                    set: set, key: key, value: value, timeoutMilliseconds: timeoutMilliseconds))
        }
        statements.append(
            .update(
                set: set, key: keyFields, timeoutSeconds: Int(timeoutMilliseconds / 1000),
                value: valueFields))
    }

    private mutating func keepWithin(
        _ bound: KernelExpression.Bound, set: String, key: Int, timeoutMilliseconds: UInt64
    ) {
        let fields = registers.fields(from: key, words: sets[set]?.keyWords)
        switch (bound, fields, timeoutMilliseconds) {
        case (.rate, let fields?, let timeout) where timeout % 1000 == 0:
            guard let rate = PacketRate(bound) else { break }
            return statements.append(
                .isOverRate(rate, set: set, key: fields, timeoutSeconds: Int(timeout / 1000)))
        case (.connections(let count), let fields?, 0):
            return statements.append(.isOverCount(Int(count), set: set, key: fields))
        default: break
        }
        foreign(.bound(bound, set: set, key: key, timeoutMilliseconds: timeoutMilliseconds))
    }

    private mutating func writeAddress(_ expression: KernelExpression, from register: Int) {
        guard expression == KernelFacts.writeDestination(from: register, in: family) else {
            return foreign(expression)
        }
        switch registers[register] {
        case .mapped(let fields, let map): statements.append(.setDestination(fields, map: map))
        case .field(let field) where field.kind == .address:
            statements.append(.copyToDestination(field))
        default: foreign(expression)
        }
    }

    private mutating func reject(type: UInt32, code: UInt8) {
        switch (type, code) {
        case (UInt32(NFT_REJECT_TCP_RST.rawValue), _): statements.append(.reject(.tcpReset))
        case (UInt32(NFT_REJECT_ICMP_UNREACH.rawValue), KernelFacts.portUnreachable(in: family)):
            statements.append(.reject(.portUnreachable))
        default: foreign(.reject(type: type, code: code))
        }
    }

    private mutating func foreign(_ expression: KernelExpression) {
        statements.append(.foreign("\(expression)"))
    }
}
