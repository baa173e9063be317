import Addressing
import Support
import Testing

/// A client's network namespace joined by a cable to a router's; both go with this value.
///
/// | | client `near0` | router `far0` | a node that answers | a node that is silent |
/// |---|---|---|---|---|
/// | v4 | 203.0.113.10/24 | 203.0.113.1/24 | 192.168.50.1 | 192.168.50.2 |
/// | v6 | fd00:203::10/64 | fd00:203::1/64 | fd00:50::1 | fd00:50::2 |
///
/// The answering node is an address of the router, the silent one lies behind a cable that
/// nobody listens at the end of.
/// The client sends 198.51.100.0/24 and fd00:198::/64 through the router.
struct NetworkLab {
    private let clientNamespace: NetworkNamespace
    private let routerNamespace: NetworkNamespace

    /// The client's namespace, as `ip netns` knows it.
    var client: String { clientNamespace.name }
    /// The router's namespace, as `ip netns` knows it.
    var router: String { routerNamespace.name }

    init() throws {
        clientNamespace = try NetworkNamespace()
        routerNamespace = try NetworkNamespace()
        try onClient("ip link add near0 type veth peer name far0 netns \(router)")
        for command in Self.clientSetUp { try onClient(command) }
        for command in Self.routerSetUp { try onRouter(command) }
    }

    /// Runs a program on the router and gives what it printed; it has to succeed.
    @discardableResult
    func onRouter(_ command: String, input: String = "") throws -> String {
        try run(command, in: routerNamespace, input: input)
    }

    /// Runs a program on the client and gives what it printed; it has to succeed.
    @discardableResult
    func onClient(_ command: String) throws -> String {
        try run(command, in: clientNamespace, input: "")
    }

    /// Loads rules on the router.
    func loadRules(_ text: String) throws {
        try onRouter("nft -f -", input: text)
    }

    private func run(
        _ command: String, in namespace: NetworkNamespace, input: String
    ) throws -> String {
        let output = try namespace.run(
            command.split(separator: " ").map(String.init), input: input)
        try #require(output.status == 0, "\(command): \(output.complaint)")
        return output.text
    }

    private static let clientSetUp = [
        "ip addr add 203.0.113.10/24 dev near0", "ip addr add fd00:203::10/64 dev near0 nodad",
        "ip link set near0 up",
        "ip route add 198.51.100.0/24 via 203.0.113.1",
        "ip route add fd00:198::/64 via fd00:203::1",
    ]

    private static let routerSetUp = [
        "ip addr add 203.0.113.1/24 dev far0", "ip addr add fd00:203::1/64 dev far0 nodad",
        "ip addr add 192.168.50.1/32 dev lo", "ip addr add fd00:50::1/128 dev lo nodad",
        "ip link set far0 up",
        "ip link add silent0 type veth peer name silent1", "ip link set silent0 arp off",
        "ip link set silent0 up", "ip link set silent1 up",
        "ip route add 192.168.50.2/32 dev silent0", "ip route add fd00:50::2/128 dev silent0",
        "sysctl -qw net.ipv4.ip_forward=1", "sysctl -qw net.ipv6.conf.all.forwarding=1",
    ]
}

/// An address that the test knows to be one.
func address(_ text: String) throws -> IPAddress { try #require(IPAddress(text)) }

/// An endpoint that the test knows to be one.
func endpoint(_ text: String) throws -> SocketEndpoint { try #require(SocketEndpoint(text)) }
