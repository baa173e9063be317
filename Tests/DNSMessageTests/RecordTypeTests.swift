import DNSMessage
import Testing

@Suite("Types, classes and codes")
struct RecordTypeTests {
    @Test(
        "the numbers are IANA's",
        arguments: [
            (RecordType.a, 1, "A"), (.ns, 2, "NS"), (.cname, 5, "CNAME"), (.soa, 6, "SOA"),
            (.ptr, 12, "PTR"), (.mx, 15, "MX"), (.txt, 16, "TXT"), (.aaaa, 28, "AAAA"),
            (.srv, 33, "SRV"), (.naptr, 35, "NAPTR"), (.dname, 39, "DNAME"), (.opt, 41, "OPT"),
            (.svcb, 64, "SVCB"), (.https, 65, "HTTPS"), (.ixfr, 251, "IXFR"), (.axfr, 252, "AXFR"),
            (.any, 255, "ANY"), (.caa, 257, "CAA"),
            (RecordType(rawValue: 65280), 65280, "TYPE65280"),
        ])
    func typeNumbers(type: RecordType, number: UInt16, mnemonic: String) {
        #expect(type.rawValue == number)
        #expect(type.description == mnemonic)
        #expect(RecordType(mnemonic: mnemonic) == type)
        #expect(RecordType(mnemonic: mnemonic.lowercased()) == type)
    }

    @Test("a type without a mnemonic is spelled by its number")
    func numberedTypes() {
        #expect(RecordType(mnemonic: "TYPE1") == .a)
        #expect(RecordType(mnemonic: "TYPE65535")?.rawValue == 65535)
        for text in ["TYPE65536", "TYPE", "TYPE-1", "TYPE+1", "NONSENSE", ""] {
            #expect(RecordType(mnemonic: text) == nil)
        }
    }

    @Test(
        "classes",
        arguments: [
            (RecordClass.internet, "IN"), (.chaos, "CH"), (.hesiod, "HS"), (.none, "NONE"),
            (.any, "ANY"), (RecordClass(rawValue: 77), "CLASS77"),
        ])
    func classes(recordClass: RecordClass, mnemonic: String) {
        #expect(recordClass.description == mnemonic)
        #expect(RecordClass(mnemonic: mnemonic.lowercased()) == recordClass)
    }

    @Test("response codes are spelled as dig spells them")
    func codes() {
        #expect(ResponseCode.nameError.description == "NXDOMAIN")
        #expect(ResponseCode.nameError.rawValue == 3)
        #expect(ResponseCode.badVersion.isExtended)
        #expect(!ResponseCode(truncating: 15).isExtended)
        #expect(ResponseCode(truncating: 0x1fff).rawValue == 4095)
        #expect(ResponseCode(truncating: 77).description == "RCODE77")
        #expect(Opcode.update.description == "UPDATE")
        #expect(Opcode(truncating: 7).description == "OPCODE7")
    }
}
