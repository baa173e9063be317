import DNSForwarding
import Testing

@Suite("Forwarding limits")
struct ForwardingLimitsTests {
    @Test("a question outlives the first server's silence")
    func timeouts() {
        let limits = ForwardingLimits()
        #expect(limits.totalTimeout >= limits.attemptTimeout * 2)
    }
}
