import Addressing
import Foundation
import Netfilter
import Synchronization

@testable import HostJournal

/// What the journal can see of a host, as a value.
struct HostState: Hashable, Sendable {
    var boot = "first boot"
    var sysctls: [String: String] = [:]
    /// Those that bear our mark.
    var addresses: Set<AddressRecord> = []
    var foreignAddresses: Set<AddressRecord> = []
    /// Those that bear our mark.
    var routes: Set<RouteRecord> = []
    /// Where somebody else's routes lead.
    var foreignRoutes: Set<CIDRBlock> = []
}

/// A host without a kernel; keeps the moments at which the process could have died.
final class ModelHost: HostNetwork {
    /// What outlives the process: the host, and the files in the journals' directory.
    struct Moment: Sendable {
        let state: HostState
        let files: [String: Data]
    }

    private struct Inside: Sendable {
        var state: HostState
        var refusal: Int32?
        var moments: [Moment] = []
    }

    private let inside: Mutex<Inside>
    private let directory: String

    init(_ state: HostState, directory: String) {
        inside = Mutex(Inside(state: state))
        self.directory = directory
    }

    var state: HostState { inside.withLock { $0.state } }
    var moments: [Moment] { inside.withLock { $0.moments } }

    /// Lets somebody else change the host.
    func change(_ body: @Sendable (inout HostState) -> Void) {
        inside.withLock { body(&$0.state) }
    }

    /// Refuses all changes with an errno from now on; nil allows them again.
    func refuse(_ code: Int32?) {
        inside.withLock { $0.refusal = code }
    }

    func bootID() -> String { state.boot }

    func sysctl(_ name: String) throws(NetworkError) -> String {
        guard let value = state.sysctls[name] else {
            throw NetworkError(operation: .readSysctl, code: 2, subject: name)
        }
        return value
    }

    func setSysctl(_ name: String, to value: String) throws(NetworkError) {
        try act(.writeSysctl, name) { $0.sysctls[name] = value }
    }

    func presence(of address: AddressRecord) -> Presence {
        let state = state
        if state.foreignAddresses.contains(address) { return .foreign }
        return state.addresses.contains(address) ? .ours : .missing
    }

    func add(_ address: AddressRecord, forSeconds: UInt32?) throws(NetworkError) -> Bool {
        try act(.addAddress, "\(address)") { $0.addresses.insert(address) }
        return true
    }

    func remove(_ address: AddressRecord) throws(NetworkError) {
        try act(.removeAddress, "\(address)") { $0.addresses.remove(address) }
    }

    func presence(of route: RouteRecord) -> Presence {
        state.routes.contains(route) ? .ours : .missing
    }

    func add(_ route: RouteRecord) throws(NetworkError) -> Bool {
        if state.foreignRoutes.contains(route.destination) { return false }
        try act(.addRoute, "\(route)") { $0.routes.insert(route) }
        return true
    }

    func remove(_ route: RouteRecord) throws(NetworkError) {
        try act(.removeRoute, "\(route)") { $0.routes.remove(route) }
    }

    /// Every change is surrounded by two moments of death: it was not made yet, it was just made.
    private func act(
        _ operation: NetworkError.Operation, _ subject: String,
        _ body: @Sendable (inout HostState) -> Void
    ) throws(NetworkError) {
        let files = filesIn(directory)
        let refusal = inside.withLock { inside in
            inside.moments.append(Moment(state: inside.state, files: files))
            guard inside.refusal == nil else { return inside.refusal }
            body(&inside.state)
            inside.moments.append(Moment(state: inside.state, files: files))
            return nil
        }
        if let refusal {
            throw NetworkError(operation: operation, code: refusal, subject: subject)
        }
    }
}

/// The content of all files in a directory, by name.
func filesIn(_ directory: String) -> [String: Data] {
    var files: [String: Data] = [:]
    for name in (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? [] {
        files[name] = FileManager.default.contents(atPath: "\(directory)/\(name)")
    }
    return files
}
