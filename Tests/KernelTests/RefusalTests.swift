import Addressing
import Glibc
import Netfilter
import Ruleset
import Support
import Testing

/// What happens when the kernel, or the encoder before it, says no.
@Suite("Refusals")
struct RefusalTests {
    private let id = TableID(.ip, "sluice")
    private let set = SetDeclaration("cluster_ips", key: [.destinationAddress])
    private let map = SetDeclaration("m", key: [.destinationAddress], value: .verdict)

    private func elements(_ numbers: Range<UInt32>) -> [Element] {
        numbers.map { Element(ElementData(0x0a60_0000 + $0), comment: "default/web") }
    }

    @Test("the refused change is named, and nothing of the batch is done")
    func namesTheChange() throws {
        var kernel = try Kernel()
        let error = try kernel.refusal(of: [
            .createTable(id, flags: [], comment: nil),
            .createChain(id, name: "a", base: nil, comment: nil),
            .replaceRules(id, chain: "a", [Rule(.verdict(.accept)), Rule(.verdict(.goto("no")))]),
            .createSet(id, set),
        ])
        #expect(error == NetfilterError(.commit, code: ENOENT, changeIndex: 2))
        #expect(error?.isNotFound == true)
        #expect(
            error?.description
                == "could not commit the changes: change 2: ENOENT (No such file or directory)")
        #expect(try kernel.tables() == Ruleset())
    }

    @Test("the first of several refusals is named", arguments: [0, 1, 700, 4999])
    func namesTheElement(missing: Int) throws {
        var kernel = try Kernel()
        var present = elements(0..<5000)
        let wanted = present
        present.remove(at: missing)
        try kernel.load(Table(id, sets: [ElementSet(set, elements: present)]))
        let error = try kernel.refusal(of: [
            .createChain(id, name: "a", base: nil, comment: nil),
            .removeElements(id, set, wanted),
            .deleteChain(id, name: "none"),
        ])
        #expect(
            error
                == NetfilterError(.commit, code: ENOENT, changeIndex: 1, elementIndex: missing))
    }

    @Test("an element that is there already is refused")
    func existingElement() throws {
        var kernel = try Kernel()
        try kernel.load(
            Table(
                id, chains: [Chain("a"), Chain("b")],
                sets: [
                    ElementSet(
                        map,
                        elements: [Element(ElementData(3), value: .verdict(.goto("a")))])
                ]))
        // Kernels differ in whether another value is EEXIST or EBUSY.
        for chain in ["a", "b"] {
            let error = try kernel.refusal(of: [
                .addElements(id, map, [Element(ElementData(3), value: .verdict(.goto(chain)))])
            ])
            #expect(error?.isAlreadyThere == true)
            #expect(error?.changeIndex == 0)
            #expect(error?.elementIndex == 0)
        }
    }

    @Test("an element may be removed and added anew in one commit")
    func replacedElement() throws {
        var kernel = try Kernel()
        let old = Element(ElementData(3), value: .verdict(.goto("a")), comment: "old")
        let new = Element(ElementData(3), value: .verdict(.goto("b")), comment: "new")
        try kernel.load(
            Table(id, chains: [Chain("a"), Chain("b")], sets: [ElementSet(map, elements: [old])]))
        try kernel.socket.commit([.removeElements(id, map, [old]), .addElements(id, map, [new])])
        #expect(try kernel.socket.elements(of: id, in: map) == [new])
    }

    @Test("comments and names at their limit are kept, one byte more is refused before the kernel")
    func tooLong() throws {
        var kernel = try Kernel()
        let comment = String(repeating: "c", count: 128)
        let name = String(repeating: "n", count: 255)
        let plan = Table(
            id, comment: comment, chains: [Chain(name, comment: comment)],
            sets: [
                ElementSet(
                    SetDeclaration("s", key: [.destinationAddress], comment: comment),
                    elements: [Element(ElementData(1), comment: comment)])
            ])
        try kernel.load(plan)
        #expect(try kernel.tables() == Ruleset([plan]))
        let tooLong: [RulesetChange] = [
            .createTable(id, flags: [], comment: comment + "c"),
            .createChain(id, name: name + "n", base: nil, comment: nil),
            .createChain(id, name: "b", base: nil, comment: comment + "c"),
            .createSet(id, SetDeclaration("t", key: [.sourceAddress], comment: comment + "c")),
            // Fits alone, but not beside what nft notes of five fields.
            .createSet(
                id,
                SetDeclaration(
                    "t", key: [.sourceAddress] + DataPlane.slot, value: .data(DataPlane.backend),
                    comment: comment)),
            .replaceRules(id, chain: name, [Rule(.verdict(.jump(name + "n")))]),
            .addElements(id, map, [Element(ElementData(1), value: .verdict(.jump(name + "n")))]),
            .addElements(id, set, [Element(ElementData(1), comment: comment + "c")]),
        ]
        for change in tooLong {
            let error = try kernel.refusal(of: [.createTable(id, flags: [], comment: nil), change])
            #expect(error?.operation == .encode)
            #expect(error?.code == EMSGSIZE)
            #expect(error?.changeIndex == 1)
        }
    }

    @Test("a batch at its limit is committed, a longer one is refused before the kernel")
    func tooLarge() throws {
        var kernel = try Kernel(maximumBatchBytes: 400_000)
        try kernel.load(Table(id, sets: [ElementSet(set)]))
        // An element with this comment takes 32 bytes.
        let fitting = elements(0..<10_000)
        try kernel.socket.commit([.addElements(id, set, fitting)])
        #expect(try kernel.socket.elements(of: id, in: set).count == fitting.count)
        let error = try kernel.refusal(of: [.addElements(id, set, elements(10_000..<30_000))])
        #expect(error?.isTooLarge == true)
        #expect(error?.changeIndex == nil)
        #expect(try kernel.socket.elements(of: id, in: set).count == fitting.count)
        try kernel.socket.commit([.addElements(id, set, elements(10_000..<20_000))])
    }

    @Test("a commit that starts from an old generation is refused")
    func generation() throws {
        var kernel = try Kernel()
        let old = try kernel.socket.generation()
        try kernel.socket.commit([.createTable(id, flags: [], comment: nil)], ifGeneration: old)
        #expect(try kernel.socket.generation() == old + 1)
        do {
            try kernel.socket.commit([.deleteTable(id)], ifGeneration: old)
            Issue.record("the old generation was accepted")
        } catch {
            #expect(error.isOutdated)
            #expect(error.changeIndex == nil)
        }
        try kernel.socket.commit([.deleteTable(id)], ifGeneration: old + 1)
    }

    @Test("an empty list of changes does nothing")
    func nothing() throws {
        var kernel = try Kernel()
        let before = try kernel.socket.generation()
        try kernel.socket.commit([])
        #expect(try kernel.socket.generation() == before)
    }

    @Test("a table that is not there is not in what is read, and a set that is not there throws")
    func absent() throws {
        var kernel = try Kernel()
        #expect(try kernel.tables() == Ruleset())
        #expect(try kernel.socket.listTables().isEmpty)
        #expect(throws: NetfilterError(.read, code: ENOENT)) {
            try kernel.socket.elements(of: id, in: set)
        }
        #expect(throws: NetfilterError(.open, code: ENOENT)) {
            _ = try NetfilterSocket(inNamespace: "sluice-no-such-namespace")
        }
    }
}
