import Addressing
import Ruleset

extension SharedChain {
    /// The chain as it stands in the table of such a host.
    func chain(on role: ForwardingLayout.Role) -> Chain {
        Chain(name, comment: comment, rules: rules(on: role))
    }

    private var comment: String {
        switch self {
        case .random: "one such chain for each endpoint count in use"
        case .hash: "a client stays with its slot"
        case .stickyRandom: "with ClientIP affinity"
        case .stickyService, .stickyLocalService: "with ClientIP affinity of the whole Service"
        case .restrictedRandom, .restrictedStickyRandom, .restrictedHash,
            .restrictedStickyService, .restrictedStickyLocalService:
            "with loadBalancerSourceRanges"
        case .remember: "learn or renew; one such chain for each affinity timeout"
        case .rememberService: "learn or renew, for the whole Service"
        case .guarding(let guardChain): guardChain.chain.comment ?? ""
        }
    }

    private func rules(on role: ForwardingLayout.Role) -> [Rule] {
        switch self {
        case .guarding(let guardChain): return guardChain.chain.rules
        case .random(let slots):
            let slot = Selector.random(
                modulus: UInt32(slots.count), offset: UInt32(slots.first))
            return [Rule(.translateDestination(Fields.frontend + [slot], map: SetNames.endpoints))]
        case .hash(let count):
            let hash = Selector.sourceHash(modulus: UInt32(count), seed: Fields.hashSeed)
            return [Rule(.translateDestination(Fields.frontend + [hash], map: SetNames.endpoints))]
        case .stickyRandom:
            return [Rule(.translateDestination(Fields.client, map: SetNames.affinity)), goOn]
        case .stickyService:
            return Self.endpointOfService(onlyIf: []) + [goOn]
        case .stickyLocalService:
            let isHere = Statement.inSet(
                [.destinationAddress, .destinationAddress], isNegated: false,
                set: SetNames.hairpin)
            return Self.endpointOfService(onlyIf: [isHere]) + [goOn]
        case .restrictedRandom, .restrictedStickyRandom, .restrictedHash,
            .restrictedStickyService, .restrictedStickyLocalService:
            let isStranger = Statement.inSet(
                Fields.frontend + [.sourceAddress], isNegated: true, set: SetNames.allowedSources)
            let end = role == .node ? Verdict.drop : .goto(BaseChains.strangers)
            return [Rule(isStranger, .verdict(end)), goOn]
        case .remember(let seconds):
            return [
                Rule(
                    Self.hasPorts,
                    .update(
                        set: SetNames.affinity, key: [.sourceAddress] + Fields.originalFrontend,
                        timeoutSeconds: seconds, value: Fields.backend))
            ]
        case .rememberService(let seconds):
            return Self.rememberingService(seconds)
        }
    }

    private static let hasPorts = Statement.isProtocol([.tcp, .udp, .sctp])

    /// Goes to the chain that this one ends in.
    private var goOn: Rule { Rule(.verdict(.goto(next?.name ?? ""))) }

    /// The rules that send a client to the endpoint that it has of the whole Service, if it has
    /// one that serves this frontend.
    ///
    /// Three lookups follow one another: from the frontend to the Service, from client and Service
    /// to an address, from frontend and address to an endpoint. What one finds is the next one's
    /// key, and goes there through the packet's destination, since `nft` 1.0.6 cannot list lookups
    /// that are chained through a register. If one finds nothing the destination is put back.
    private static func endpointOfService(onlyIf conditions: [Statement]) -> [Rule] {
        let place = [
            Selector.originalDestinationAddress, .transportProtocol, .destinationPort,
            .destinationAddress,
        ]
        let lookUp: [Statement] = [
            .setDestination(Fields.frontend, map: SetNames.serviceAddresses),
            .setDestination(Fields.clientOfService, map: SetNames.serviceAffinity),
        ]
        return [
            Rule(
                statements: lookUp + conditions + [
                    .translateDestination(place, map: SetNames.endpointsByAddress)
                ]),
            Rule(.copyToDestination(.originalDestinationAddress)),
        ]
    }

    /// The rules that learn or renew; the endpoint's address, which the packet has by now, is what
    /// connection tracking expects answers from.
    private static func rememberingService(_ seconds: Int) -> [Rule] {
        [
            Rule(
                hasPorts,
                .setDestination(Fields.originalFrontend, map: SetNames.serviceAddresses),
                .update(
                    set: SetNames.serviceAffinity, key: Fields.clientOfService,
                    timeoutSeconds: seconds, value: [.answeringAddress])),
            Rule(.copyToDestination(.answeringAddress)),
        ]
    }
}

/// The fields that rules look up, in the order of the keys.
enum Fields {
    static let frontend: [Selector] = [.destinationAddress, .transportProtocol, .destinationPort]
    static let originalFrontend: [Selector] = [
        .originalDestinationAddress, .transportProtocol, .originalDestinationPort,
    ]
    /// The same on every balancer, so that they agree where a client goes.
    static let hashSeed: UInt32 = 0x736c_7569
    static let client: [Selector] = [.sourceAddress] + frontend
    /// While the destination is the address that stands for the Service.
    static let clientOfService: [Selector] = [.sourceAddress, .destinationAddress]
    static let backend: [Selector] = [.destinationAddress, .destinationPort]
}
