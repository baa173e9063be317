import DNSMessage
import Testing

@Suite("Record types")
struct RecordTypeTests {
    @Test("the numbers are IANA's")
    func numbers() {
        #expect(RecordType.aaaa.rawValue == 28)
        #expect(RecordType.srv.rawValue == 33)
    }
}
