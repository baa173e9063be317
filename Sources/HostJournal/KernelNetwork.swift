import Netfilter

/// The host as the kernel shows it, in one network namespace.
struct KernelNetwork: HostNetwork {
    /// Nil for the namespace of the process.
    let namespace: String?

    func bootID() throws(NetworkError) -> String {
        try sysctl("kernel.random.boot_id")
    }

    func sysctl(_ name: String) throws(NetworkError) -> String {
        try setting(name, for: .readSysctl).read()
    }

    func setSysctl(_ name: String, to value: String) throws(NetworkError) {
        try setting(name, for: .writeSysctl).write(value)
    }

    func presence(of record: AddressRecord) throws(NetworkError) -> Presence {
        var socket = try RouteSocket(inNamespace: namespace)
        guard let found = try Self.find(record, &socket) else { return .missing }
        return found.isOurs ? .ours : .foreign
    }

    func presences(
        of records: [AddressRecord]
    ) throws(NetworkError) -> [AddressRecord: Presence] {
        var socket = try RouteSocket(inNamespace: namespace)
        let names = Dictionary(
            try socket.interfaces().map { ($0.index, $0.name) },
            uniquingKeysWith: { first, _ in first })
        var found: [AddressRecord: Presence] = [:]
        for address in try socket.addresses() {
            guard let name = names[address.interfaceIndex] else { continue }
            let record = AddressRecord(
                address: address.address, prefixLength: address.prefixLength, interface: name)
            found[record] = address.isOurs ? .ours : .foreign
        }
        return Dictionary(
            records.map { ($0, found[$0] ?? .missing) }, uniquingKeysWith: { first, _ in first })
    }

    func add(
        _ record: AddressRecord, forSeconds seconds: UInt32?
    ) throws(NetworkError) -> Bool {
        var socket = try RouteSocket(inNamespace: namespace)
        guard let interface = try socket.interface(named: record.interface) else {
            throw NetworkError(
                operation: .addAddress, code: Self.noSuchDevice, subject: "\(record)")
        }
        return try socket.addAddress(
            record.address, prefixLength: record.prefixLength, to: interface, forSeconds: seconds)
    }

    func remove(_ record: AddressRecord) throws(NetworkError) {
        var socket = try RouteSocket(inNamespace: namespace)
        guard let found = try Self.find(record, &socket), found.isOurs else { return }
        _ = try socket.removeAddress(found)
    }

    func presence(of record: RouteRecord) throws(NetworkError) -> Presence {
        var socket = try RouteSocket(inNamespace: namespace)
        return try Self.find(record, &socket) == nil ? .missing : .ours
    }

    func add(_ record: RouteRecord) throws(NetworkError) -> Bool {
        var socket = try RouteSocket(inNamespace: namespace)
        guard let route = try Self.route(record, &socket) else {
            throw NetworkError(
                operation: .addRoute, code: Self.noSuchDevice, subject: "\(record)")
        }
        return try socket.addRoute(route)
    }

    func remove(_ record: RouteRecord) throws(NetworkError) {
        var socket = try RouteSocket(inNamespace: namespace)
        guard let found = try Self.find(record, &socket) else { return }
        _ = try socket.removeRoute(found)
    }

    private func setting(
        _ name: String, for operation: NetworkError.Operation
    ) throws(NetworkError) -> Sysctl {
        guard let setting = Sysctl(name, inNamespace: namespace) else {
            throw NetworkError(operation: operation, code: Self.noSuchFile, subject: name)
        }
        return setting
    }

    private static func find(
        _ record: AddressRecord, _ socket: inout RouteSocket
    ) throws(NetworkError) -> InterfaceAddress? {
        guard let interface = try socket.interface(named: record.interface) else { return nil }
        return try socket.addresses().first {
            $0.address == record.address && $0.prefixLength == record.prefixLength
                && $0.interfaceIndex == interface.index
        }
    }

    private static func find(
        _ record: RouteRecord, _ socket: inout RouteSocket
    ) throws(NetworkError) -> ServiceRoute? {
        guard let route = try route(record, &socket) else { return nil }
        return try socket.serviceRoutes().first { $0 == route }
    }

    /// The route as the kernel knows it; nil when the interface is gone.
    private static func route(
        _ record: RouteRecord, _ socket: inout RouteSocket
    ) throws(NetworkError) -> ServiceRoute? {
        guard let interface = try socket.interface(named: record.interface) else { return nil }
        return ServiceRoute(
            destination: record.destination, interfaceIndex: interface.index,
            source: record.source)
    }

    /// ENOENT (asm-generic/errno-base.h).
    private static let noSuchFile: Int32 = 2
    /// ENODEV (asm-generic/errno-base.h).
    private static let noSuchDevice: Int32 = 19
}
