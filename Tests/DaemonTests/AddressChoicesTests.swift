import Addressing
import LeaderElection
import Testing

@testable import Daemon
@testable import LoadBalancer

@Suite("Flags of where a balancer puts addresses")
struct AddressChoicesTests {
    private func choices(
        announce: String = "arp", interface: String? = "eth0", followAddress: String? = nil,
        pair: String = "off", nodeName: String? = "lb1", leaseName: String = "sluice-balancer",
        leaseNamespace: String = "kube-system",
        times: [String] = ["5s", "3s", "500ms"],
        probe: String = "on", onStop: String = "release", withdraw: String = "empty"
    ) throws(ConfigurationError) -> AddressChoices {
        try AddressChoices(
            announce: announce, interface: interface,
            pair: PairChoices(
                pair: pair, followAddress: followAddress, nodeName: nodeName,
                leaseName: leaseName, leaseNamespace: leaseNamespace, leaseDuration: times[0],
                renewDeadline: times[1], retryPeriod: times[2]),
            probe: probe, onStop: onStop, withdraw: withdraw)
    }

    @Test("each form has its place")
    func places() throws {
        #expect(try choices().holding.place == .link(interface: "eth0"))
        #expect(try choices(announce: "route", interface: nil).holding.place == .host)
        #expect(try choices(announce: "none", interface: nil).holding.place == .nowhere)
    }

    @Test("neighbours are asked unless somebody else decides who has an address")
    func asks() throws {
        #expect(try choices().holding.asksFirst)
        #expect(try !choices(probe: "off").holding.asksFirst)
        #expect(try !choices(announce: "route").holding.asksFirst)
        #expect(try !choices(followAddress: "192.168.50.100").holding.asksFirst)
        #expect(try !choices(pair: "lease").holding.asksFirst)
    }

    @Test("who leads a pair is told by an address or by a Lease")
    func pairs() throws {
        #expect(try choices().holding.condition == .always)
        let leader = try #require(IPAddress("fd50::100"))
        #expect(try choices(followAddress: "fd50::100").holding.condition == .has(leader))
        guard case .holds(let seat) = try choices(pair: "lease").holding.condition else {
            Issue.record("no Lease")
            return
        }
        #expect(seat.place == "kube-system/sluice-balancer")
        #expect(seat.identity == "lb1")
        #expect(seat.timing.duration == .seconds(5))
        #expect(seat.timing.renewDeadline == .seconds(3))
        #expect(seat.timing.retryPeriod == .milliseconds(500))
    }

    @Test("what cannot be meant is refused, and the flag is named")
    func refused() {
        func flag(_ make: () throws(ConfigurationError) -> AddressChoices) -> String? {
            do throws(ConfigurationError) {
                _ = try make()
                return nil
            } catch {
                return error.description
            }
        }
        let cases: [(String, String?)] = [
            ("--announce", flag { () throws(ConfigurationError) in try choices(announce: "bgp") }),
            ("--interface", flag { () throws(ConfigurationError) in try choices(interface: nil) }),
            (
                "--follow-address",
                flag { () throws(ConfigurationError) in try choices(followAddress: "eth0") }
            ),
            (
                "--follow-address",
                flag { () throws(ConfigurationError) in
                    try choices(announce: "none", followAddress: "192.168.50.100")
                }
            ),
            ("--pair", flag { () throws(ConfigurationError) in try choices(pair: "vrrp") }),
            (
                "--follow-address",
                flag { () throws(ConfigurationError) in
                    try choices(followAddress: "192.168.50.100", pair: "lease")
                }
            ),
            (
                "--pair",
                flag { () throws(ConfigurationError) in
                    try choices(announce: "none", pair: "lease")
                }
            ),
            (
                "--lease-name",
                flag { () throws(ConfigurationError) in
                    try choices(pair: "lease", leaseName: "Two Balancers")
                }
            ),
            (
                "--renew-deadline",
                flag { () throws(ConfigurationError) in
                    try choices(pair: "lease", times: ["5s", "4s", "500ms"])
                }
            ),
            (
                "--node-name",
                flag { () throws(ConfigurationError) in
                    try choices(pair: "lease", nodeName: "localhost")
                }
            ),
            ("--probe", flag { () throws(ConfigurationError) in try choices(probe: "yes") }),
            ("--on-stop", flag { () throws(ConfigurationError) in try choices(onStop: "no") }),
            ("--withdraw", flag { () throws(ConfigurationError) in try choices(withdraw: "late") }),
        ]
        for (name, complaint) in cases { #expect(complaint?.contains(name) == true) }
    }

    @Test("a Lease's name may have dots, its namespace may not, as Kubernetes has it")
    func leaseNames() throws {
        _ = try choices(pair: "lease", leaseName: "pair.one", leaseNamespace: "network-1")
        let odd = [
            ("pair..one", "kube-system"), ("pair.-one", "kube-system"), ("", "kube-system"),
            ("pair", "kube.system"), ("pair", String(repeating: "a", count: 64)),
        ]
        for (name, namespace) in odd {
            #expect(throws: ConfigurationError.self) {
                try choices(pair: "lease", leaseName: name, leaseNamespace: namespace)
            }
        }
    }
}
