package import Addressing

/// Walks packets through a table as the kernel would: the model as its own test double.
///
/// Only what rules do is modelled; routing and bridges are not. Elements that the kernel would
/// learn (`update`) are kept from one walk to the next.
package struct PacketWalk: Sendable {
    /// Where a packet comes from.
    package enum Origin: Hashable, Sendable {
        /// Another host or a pod: the packet starts at prerouting.
        case network
        /// A process of this host: the packet starts at output.
        case thisHost
    }

    let table: Table
    let localAddresses: Set<IPAddress>
    /// Picks from 0 ..< modulus, where the kernel picks by chance.
    let choose: @Sendable (UInt32) -> UInt32
    /// What `update` statements have written, by map.
    package private(set) var learned: [String: [ElementData: ElementData]] = [:]

    /// How many packets the bounds of a set have met, by key.
    private var counted: [String: [ElementData: Int]] = [:]

    /// Prepares walks through a table.
    ///
    /// - Parameters:
    ///   - table: the rules.
    ///   - localAddresses: the addresses of the host that has the rules.
    ///   - choose: stands for the kernel's random numbers.
    package init(
        through table: Table, localAddresses: Set<IPAddress>,
        choose: @escaping @Sendable (UInt32) -> UInt32
    ) {
        self.table = table
        self.localAddresses = localAddresses
        self.choose = choose
    }

    /// Walks one packet to its end.
    package mutating func walk(_ packet: Packet, from origin: Origin) -> PacketFate {
        var traveller = Traveller(packet: packet)
        if table.id.family.isAtDevice, let end = pass(&traveller, at: .ingress) {
            return traveller.fate(end)
        }
        let entrance: BaseChain.Hook = origin == .network ? .prerouting : .output
        if let end = pass(&traveller, at: entrance) { return traveller.fate(end) }
        let isLocal = localAddresses.contains(traveller.packet.destination.address)
        if isLocal || origin == .thisHost {
            // A process's packet to its own host crosses both, over the loopback device.
            let exits: [BaseChain.Hook] =
                !isLocal
                ? [.postrouting]
                : origin == .thisHost ? [.postrouting, .input] : [.input]
            for hook in exits {
                if let end = pass(&traveller, at: hook) { return traveller.fate(end) }
            }
        } else {
            for hook in [BaseChain.Hook.forward, .postrouting] {
                if let end = pass(&traveller, at: hook) { return traveller.fate(end) }
            }
        }
        return traveller.fate(
            .delivered(
                to: traveller.packet.destination, isMasqueraded: traveller.isMasqueraded))
    }

    /// Passes all base chains of a hook; nil if the packet goes on.
    ///
    /// A packet that connection tracking cannot place meets no nat chain (`nf_nat_inet_fn`), nor
    /// does an answer: what was decided for the first packet is undone.
    private mutating func pass(
        _ traveller: inout Traveller, at hook: BaseChain.Hook
    ) -> PacketOutcome? {
        let bases = table.chains.values.filter { $0.base?.hook == hook }
            .sorted { ($0.base?.priority ?? 0) < ($1.base?.priority ?? 0) }
        for base in bases {
            let packet = traveller.packet
            if base.base?.kind == .nat, packet.isInvalid || packet.isRefusal { continue }
            switch run(base.name, &traveller) {
            case .ended(let outcome): return outcome
            case .accepted, .exhausted: continue
            }
        }
        return nil
    }

    /// How a chain's run ended.
    private enum Ending {
        case ended(PacketOutcome)
        case accepted
        case exhausted
    }

    private mutating func run(_ name: String, _ traveller: inout Traveller) -> Ending {
        guard let chain = table.chains[name] else { return .exhausted }
        rules: for rule in chain.rules {
            for statement in rule.statements {
                let effect = perform(statement, of: name, &traveller)
                switch effect {
                case .goOn: continue
                case .noMatch: continue rules
                case .end(let outcome): return .ended(outcome)
                case .take(.accept): return .accepted
                case .take(.drop): return .ended(.dropped)
                case .take(.return): return .exhausted
                case .take(.goto(let target)): return run(target, &traveller)
                case .take(.jump(let target)):
                    let ending = run(target, &traveller)
                    if case .exhausted = ending { continue rules }
                    return ending
                }
            }
        }
        return .exhausted
    }

    /// What one statement does to the walk.
    private enum Effect {
        case goOn, noMatch
        case take(Verdict)
        case end(PacketOutcome)
    }

    private mutating func perform(
        _ statement: Statement, of chain: String, _ traveller: inout Traveller
    ) -> Effect {
        let family = table.id.family
        var met = StatementText.text(of: statement, family: family)
        defer { traveller.steps.append(WalkStep(chain: chain, text: met)) }
        switch statement {
        case .inSet(let fields, let isNegated, let set):
            return (find(fields, in: set, traveller) != nil) != isNegated ? .goOn : .noMatch
        case .isProtocol(let protocols):
            return protocols.contains(traveller.packet.transport) ? .goOn : .noMatch
        case .isInvalid: return traveller.packet.isInvalid ? .goOn : .noMatch
        case .hasTCPFlags(let flags, let mask):
            return traveller.packet.flags.intersection(mask) == flags ? .goOn : .noMatch
        case .hasSequenceNumber(let number):
            // A first packet's number is the client's choice; a refusal's is 0 (RFC 9293, 3.10.7.1).
            return traveller.packet.isRefusal && number == 0 ? .goOn : .noMatch
        case .isOfFamily:
            let family = traveller.packet.destination.address.family
            return family == table.id.family.addressFamily ? .goOn : .noMatch
        // The walk knows whole packets of connections only.
        case .isFragment, .hasICMPType, .quotesPlainHeader: return .noMatch
        case .setMark(let fields, let map):
            guard case .data(let data) = find(fields, in: map, traveller)?.value else {
                return .noMatch
            }
            traveller.mark = data.register(0).bigEndian
            return .goOn
        case .forward(let fields, let map):
            guard case .data(let data) = find(fields, in: map, traveller)?.value,
                case .address(let node)? = FieldReader.fields(
                    of: data, as: [.destinationAddress], family: family
                ).first
            else { return .noMatch }
            return .end(.forwarded(to: node))
        case .isDestinationTranslated: return traveller.packet.isTranslated ? .goOn : .noMatch
        case .isSourceLocal:
            return localAddresses.contains(traveller.packet.source.address) ? .goOn : .noMatch
        case .verdictMap(let fields, let map):
            guard let element = find(fields, in: map, traveller),
                case .verdict(let verdict) = element.value
            else { return .noMatch }
            met += " -> \(element.comment.map { "\"\($0)\" " } ?? "")\(verdict)"
            return .take(verdict)
        case .translateDestination(let fields, let map):
            guard let endpoint = translation(fields, in: map, traveller) else { return .noMatch }
            met += " -> \(endpoint)"
            traveller.packet.destination = endpoint
            return .take(.accept)
        case .masquerade:
            traveller.isMasqueraded = true
            return .take(.accept)
        case .update(let set, let key, _, let value):
            let keyData = traveller.data(of: key, choose: choose)
            // The kernel renews the time of an element that exists and keeps its value.
            if learned[set]?[keyData] == nil {
                learned[set, default: [:]][keyData] = traveller.data(of: value, choose: choose)
            }
            return .goOn
        // Walks know no time: what a bucket holds at first is all that it gives, and no
        // connection ends.
        case .isOverRate(let rate, let set, let key, _):
            return count(key, in: set, traveller) > rate.burst ? .goOn : .noMatch
        case .isOverCount(let limit, let set, let key):
            return count(key, in: set, traveller) > limit ? .goOn : .noMatch
        case .reject(let refusal): return .end(.refused(refusal))
        case .verdict(let verdict): return .take(verdict)
        case .foreign: return .goOn
        }
    }

    /// Counts a packet by its key, and says how many there were.
    private mutating func count(
        _ key: [Selector], in set: String, _ traveller: Traveller
    ) -> Int {
        let data = traveller.data(of: key, choose: choose)
        counted[set, default: [:]][data, default: 0] += 1
        return counted[set]?[data] ?? 0
    }

    private func find(
        _ fields: [Selector], in set: String, _ traveller: Traveller
    ) -> Element? {
        guard let set = table.sets[set] else { return nil }
        let key = traveller.data(of: fields, choose: choose)
        if let element = set.elements[key] { return element }
        guard set.declaration.isInterval else { return nil }
        return set.elements.values.first { $0.covers(key, by: fields, in: table.id.family) }
    }

    private func translation(
        _ fields: [Selector], in map: String, _ traveller: Traveller
    ) -> SocketEndpoint? {
        guard let set = table.sets[map], case .data(let valueFields) = set.declaration.value
        else { return nil }
        let key = traveller.data(of: fields, choose: choose)
        var found = learned[map]?[key]
        if case .data(let data) = set.elements[key]?.value { found = data }
        guard let found else { return nil }
        let values = FieldReader.fields(of: found, as: valueFields, family: table.id.family)
        guard values.count == 2, case .address(let address) = values[0],
            case .port(let number) = values[1], let port = Port(Int(number))
        else { return nil }
        return SocketEndpoint(address: address, port: port)
    }
}
