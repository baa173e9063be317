internal import Addressing
internal import CNetfilter
internal import Ruleset

/// Turns statements into the steps that the kernel runs.
struct RuleLowering {
    private let family: TableFamily

    /// Lowers rules of tables of this family.
    init(_ family: TableFamily) {
        self.family = family
    }

    /// All steps of a rule, in order.
    func expressions(of rule: Rule) -> [KernelExpression] {
        rule.statements.flatMap(expressions(of:))
    }

    private func expressions(of statement: Statement) -> [KernelExpression] {
        switch statement {
        case .inSet(let fields, let isNegated, let set):
            load(fields) + [.lookup(.named(set), from: 0, to: .nowhere, isNegated: isNegated)]
        case .isProtocol(let transports): protocols(transports)
        case .isInvalid: bit(KernelFacts.invalidState, ofConnection: NFT_CT_STATE.rawValue)
        case .hasTCPFlags(let flags, let mask):
            [
                KernelFacts.tcpFlags(to: 0),
                .bitwise(from: 0, mask: [mask.rawValue], xor: [0], to: 0),
                .compare(register: 0, isEqual: true, bytes: [flags.rawValue]),
            ]
        case .hasSequenceNumber(let number):
            [
                KernelFacts.tcpSequence(to: 0),
                .compare(
                    register: 0, isEqual: true,
                    bytes: KernelFacts.bytes(number.bigEndian)),
            ]
        case .isDestinationTranslated:
            bit(KernelFacts.destinationTranslated, ofConnection: NFT_CT_STATUS.rawValue)
        case .isSourceLocal:
            [
                .route(
                    result: KernelFacts.addressType, flags: KernelFacts.sourceAddressFlag, to: 0),
                .compare(
                    register: 0, isEqual: true, bytes: KernelFacts.bytes(KernelFacts.localType)),
            ]
        case .verdictMap(let fields, let map):
            load(fields) + [.lookup(.named(map), from: 0, to: .verdict, isNegated: false)]
        case .translateDestination(let fields, let map):
            mapped(fields, map) + [
                .translateDestination(
                    family: UInt32(family.protocolNumber), address: 0,
                    port: family.addressByteCount / 4)
            ]
        case .isOfFamily, .isFragment, .hasICMPType, .quotesPlainHeader: deviceMatch(statement)
        case .setDestination(let fields, let map):
            mapped(fields, map) + [KernelFacts.writeDestination(from: 0, in: family)]
        case .copyToDestination(let field):
            load([field]) + [KernelFacts.writeDestination(from: 0, in: family)]
        case .setMark(let fields, let map):
            mapped(fields, map) + [.setMeta(key: UInt32(NFT_META_MARK.rawValue), from: 0)]
        case .forward(let fields, let map):
            mapped(fields, map) + [
                KernelFacts.incomingDevice(to: family.addressByteCount / 4),
                .forward(
                    family: family.addressNumber, device: family.addressByteCount / 4, address: 0),
            ]
        case .masquerade: [.masquerade(flags: 0)]
        case .update(let set, let key, let timeoutSeconds, let value):
            update(set, key: key, timeoutSeconds: timeoutSeconds, value: value)
        case .isOverRate(let rate, let set, let key, let timeoutSeconds):
            load(key) + [
                .bound(
                    .rate(rate), set: set, key: 0,
                    timeoutMilliseconds: UInt64(clamping: timeoutSeconds) * 1000)
            ]
        case .isOverCount(let count, let set, let key):
            load(key) + [
                .bound(
                    .connections(UInt32(clamping: count)), set: set, key: 0,
                    timeoutMilliseconds: 0)
            ]
        case .reject(let refusal): [reject(refusal)]
        case .verdict(let verdict): [.verdict(verdict)]
        case .foreign(let text): [.unknown(text)]
        }
    }

    /// Loads what a map holds for the fields into registers from the first on.
    private func mapped(_ fields: [Selector], _ map: String) -> [KernelExpression] {
        load(fields) + [.lookup(.named(map), from: 0, to: .register(0), isNegated: false)]
    }

    /// Loads fields into consecutive registers.
    private func load(_ fields: [Selector], from first: Int = 0) -> [KernelExpression] {
        var word = first
        return fields.flatMap { field in
            defer { word += (field.byteCount(in: family) + 3) / 4 }
            // What is hashed is loaded first, to where its hash then stands: fields behind it
            // come later and may take the rest of its room.
            let load = field.load(to: word, in: family)
            return hashInput(of: field, to: word) + [load]
        }
    }

    /// Loads what a hash is made of; nothing for a field that is none.
    private func hashInput(of field: Selector, to word: Int) -> [KernelExpression] {
        let next = word + family.addressByteCount / 4
        return switch field {
        case .sourceHash: [Selector.sourceAddress.load(to: word, in: family)]
        case .connectionHash:
            [
                Selector.sourceAddress.load(to: word, in: family),
                Selector.sourcePort.load(to: next, in: family),
            ]
        case .quotedClientHash: [KernelFacts.quotedClient(to: word, in: family)]
        case .quotedConnectionHash:
            [
                KernelFacts.quotedClient(to: word, in: family),
                KernelFacts.quotedClientPort(to: next, in: family),
            ]
        default: []
        }
    }

    /// Matches that only rules at a device need.
    private func deviceMatch(_ statement: Statement) -> [KernelExpression] {
        switch statement {
        case .isOfFamily:
            [
                KernelFacts.networkProtocol(to: 0),
                .compare(register: 0, isEqual: true, bytes: KernelFacts.etherType(of: family)),
            ]
        case .isFragment where family.addressFamily == .v4:
            [
                KernelFacts.fragmentOffset(to: 0),
                .bitwise(from: 0, mask: KernelFacts.fragmentMask, xor: [0, 0], to: 0),
                .compare(register: 0, isEqual: false, bytes: [0, 0]),
            ]
        case .isFragment:
            [
                .extensionHeader(KernelFacts.fragmentHeader, to: 0),
                .compare(register: 0, isEqual: true, bytes: [1]),
            ]
        case .hasICMPType(let type):
            [
                Selector.transportProtocol.load(to: 0, in: family),
                .compare(
                    register: 0, isEqual: true, bytes: [KernelFacts.messageProtocol(in: family)]),
                KernelFacts.messageType(to: 0),
                .compare(register: 0, isEqual: true, bytes: [type]),
            ]
        case .quotesPlainHeader:
            [
                KernelFacts.quotedHeader(to: 0),
                .compare(register: 0, isEqual: true, bytes: [QuotedPacket.plainHeader]),
            ]
        default: []
        }
    }

    private func protocols(_ transports: [TransportProtocol]) -> [KernelExpression] {
        let load = Selector.transportProtocol.load(to: 0, in: family)
        let numbers = transports.map(\.rawValue).sorted()
        if numbers.count == 1 {
            return [load, .compare(register: 0, isEqual: true, bytes: numbers)]
        }
        return [load, .lookup(.protocols(numbers), from: 0, to: .nowhere, isNegated: false)]
    }

    private func bit(_ mask: UInt32, ofConnection key: UInt32) -> [KernelExpression] {
        [
            .connection(key: key, direction: nil, to: 0),
            .bitwise(
                from: 0, mask: KernelFacts.bytes(mask), xor: KernelFacts.bytes(0), to: 0),
            .compare(register: 0, isEqual: false, bytes: KernelFacts.bytes(0)),
        ]
    }

    /// The value follows the key: in IPv6 the two fill 15 of the kernel's 16 registers.
    private func update(
        _ set: String, key: [Selector], timeoutSeconds: Int, value: [Selector]
    ) -> [KernelExpression] {
        let keyWords = key.keyByteCount(in: family) / 4
        return load(key) + load(value, from: keyWords) + [
            .update(
                set: set, key: 0, value: keyWords,
                timeoutMilliseconds: UInt64(clamping: timeoutSeconds) * 1000)
        ]
    }

    private func reject(_ refusal: Statement.Refusal) -> KernelExpression {
        switch refusal {
        case .tcpReset: .reject(type: UInt32(NFT_REJECT_TCP_RST.rawValue), code: 0)
        case .portUnreachable:
            .reject(
                type: UInt32(NFT_REJECT_ICMP_UNREACH.rawValue),
                code: KernelFacts.portUnreachable(in: family))
        }
    }
}
