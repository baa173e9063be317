import Foundation
import Testing

@testable import HostJournal

@Suite struct JournalFileTests {
    private let scratch: Scratch
    private let host: ModelHost

    init() throws {
        scratch = try Scratch()
        host = ModelHost(HostState(sysctls: [forwarding: "0"]), directory: scratch.path)
    }

    @Test("a reader of the file sees what was changed")
    func readable() async throws {
        let journal = try scratch.journal(on: host)
        try await journal.setSysctl(forwarding, to: "1")
        try await journal.add(virtualAddress())
        try await journal.add(serviceRoute())
        #expect(
            scratch.text(of: "host-proxy.json") == """
                {
                  "boot" : "first boot",
                  "records" : {
                    "addresses" : [
                      {
                        "address" : "198.51.100.10",
                        "interface" : "eth0",
                        "prefixLength" : 32
                      }
                    ],
                    "routes" : [
                      {
                        "destination" : "10.96.0.0/12",
                        "interface" : "eth0",
                        "source" : "192.168.50.1"
                      }
                    ],
                    "sysctls" : [
                      {
                        "before" : "0",
                        "name" : "net.ipv4.ip_forward",
                        "values" : [
                          "1"
                        ]
                      }
                    ]
                  },
                  "version" : 1
                }
                """)
        #expect(try scratch.journal(on: host) !== journal)
        #expect(await (try scratch.journal(on: host)).records == journal.records)
    }

    @Test(
        "a damaged journal is refused by name, and not touched",
        arguments: [
            "", "{", "[]", #"{"version": 1}"#,
            #"{"version": 1, "boot": "b", "records": {"sysctls": [], "routes": [], "#
                + #""addresses": [{"address": "1.2.3.4", "prefixLength": 33, "interface": "e"}]}}"#,
        ])
    func damaged(text: String) throws {
        try scratch.write(text, to: "host-proxy.json")
        let error = #expect(throws: HostJournalError.self) { try scratch.journal(on: host) }
        #expect(error?.code == .damaged)
        #expect(error?.description.hasPrefix("\(scratch.path)/host-proxy.json says") == true)
        #expect(scratch.text(of: "host-proxy.json") == text)
    }

    @Test("a journal of a later version is refused, whatever else it says")
    func tooNew() throws {
        try scratch.write(#"{"version": 2, "entries": []}"#, to: "host-proxy.json")
        let error = #expect(throws: HostJournalError.self) { try scratch.journal(on: host) }
        #expect(error?.code == .tooNew)
    }

    @Test("a damaged journal is moved aside when asked for, over nothing that is there")
    func setAside() throws {
        for number in 1...2 {
            try scratch.write("nonsense \(number)", to: "host-proxy.json")
            let path = try HostJournal.setAside(directory: scratch.path, role: "proxy")
            #expect(path == "\(scratch.path)/host-proxy.json.aside-\(number)")
        }
        #expect(scratch.text(of: "host-proxy.json.aside-1") == "nonsense 1")
        #expect(scratch.text(of: "host-proxy.json.aside-2") == "nonsense 2")
        #expect(try HostJournal.roles(in: scratch.path) == [])
    }

    @Test("roles are read from the files' names; no directory means none")
    func roles() throws {
        for name in ["host-proxy.json", "host-balancer.json", "host-.json", "store.sqlite"] {
            try scratch.write("", to: name)
        }
        #expect(try HostJournal.roles(in: scratch.path) == ["balancer", "proxy"])
        #expect(try HostJournal.roles(in: "\(scratch.path)/nowhere") == [])
    }

    @Test("when the journal cannot be written, nothing is changed")
    func unwritable() async throws {
        try scratch.write("a file, no directory", to: "state")
        let file = JournalFile(directory: "\(scratch.path)/state", role: "proxy")
        let journal = try HostJournal(file: file, network: host)
        let error = await #expect(throws: HostJournalError.self) {
            try await journal.add(virtualAddress())
        }
        #expect(error?.code == .unwritable)
        #expect(host.state.addresses.isEmpty)
    }

    @Test("the directory is made when the first change is noted, not before")
    func makesDirectory() async throws {
        let file = JournalFile(directory: "\(scratch.path)/a/b", role: "proxy")
        let journal = try HostJournal(file: file, network: host)
        #expect(!FileManager.default.fileExists(atPath: "\(scratch.path)/a"))
        try await journal.add(virtualAddress())
        #expect(filesIn("\(scratch.path)/a/b").keys.sorted() == ["host-proxy.json"])
    }
}
