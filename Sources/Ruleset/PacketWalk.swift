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
        var met = StatementText.text(of: statement, family: table.id.family)
        defer { traveller.steps.append(WalkStep(chain: chain, text: met)) }
        if let isMatch = matches(statement, traveller) { return isMatch ? .goOn : .noMatch }
        switch statement {
        case .setMark(let fields, let map):
            guard case .number(let mark)? = values(fields, in: map, traveller).first else {
                return .noMatch
            }
            traveller.mark = mark
            return .goOn
        case .setDestination(let fields, let map):
            guard case .address(let address)? = values(fields, in: map, traveller).first else {
                return .noMatch
            }
            met += " -> \(address)"
            traveller.setDestination(address)
            return .goOn
        case .copyToDestination(let field):
            guard case .address(let address)? = traveller.value(of: field, table.id.family) else {
                return .noMatch
            }
            traveller.setDestination(address)
            return .goOn
        case .forward(let fields, let map):
            guard case .address(let node)? = values(fields, in: map, traveller).first else {
                return .noMatch
            }
            return .end(.forwarded(to: node))
        case .verdictMap(let fields, let map):
            guard let element = find(fields, in: map, traveller),
                case .verdict(let verdict) = element.value
            else { return .noMatch }
            met += " -> \(element.comment.map { "\"\($0)\" " } ?? "")\(verdict)"
            return .take(verdict)
        case .translateDestination(let fields, let map):
            guard let endpoint = SocketEndpoint(values(fields, in: map, traveller)) else {
                return .noMatch
            }
            met += " -> \(endpoint)"
            traveller.packet.translate(to: endpoint)
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
        // What only matches has been dealt with.
        case .inSet, .isProtocol, .isInvalid, .hasTCPFlags, .hasSequenceNumber, .isOfFamily,
            .isFragment, .hasICMPType, .quotesPlainHeader, .isDestinationTranslated,
            .isSourceLocal, .foreign:
            return .goOn
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
}
