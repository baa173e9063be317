import Addressing
import Fixtures
import Ruleset
import Testing

@Suite("A packet's walk")
struct PacketWalkTests {
    private static let client = address("203.0.113.10")
    private static let node = address("192.168.50.1")
    private let web = endpoint(address("10.96.0.10"), 80)
    private let drop = Rule(.verdict(.drop))

    private func fate(
        _ chains: [Chain], sets: [ElementSet] = [], to destination: SocketEndpoint? = nil,
        from origin: PacketWalk.Origin = .network
    ) -> PacketFate {
        var walk = walk(chains, sets: sets)
        return walk.walk(packet(to: destination ?? web), from: origin)
    }

    private func walk(_ chains: [Chain], sets: [ElementSet] = []) -> PacketWalk {
        let table = Table(TableID(.ip, "test"), chains: chains, sets: sets)
        return PacketWalk(through: table, localAddresses: [Self.node]) { _ in 0 }
    }

    private func packet(to destination: SocketEndpoint) -> Packet {
        Packet(.tcp, from: endpoint(Self.client, 40_000), to: destination)
    }

    private func base(_ hook: BaseChain.Hook, priority: Int32 = 0, _ rules: Rule...) -> Chain {
        Chain("\(hook)\(priority)", base: BaseChain(.nat, hook, priority: priority), rules: rules)
    }

    @Test("goes on after the jump when the chain that it jumped to ends or returns")
    func jump() {
        for rules in [[], [Rule(.verdict(.return)), Rule(.verdict(.accept))]] {
            let chains = [
                base(.prerouting, Rule(.verdict(.jump("side"))), drop), Chain("side", rules: rules),
            ]
            #expect(fate(chains).outcome == .dropped)
        }
    }

    @Test("does not come back from a goto")
    func goto() {
        let chains = [base(.prerouting, Rule(.verdict(.goto("side"))), drop), Chain("side")]
        #expect(fate(chains).outcome == .delivered(to: web, isMasqueraded: false))
    }

    @Test("comes back to the jump from a goto behind it")
    func gotoBehindJump() {
        let chains = [
            base(.prerouting, Rule(.verdict(.jump("first"))), drop),
            Chain("first", rules: [Rule(.verdict(.goto("second"))), Rule(.verdict(.accept))]),
            Chain("second"),
        ]
        #expect(fate(chains).outcome == .dropped)
    }

    @Test("a destination that is written shows in the next lookup, and can be put back")
    func writtenDestination() {
        let pod = endpoint(address("10.244.1.2"), 8080)
        var place = ElementData()
        place.append(web.address)
        var service = ElementData()
        service.append(address("10.96.0.99"))
        var value = ElementData()
        value.append(pod.address)
        value.append(pod.port)
        func table(_ key: ElementData) -> [ElementSet] {
            [
                ElementSet(
                    SetDeclaration(
                        "places", key: [.destinationAddress], value: .data([.destinationAddress])),
                    elements: [Element(place, value: .data(service))]),
                ElementSet(
                    SetDeclaration(
                        "pods", key: [.destinationAddress],
                        value: .data([.destinationAddress, .destinationPort])),
                    elements: [Element(key, value: .data(value))]),
            ]
        }
        let chains = [
            base(
                .prerouting,
                Rule(
                    .setDestination([.destinationAddress], map: "places"),
                    .translateDestination([.destinationAddress], map: "pods")),
                Rule(.copyToDestination(.originalDestinationAddress))),
            base(.postrouting, Rule(.isDestinationTranslated, .masquerade)),
        ]
        #expect(
            fate(chains, sets: table(service)).outcome
                == .delivered(to: pod, isMasqueraded: true))
        #expect(
            fate(chains, sets: table(place)).outcome
                == .delivered(to: web, isMasqueraded: false))
    }

    @Test("is over for its hook with accept, and goes on at the next chain")
    func accept() {
        let chains = [
            base(.prerouting, priority: -1, Rule(.verdict(.jump("side"))), drop),
            Chain("side", rules: [Rule(.verdict(.accept))]),
            base(.prerouting, priority: 1, Rule(.reject(.tcpReset))),
        ]
        #expect(fate(chains).outcome == .refused(.tcpReset))
    }

    @Test("passes the chains of a hook in order of priority")
    func priority() {
        let chains = [
            base(.prerouting, priority: 5, drop),
            base(.prerouting, priority: -5, Rule(.reject(.tcpReset))),
        ]
        #expect(fate(chains).outcome == .refused(.tcpReset))
    }

    @Test("passes the hooks that the kernel passes")
    func hooks() {
        func met(_ origin: PacketWalk.Origin, to destination: IPAddress) -> [String] {
            let all = BaseChain.Hook.allCases.map { hook in
                Chain(
                    "\(hook)", base: BaseChain(.filter, hook, priority: 0),
                    rules: [Rule(.isSourceLocal)])
            }
            return fate(all, to: endpoint(destination, 80), from: origin).steps.map(\.chain)
        }
        #expect(met(.network, to: Self.client) == ["prerouting", "forward", "postrouting"])
        #expect(met(.network, to: Self.node) == ["prerouting", "input"])
        #expect(met(.thisHost, to: Self.client) == ["output", "postrouting"])
        #expect(met(.thisHost, to: Self.node) == ["output", "postrouting", "input"])
    }

    @Test("leaves a rule at the first statement that does not match")
    func noMatch() {
        let chains = [base(.prerouting, Rule(.isProtocol([.udp]), .verdict(.drop)))]
        #expect(fate(chains).outcome == .delivered(to: web, isMasqueraded: false))
    }

    @Test("finds addresses at both ends of a range, and none beside it")
    func intervals() {
        let set = rangeSet(of: [.destinationAddress], "10.0.0.4", "10.0.0.7", port: nil)
        let rule = Rule(
            .inSet([.destinationAddress], isNegated: false, set: "ranges"), .verdict(.drop))
        for (text, isInside) in [
            ("10.0.0.3", false), ("10.0.0.4", true), ("10.0.0.5", true), ("10.0.0.7", true),
            ("10.0.0.8", false),
        ] {
            let outcome = fate(
                [base(.prerouting, rule)], sets: [set], to: endpoint(address(text), 80)
            ).outcome
            #expect((outcome == .dropped) == isInside)
        }
    }

    @Test("compares each field of a range by itself")
    func concatenatedIntervals() {
        let fields: [Selector] = [.destinationAddress, .destinationPort]
        let set = rangeSet(of: fields, "10.0.0.4", "10.0.0.7", port: 80)
        let rule = Rule(.inSet(fields, isNegated: false, set: "ranges"), .verdict(.drop))
        func outcome(_ text: String, _ port: UInt16) -> PacketOutcome {
            fate([base(.prerouting, rule)], sets: [set], to: endpoint(address(text), port)).outcome
        }
        #expect(outcome("10.0.0.5", 80) == .dropped)
        #expect(outcome("10.0.0.5", 79) != .dropped)
        #expect(outcome("10.0.0.5", 81) != .dropped)
    }

    private func rangeSet(
        of fields: [Selector], _ first: String, _ last: String, port number: UInt16?
    ) -> ElementSet {
        var low = ElementData()
        low.append(address(first))
        var high = ElementData()
        high.append(address(last))
        if let number {
            low.append(port(number))
            high.append(port(number))
        }
        let declaration = SetDeclaration("ranges", key: fields, isInterval: true)
        return ElementSet(declaration, elements: [Element(low, through: high)])
    }

    @Test("remembers what a rule has learned, and keeps the first value")
    func memory() {
        let affinity = SetDeclaration(
            "affinity", key: [.sourceAddress],
            value: .data([.destinationAddress, .destinationPort]),
            filling: .byPackets(timeoutSeconds: 60), size: 10)
        let chains = [
            base(.prerouting, Rule(.translateDestination([.sourceAddress], map: "affinity"))),
            base(
                .postrouting,
                Rule(
                    .update(
                        set: "affinity", key: [.sourceAddress], timeoutSeconds: 60,
                        value: [.destinationAddress, .destinationPort]))),
        ]
        var walk = walk(chains, sets: [ElementSet(affinity)])
        let other = endpoint(address("10.96.0.11"), 81)
        for destination in [web, other, other] {
            let outcome = walk.walk(packet(to: destination), from: .network).outcome
            #expect(outcome == .delivered(to: web, isMasqueraded: false))
        }
        #expect(walk.learned["affinity"]?.count == 1)
    }

    @Test("meets no nat chain if connection tracking cannot place the packet")
    func invalid() {
        let chains = [
            base(.prerouting, drop),
            Chain(
                "filter", base: BaseChain(.filter, .forward, priority: 0),
                rules: [Rule(.isInvalid, .reject(.tcpReset))]),
        ]
        var walk = walk(chains)
        let late = Packet(.tcp, from: endpoint(Self.client, 1), to: web, isInvalid: true)
        #expect(walk.walk(late, from: .network).outcome == .refused(.tcpReset))
    }

    @Test("tells the rules and elements that it met")
    func steps() {
        var key = ElementData()
        key.append(port(80))
        let map = ElementSet(
            SetDeclaration("services", key: [.destinationPort], value: .verdict),
            elements: [Element(key, value: .verdict(.goto("refuse")), comment: "default/web")])
        let chains = [
            base(.prerouting, Rule(.verdictMap([.destinationPort], map: "services"))),
            Chain("refuse", rules: [Rule(.isProtocol([.tcp]), .reject(.tcpReset))]),
        ]
        #expect(
            fate(chains, sets: [map]).steps.map(\.description) == [
                "prerouting0: th dport vmap @services -> \"default/web\" goto refuse",
                "refuse: meta l4proto tcp", "refuse: reject with tcp reset",
            ])
    }
}
