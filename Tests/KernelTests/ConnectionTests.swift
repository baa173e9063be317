import Netfilter
import Ruleset
import Support
import Testing

/// The actor that tasks share.
@Suite("Connection")
struct ConnectionTests {
    @Test("commits of many tasks each happen as a whole")
    func manyTasks() async throws {
        let namespace = try NetworkNamespace()
        let connection = try NetfilterConnection(inNamespace: namespace.name)
        let id = TableID(.ip, "sluice")
        let set = SetDeclaration("s", key: [.destinationAddress])
        try await connection.commit([
            .createTable(id, flags: [], comment: nil), .createSet(id, set),
        ])
        try await withThrowingTaskGroup(of: Void.self) { group in
            for task in 0..<8 {
                group.addTask {
                    for round in 0..<25 {
                        let element = Element(ElementData(UInt32(task * 100 + round)))
                        try await connection.commit([.addElements(id, set, [element])])
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(try await connection.elements(of: id, in: set).count == 200)
        #expect(try await connection.read([id]).tables[id]?.sets["s"]?.elements.count == 200)
        #expect(try await connection.listTables() == [Table(id)])
        #expect(try await connection.counters(of: id, in: set).isEmpty)
        #expect(try await connection.generation() > 200)
    }

    @Test("a refusal reaches the task that committed")
    func refusal() async throws {
        let namespace = try NetworkNamespace()
        let connection = try NetfilterConnection(inNamespace: namespace.name)
        await #expect(throws: NetfilterError.self) {
            try await connection.commit([.deleteTable(TableID(.ip, "none"))])
        }
    }
}
