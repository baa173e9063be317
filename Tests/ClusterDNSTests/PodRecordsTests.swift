import ClusterDNS
import Testing

@Suite("Pod records")
struct PodRecordsTests {
    @Test("the three ways are spelled as CoreDNS spells them, but for off")
    func spelling() {
        #expect(PodRecords.allCases.map(\.rawValue) == ["off", "insecure", "verified"])
    }
}
