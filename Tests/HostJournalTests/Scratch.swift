import Addressing
import Foundation
import Testing

@testable import HostJournal

/// A directory of its own that goes with the test.
final class Scratch: Sendable {
    let path: String

    init(files: [String: Data] = [:]) throws {
        path =
            FileManager.default.temporaryDirectory
            .appending(path: "sluice-journal-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        for (name, data) in files { try write(data, to: name) }
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    func write(_ data: Data, to name: String) throws {
        try data.write(to: URL(filePath: "\(path)/\(name)"))
    }

    func write(_ text: String, to name: String) throws {
        try write(Data(text.utf8), to: name)
    }

    func text(of name: String) -> String? {
        filesIn(path)[name].map { String(decoding: $0, as: UTF8.self) }
    }

    /// The journal of a role of this host, as a process that starts now opens it.
    func journal(_ role: String = "proxy", on host: ModelHost) throws -> HostJournal {
        try HostJournal(file: JournalFile(directory: path, role: role), network: host)
    }
}

let forwarding = "net.ipv4.ip_forward"

func virtualAddress(_ number: Int = 10) throws -> AddressRecord {
    AddressRecord(
        address: try #require(IPAddress("198.51.100.\(number)")), prefixLength: 32,
        interface: "eth0")
}

func serviceRoute() throws -> RouteRecord {
    RouteRecord(
        destination: try #require(CIDRBlock("10.96.0.0/12")), interface: "eth0",
        source: try #require(IPAddress("192.168.50.1")))
}

extension HostJournal {
    func add(_ record: AddressRecord) throws {
        #expect(try addAddresses([record.address], interface: record.interface).isEmpty)
    }

    func add(_ record: RouteRecord) throws {
        try addRoute(
            to: record.destination, interface: record.interface, source: record.source)
    }
}
