import Ruleset
import Testing

@Test("a key's fields have the kernel's sizes")
func fieldSizes() {
    #expect(Selector.sourceAddress.byteCount(in: .ip) == 4)
    #expect(Selector.sourceAddress.byteCount(in: .ip6) == 16)
    #expect(Selector.transportProtocol.byteCount(in: .ip6) == 1)
    #expect(Selector.originalDestinationPort.byteCount(in: .ip) == 2)
    #expect(Selector.random(modulus: 7).byteCount(in: .ip) == 4)
}
