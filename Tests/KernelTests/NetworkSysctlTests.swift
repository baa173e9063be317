import Netfilter
import Testing

@Suite("Sysctls")
struct NetworkSysctlTests {
    @Test("a change says what was before, and touches its own namespace only")
    func change() throws {
        let lab = try NetworkLab()
        let forwarding = "net.ipv4.ip_forward"
        let clients = try #require(Sysctl(forwarding, inNamespace: lab.client))
        let routers = try #require(Sysctl(forwarding, inNamespace: lab.router))
        #expect(try routers.set(to: "0") == SysctlChange(name: forwarding, before: "1", after: "0"))
        let before = try clients.read()
        try clients.write("1")
        #expect(try clients.set(to: "1") == nil)
        #expect(try clients.read() == "1")
        #expect(try routers.read() == "0")
        try clients.write(before)
    }

    @Test("a dot inside a part is written with slashes around it")
    func dots() throws {
        let lab = try NetworkLab()
        try lab.onRouter("ip link add far0.7 type veth peer name other")
        let filter = try #require(
            Sysctl("net/ipv4/conf/far0.7/rp_filter", inNamespace: lab.router))
        try filter.write("2")
        #expect(try filter.read() == "2")
    }

    @Test("what cannot be is refused", arguments: ["", "net..ip_forward", "net/../kernel", "/etc"])
    func impossibleNames(name: String) {
        #expect(Sysctl(name) == nil)
    }

    @Test("an unknown setting and an unfit value are errors that name the setting")
    func errors() throws {
        let lab = try NetworkLab()
        let unknown = try #require(Sysctl("net.ipv4.no_such", inNamespace: lab.client))
        let missing = #expect(throws: NetworkError.self) { try unknown.read() }
        #expect(missing?.isNotFound == true)
        #expect(
            missing?.description
                == "could not read net.ipv4.no_such: No such file or directory (errno 2)")
        let forwarding = try #require(Sysctl("net.ipv4.ip_forward", inNamespace: lab.client))
        let unfit = #expect(throws: NetworkError.self) { try forwarding.write("maybe") }
        #expect(unfit?.operation == .writeSysctl)
        #expect(unfit?.code == 22)  // EINVAL
    }
}
