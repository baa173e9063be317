import Addressing
import Testing

@testable import Daemon
@testable import LoadBalancer

@Suite("Flags of where a balancer puts addresses")
struct AddressChoicesTests {
    private func choices(
        announce: String = "arp", interface: String? = "eth0", followAddress: String? = nil,
        probe: String = "on", onStop: String = "release", withdraw: String = "empty"
    ) throws(ConfigurationError) -> AddressChoices {
        try AddressChoices(
            announce: announce, interface: interface, followAddress: followAddress, probe: probe,
            onStop: onStop, withdraw: withdraw)
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
        #expect(try choices(followAddress: "fd50::100").holding.leader == IPAddress("fd50::100"))
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
            ("--probe", flag { () throws(ConfigurationError) in try choices(probe: "yes") }),
            ("--on-stop", flag { () throws(ConfigurationError) in try choices(onStop: "no") }),
            ("--withdraw", flag { () throws(ConfigurationError) in try choices(withdraw: "late") }),
        ]
        for (name, complaint) in cases { #expect(complaint?.contains(name) == true) }
    }
}
