import DNSMessage
import Testing

@testable import DNSForwarding

@Suite("resolv.conf")
struct ResolvConfTests {
    @Test("nameservers are read in order, of both families and with an interface")
    func nameservers() {
        let file = ResolvConf(
            """
            # made by hand
            nameserver 10.96.0.10
            nameserver\tfd00::10   # the other family
            ; an old one:
            nameserver fe80::1%eth0
            """)
        #expect(
            file.nameservers == [
                server("10.96.0.10"), server("fd00::10"), server("[fe80::1%eth0]:53"),
            ])
        #expect(file.nameservers.last?.interface == "eth0")
        #expect(file.problems.isEmpty)
    }

    @Test(
        "of domain and search the last line counts",
        arguments: [
            ("domain a.example\nsearch b.example c.example", ["b.example.", "c.example."]),
            ("search b.example c.example\ndomain a.example", ["a.example."]),
            ("search a.example\r\nsearch b.example ; not c.example\r\n", ["b.example."]),
            ("search .", ["."]),
        ])
    func searches(text: String, names: [String]) {
        let file = ResolvConf(text)
        #expect(file.searches.map(\.description) == names)
        #expect(file.problems.isEmpty)
    }

    @Test("options of all lines are kept, with their values")
    func options() {
        let file = ResolvConf("options ndots:5 rotate\noptions timeout:1")
        #expect(file.options.map(\.name) == ["ndots", "rotate", "timeout"])
        #expect(file.options.map(\.value) == ["5", nil, "1"])
    }

    @Test("odd lines are reported by number, and the others count")
    func oddLines() {
        let file = ResolvConf(
            """
            nameserver 300.1.1.1
            nameserver
            nameserver 192.0.2.1
            lookup file bind
            search a..b good.example
            sortlist 130.155.160.0/255.255.240.0
            nameserver 192.0.2.2%eth0
            """)
        #expect(file.nameservers == [server("192.0.2.1")])
        #expect(file.searches == [name("good.example")])
        #expect(
            file.problems == [
                ResolvConfProblem(line: 1, reason: .noAddress("300.1.1.1")),
                ResolvConfProblem(line: 2, reason: .noValue("nameserver")),
                ResolvConfProblem(line: 4, reason: .unknownKeyword("lookup")),
                ResolvConfProblem(line: 5, reason: .noName("a..b")),
                ResolvConfProblem(line: 7, reason: .noAddress("192.0.2.2%eth0")),
            ])
        #expect(file.problems.first?.description == "line 1: \"300.1.1.1\" is no address")
    }

    @Test("as many nameservers, searches and options as are meant are read, and no more")
    func limits() {
        let servers = (1...16).map { "nameserver 192.0.2.\($0)\n" }.joined()
        let searches = "search " + (1...33).map { "s\($0).example " }.joined() + "\n"
        let options = "options " + (1...65).map { "o\($0) " }.joined()
        let file = ResolvConf(servers + searches + options)
        #expect(file.nameservers.count == 15)
        #expect(file.searches.count == 32)
        #expect(file.options.count == 64)
        #expect(
            file.problems == [
                ResolvConfProblem(line: 16, reason: .tooMany("nameserver")),
                ResolvConfProblem(line: 17, reason: .tooMany("search")),
                ResolvConfProblem(line: 18, reason: .tooMany("options")),
            ])
    }

    @Test("a file as long as is read is read, one byte more is not")
    func length() {
        let line = "nameserver 192.0.2.1\n"
        let comment = String(repeating: "#", count: 65_536 - line.utf8.count)
        #expect(ResolvConf(line + comment).nameservers.count == 1)
        let long = ResolvConf(line + comment + "#")
        #expect(long.nameservers.isEmpty)
        #expect(long.problems.map(\.reason) == [.tooLong])
    }

    @Test("a file of nonsense reports no more problems than are kept")
    func nonsense() {
        let file = ResolvConf(String(repeating: "?\n", count: 1_000))
        #expect(file.problems.count == 100)
    }
}
