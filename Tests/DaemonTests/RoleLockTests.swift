import Foundation
import Testing

@testable import Daemon

@Suite("One daemon of a role on a host")
struct RoleLockTests {
    private let directory = FileManager.default.temporaryDirectory
        .appendingPathComponent("sluice-lock-\(UUID().uuidString)").path

    @Test("a role that runs is named with its process, and runs once")
    func holder() throws {
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let lock = try RoleLock(role: "proxy", directory: directory)
        try withExtendedLifetime(lock) {
            let pid = "\(ProcessInfo.processInfo.processIdentifier)"
            #expect(RoleLock.holders(in: directory).map(\.role) == ["proxy"])
            #expect(RoleLock.holders(in: directory).map(\.pid) == [pid])
            #expect {
                try RoleLock(role: "proxy", directory: directory)
            } throws: {
                "\($0)".contains("pid \(pid)")
            }
            _ = try RoleLock(role: "balancer", directory: directory)
        }
    }

    @Test("a role that ended holds nothing, whatever file it left")
    func ended() throws {
        defer { try? FileManager.default.removeItem(atPath: directory) }
        do {
            let lock = try RoleLock(role: "api", directory: directory)
            withExtendedLifetime(lock) {}
        }
        #expect(RoleLock.holders(in: directory).isEmpty)
        #expect(FileManager.default.fileExists(atPath: "\(directory)/api.lock"))
        _ = try RoleLock(role: "api", directory: directory)
    }

    @Test("a directory that is not there has no holders")
    func absent() {
        #expect(RoleLock.holders(in: directory).isEmpty)
    }
}
