import DNSMessage
import Testing

@Suite("Domain names")
struct DomainNameTests {
    @Test("a name is its labels with their lengths, and a zero")
    func wireForm() {
        #expect(name("web.Default.svc").wire == Array("\u{3}web\u{7}Default\u{3}svc\u{0}".utf8))
        #expect(name("web.").wire == name("web").wire)
        #expect(DomainName.root.wire == [0])
        #expect(name(".") == .root)
    }

    @Test(
        "what zone files write is read and written again",
        arguments: [
            "kubernetes.default.svc.cluster.local.", "_https._tcp.web.", ".", "10-1-2-3.x.",
            #"a\.b.c."#, #"a\\b."#, #"\000\255\032."#, #"\"\$\(\)\;\@."#, "*.x.", "a'b!.",
        ])
    func presentation(text: String) {
        #expect(DomainName(text)?.description == text)
    }

    @Test(
        "an escape may spell any character",
        arguments: [
            (#"\065\b.c"#, "Ab.c."), (#"\046.x"#, #"\..x."#), (#"a\ b"#, #"a\032b."#),
        ])
    func escapes(text: String, plain: String) {
        #expect(DomainName(text)?.description == plain)
    }

    @Test(
        "texts that are no names",
        arguments: [
            "", "..", ".a", "a..b", "a b", "a\tb", "ü.de", #"a\"#, #"a\25"#, #"\256"#, #"\2x5"#,
            "a\n",
        ])
    func refused(text: String) {
        #expect(DomainName(text) == nil)
    }

    @Test("labels have at most 63 bytes")
    func labelLimit() {
        let longest = String(repeating: "x", count: 63)
        #expect(DomainName(longest + ".a")?.labelCount == 2)
        #expect(DomainName(longest + "x.a") == nil)
        #expect(DomainName(labels: [longest]) != nil)
        #expect(DomainName(labels: [longest + "x"]) == nil)
        #expect(DomainName(labels: ["a", ""]) == nil)
        #expect(name("a").prepending(longest) != nil)
        #expect(name("a").prepending(longest + "x") == nil)
        #expect(name("a").prepending("") == nil)
    }

    @Test("names have at most 255 bytes")
    func nameLimit() {
        let label = String(repeating: "x", count: 63)
        let long = [label, label, label]
        let last = String(repeating: "y", count: 61)
        #expect(DomainName((long + [last]).joined(separator: "."))?.wire.count == 255)
        #expect(DomainName((long + [last]).joined(separator: ".") + ".")?.wire.count == 255)
        #expect(DomainName((long + [last + "y"]).joined(separator: ".")) == nil)
        #expect(DomainName(labels: long + [last])?.wire.count == 255)
        #expect(DomainName(labels: long + [last + "y"]) == nil)
        let three = DomainName(labels: long)!
        #expect(three.prepending(last)?.wire.count == 255)
        #expect(three.prepending(last + "y") == nil)
        #expect(three.appending(name(last))?.wire.count == 255)
        #expect(three.appending(name(last + "y")) == nil)
        #expect(DomainName(String(repeating: "a.", count: 127))?.labelCount == 127)
        #expect(DomainName(String(repeating: "a.", count: 128)) == nil)
        #expect(DomainName(labels: Array(repeating: "a", count: 127))?.labelCount == 127)
        #expect(DomainName(labels: Array(repeating: "a", count: 128)) == nil)
    }

    @Test("bytes that are exactly one name in wire form are one")
    func validWire() {
        #expect(DomainName(wire: [1, 0x61, 0]) == name("a"))
        #expect(DomainName(wire: [0]) == .root)
        #expect(DomainName(wire: []) == nil)
        #expect(DomainName(wire: [1, 0x61]) == nil)
        #expect(DomainName(wire: [2, 0x61, 0]) == nil)
        #expect(DomainName(wire: [1, 0x61, 0, 0]) == nil)
        #expect(DomainName(wire: [0xc0, 0x0c]) == nil)
        #expect(DomainName(wire: [64] + Array(repeating: 0x61, count: 64) + [0]) == nil)
        let longest = name(String(repeating: "a.", count: 127)).wire
        #expect(DomainName(wire: longest)?.labelCount == 127)
        #expect(DomainName(wire: [1, 0x61] + longest) == nil)
    }

    @Test("the case of ASCII letters does not matter, and nothing else is folded")
    func ignoresCase() {
        let lower = name("kubernetes.default.svc.cluster.local")
        let mixed = name("kuBErnetes.DEFAULT.svc.cluster.loCaL")
        #expect(lower == mixed)
        #expect(lower.hashValue == mixed.hashValue)
        #expect(Set([lower, mixed]).count == 1)
        #expect(mixed.lowercased.wire == lower.wire)
        #expect(lower.isLowercase && mixed.lowercased.isLowercase && !mixed.isLowercase)
        #expect(name("a@Z").lowercased.description == #"a\@z."#)
        #expect(name(#"\064"#) != name(#"\096"#))  // @ and `
        #expect(name(#"\091"#) != name(#"\123"#))  // [ and {
        #expect(name(#"\193"#) != name(#"\225"#))  // A and a with the highest bit
        #expect(name(#"A\193\218[`Z"#).lowercased.wire == name(#"a\193\218[`z"#).wire)
    }

    @Test("every byte folds as ASCII says, wherever it stands")
    func foldsEveryByte() {
        for position in 0..<9 {
            for byte in UInt8.min...UInt8.max {
                var label = [UInt8](repeating: 0x2d, count: 9)
                label[position] = byte
                var folded = label
                if (0x41...0x5a).contains(byte) { folded[position] += 0x20 }
                let spelled = DomainName(labels: [label])!
                #expect(Array(spelled.lowercased.wire.dropFirst().dropLast()) == folded)
                #expect(spelled.isLowercase == (folded == label))
                #expect(spelled == DomainName(labels: [folded])!)
            }
        }
    }

    @Test("a name is within its ancestors and itself")
    func within() {
        let service = name("web.default.svc.cluster.local")
        #expect(service.isWithin(name("Cluster.Local")))
        #expect(service.isWithin(service))
        #expect(service.isWithin(.root))
        #expect(!service.isWithin(name("local.cluster")))
        #expect(!service.isWithin(name("a.web.default.svc.cluster.local")))
        #expect(!name("mycluster.local").isWithin(name("cluster.local")))
        #expect(!name(#"a\007cluster.local"#).isWithin(name("cluster.local")))
        #expect(!DomainName.root.isWithin(name("local")))
    }

    @Test("labels, parents and suffixes")
    func labels() {
        let service = name(#"a\.b.web.Svc"#)
        #expect(service.labelCount == 3)
        #expect(service.label(at: 0) == #"a\.b"#)
        #expect(service.label(at: 2) == "Svc")
        #expect(Array(service.labelBytes(at: 0)) == Array("a.b".utf8))
        #expect(service.labelRanges.map(\.self) == [1..<4, 5..<8, 9..<12])
        #expect(
            service.labels.map { String(decoding: $0, as: UTF8.self) } == ["a.b", "web", "Svc"])
        #expect(service.parent == name("web.svc"))
        #expect(service.suffix(1) == name("svc"))
        #expect(service.suffix(3) == service)
        #expect(service.suffix(0) == .root)
        #expect(DomainName.root.parent == nil)
        #expect(service.prepending("x")?.parent == service)
        #expect(name("web").appending(name("ns.svc")) == name("web.ns.svc"))
        #expect(name("web").appending(.root) == name("web"))
        #expect(DomainName(labels: ["a.b", "c"])?.description == #"a\.b.c."#)
    }
}
