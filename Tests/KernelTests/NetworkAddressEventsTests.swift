import Addressing
import Netfilter
import Support
import Testing

@Suite("Addresses that come and go")
struct NetworkAddressEventsTests {
    @Test(
        "are noticed, and nothing else is",
        arguments: ["198.51.100.7/32", "2001:db8:7::7/128"])
    func comeAndGo(text: String) throws {
        let namespace = try NetworkNamespace()
        var events = try AddressEvents(inNamespace: namespace.name)
        #expect(try !events.haveCome())
        for action in ["add", "del"] {
            let change = try namespace.run("ip", "address", action, text, "dev", "lo", "nodad")
            #expect(change.status == 0, "\(change.complaint)")
            var haveCome = false
            // The kernel finishes an IPv6 address in a work queue.
            for _ in 0..<1_000_000 where !haveCome { haveCome = try events.haveCome() }
            #expect(haveCome)
        }
        _ = try namespace.run("ip", "route", "add", "192.0.2.0/24", "dev", "lo")
        #expect(try !events.haveCome())
    }
}
