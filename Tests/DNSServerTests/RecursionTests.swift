import Addressing
import DNSMessage
import Testing

@testable import DNSServer

@Suite("Names outside the zone")
struct RecursionTests {
    @Test(
        "are resolved for those who may",
        arguments: ["127.0.0.1", "127.255.255.255", "::1", "10.244.0.0", "10.244.255.255"])
    func allowed(client: String) throws {
        let asking = try Asking()
        guard case .forward(let request) = try asking.ask(try query("example.com"), from: client)
        else { throw NoReply() }
        #expect(request.target == Question(name: try name("example.com"), type: .a))
        #expect(request.client == (try address(client)))
    }

    @Test(
        "are refused to all others",
        arguments: ["203.0.113.1", "10.243.255.255", "10.245.0.0", "::2", "fd00::1", "128.0.0.0"])
    func refused(client: String) throws {
        let asking = try Asking()
        let reply = try asking.reply(try query("example.com"), from: client)
        #expect(reply.header.responseCode == .refused)
        #expect(!reply.header.isRecursionAvailable)
    }

    @Test("the zone's are answered to everybody")
    func inside() throws {
        let asking = try Asking()
        let reply = try asking.reply(
            try query("web.default.svc.cluster.local"), from: "203.0.113.1")
        #expect(reply.answers.count == 1)
        #expect(!reply.header.isRecursionAvailable)
    }

    @Test("an alias that leads outside is followed for those who may, and told to all")
    func alias() throws {
        let asking = try Asking()
        let bytes = try query("FAR.default.svc.cluster.local")
        guard case .forward(let request) = try asking.ask(bytes) else { throw NoReply() }
        #expect(request.target == Question(name: try name("web.default.svc.acme.local"), type: .a))
        #expect(request.aliases.map(\.type) == [.cname])

        let told = try asking.reply(bytes, from: "203.0.113.1")
        #expect(told.header.responseCode == .noError)
        #expect(told.answers.map(\.data) == [.cname(try name("web.default.svc.acme.local"))])
    }

    @Test("blocks may overlap and come in any order")
    func list() throws {
        let list = AddressList(
            try [
                "192.168.0.0/16", "10.0.0.0/8", "192.168.50.0/24", "fd00::/8", "10.0.0.1/32",
                "172.16.0.0/12",
            ].map { try block($0) })
        for inside in ["10.0.0.0", "10.255.255.255", "192.168.50.1", "172.31.0.1", "fdff::"] {
            #expect(list.contains(try address(inside)))
        }
        for outside in ["9.255.255.255", "11.0.0.0", "192.169.0.0", "172.32.0.0", "fe00::"] {
            #expect(!list.contains(try address(outside)))
        }
        #expect(!AddressList([]).contains(try address("10.0.0.1")))
    }
}
