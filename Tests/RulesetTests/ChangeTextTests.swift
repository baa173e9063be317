import Addressing
import Fixtures
import Ruleset
import Testing

@Suite("Changes as commands of nft")
struct ChangeTextTests {
    private let table = TableID(.ip, "sluice")
    private let map = SetDeclaration(
        "services", key: [.destinationAddress, .transportProtocol, .destinationPort],
        value: .verdict)

    private var key: ElementData {
        var key = ElementData()
        key.append(address("10.96.0.10"))
        key.append(TransportProtocol.tcp)
        key.append(port(80))
        return key
    }

    @Test("an element is spelled as in a listing")
    func elements() {
        let element = Element(key, value: .verdict(.goto("random_3")), comment: "default/web")
        let text =
            "ip sluice services { 10.96.0.10 . tcp . 80 comment \"default/web\" : goto random_3 }"
        #expect(
            ChangeText.lines(of: [
                .removeElements(table, map, [element]), .addElements(table, map, [element]),
            ]) == ["delete element \(text)", "add element \(text)"])
    }

    @Test("replaced rules are a flush and the new rules")
    func rules() {
        let rule = Rule(.isProtocol([.tcp]), .reject(.tcpReset))
        #expect(
            ChangeText.lines(of: [.replaceRules(table, chain: "refuse", [rule])]) == [
                "flush chain ip sluice refuse",
                "add rule ip sluice refuse meta l4proto tcp reject with tcp reset",
            ])
    }

    @Test("tables, chains and sets are made and removed by name")
    func containers() {
        #expect(
            ChangeText.lines(of: [
                .createTable(table, flags: [], comment: nil), .createSet(table, map),
                .createChain(table, name: "refuse", base: nil, comment: nil),
                .deleteChain(table, name: "refuse"), .deleteSet(table, name: "services"),
                .deleteTable(table),
            ]) == [
                "add table ip sluice", "add map ip sluice services",
                "add chain ip sluice refuse", "delete chain ip sluice refuse",
                "delete set ip sluice services", "delete table ip sluice",
            ])
    }
}
