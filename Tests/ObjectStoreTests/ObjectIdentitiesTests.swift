import KubeAPI
import Testing

@testable import ObjectStore

@Suite("Identities of objects")
struct ObjectIdentitiesTests {
    private var identities = ObjectIdentities()

    @Test("what changes twice before it is written is one row, as it is last")
    mutating func onePending() throws {
        let web = identities.identified(Sample.service("web"))
        var written = WrittenStatus()
        written.annotations = ["a": "b"]
        identities.note(written, of: web.key)
        guard case .remember(let row)? = identities.pending.first else {
            Issue.record("there is a row to write")
            return
        }
        #expect(identities.pending.count == 1)
        #expect(row.key == web.key && row.uid == web.metadata.uid)
        #expect(row.written == written)
    }

    @Test("what is forgotten is forgotten in the file, unless there is another of its name")
    mutating func forgotten() {
        let first = identities.identified(Sample.service("web"))
        identities.flushed()
        #expect(identities.pending.isEmpty)
        identities.forget(first.key)
        #expect(identities.pending == [.forget(first.key)])
        let second = identities.identified(Sample.service("web"))
        #expect(second.metadata.uid != first.metadata.uid)
        #expect(identities.pending.count == 1 && identities.pending != [.forget(first.key)])
    }
}
