import Addressing
import Fixtures
import Ruleset
import Testing

@Suite("The changes from one ruleset to another")
struct RulesetDiffTests {
    @Test("lead there, each step legal", arguments: 0..<100 as Range<UInt64>)
    func changesLeadThere(seed: UInt64) {
        var random = RandomRuleset(seed: seed)
        var ruleset = random.ruleset()
        let target = random.ruleset()
        for change in ruleset.changes(to: target) {
            #expect(ruleset.obstacle(to: change) == nil)
            ruleset.apply([change])
            #expect(ruleset.danglingNames.isEmpty)
        }
        #expect(ruleset == target)
    }

    @Test("are none if nothing differs", arguments: 0..<20 as Range<UInt64>)
    func noChanges(seed: UInt64) {
        var random = RandomRuleset(seed: seed)
        let ruleset = random.ruleset()
        #expect(ruleset.changes(to: ruleset).isEmpty)
    }

    @Test("touch nothing but the element that differs")
    func oneElement() {
        let old = Element(key(80), value: .verdict(.accept))
        let new = Element(key(80), value: .verdict(.drop))
        let other = Element(key(81), value: .verdict(.accept))
        let changes = ruleset([old, other]).changes(to: ruleset([new, other]))
        #expect(changes == [.removeElements(id, map, [old]), .addElements(id, map, [new])])
    }

    @Test("fill the endpoints before a frontend leads to them")
    func dataFirst() {
        let data = SetDeclaration(
            "zz_last_by_name", key: [.destinationPort], value: .data([.sourcePort]))
        var slot = ElementData()
        slot.append(port(80))
        let wanted = Table(
            id,
            sets: [
                ElementSet(map, elements: [Element(key(80), value: .verdict(.accept))]),
                ElementSet(data, elements: [Element(slot, value: .data(slot))]),
            ])
        let names = Ruleset().changes(to: Ruleset([wanted])).compactMap { change -> String? in
            guard case .addElements(_, let set, _) = change else { return nil }
            return set.name
        }
        #expect(names == [data.name, map.name])
    }

    @Test("claim a table whose owner has died, and do not make it anew")
    func claim() {
        let orphan = Ruleset([Table(id, flags: .persist, sets: [ElementSet(map)])])
        let wanted = Ruleset([Table(id, flags: [.owner, .persist], sets: [ElementSet(map)])])
        #expect(
            orphan.changes(to: wanted)
                == [.createTable(id, flags: [.owner, .persist], comment: nil)])
        var ruleset = orphan
        ruleset.apply(orphan.changes(to: wanted))
        #expect(ruleset == wanted)
    }

    @Test("make a table anew that was made without an owner")
    func plainTable() {
        let plain = Ruleset([Table(id, sets: [ElementSet(map)])])
        let wanted = Ruleset([Table(id, flags: [.owner, .persist], sets: [ElementSet(map)])])
        #expect(plain.changes(to: wanted).first == .deleteTable(id))
        var ruleset = plain
        ruleset.apply(plain.changes(to: wanted))
        #expect(ruleset == wanted)
    }

    @Test("leave what the kernel has learned alone")
    func dynamicSet() {
        let learned = SetDeclaration(
            "learned", key: [.destinationPort], filling: .byPackets(timeoutSeconds: 9))
        var slot = ElementData()
        slot.append(port(80))
        let present = Ruleset([Table(id, sets: [ElementSet(learned, elements: [Element(slot)])])])
        let wanted = Ruleset([Table(id, sets: [ElementSet(learned)])])
        #expect(present.changes(to: wanted).isEmpty)
    }

    private let id = TableID(.ip, "sluice")
    private let map = SetDeclaration("services", key: [.destinationPort], value: .verdict)

    private func key(_ number: UInt16) -> ElementData {
        var data = ElementData()
        data.append(port(number))
        return data
    }

    private func ruleset(_ elements: [Element]) -> Ruleset {
        Ruleset([Table(id, sets: [ElementSet(map, elements: elements)])])
    }
}
