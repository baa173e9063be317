import DNSServer
import Testing

@Suite("Query transports")
struct QueryTransportTests {
    @Test("metrics name them as people do")
    func names() {
        #expect(QueryTransport.allCases.map(\.rawValue) == ["udp", "tcp"])
    }
}
