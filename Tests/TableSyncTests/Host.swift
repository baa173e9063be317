import Addressing
import Fixtures
import Forwarding
import Netfilter
import Ruleset
import ServiceModel
import Support
import TableSync

/// A namespace with a writer of the example node's tables, for one test.
struct Host {
    let namespace: NetworkNamespace
    let layout: ForwardingLayout
    let writer: ForwardingWriter

    /// An empty namespace, and a writer that has not started.
    init(
        flags: TableFlags = [], askedElements: Int = KernelDifference.askedElements
    ) throws {
        let namespace = try NetworkNamespace()
        try self.init(in: namespace, flags: flags, askedElements: askedElements)
    }

    /// Another writer in a namespace, as after a restart.
    init(
        in namespace: NetworkNamespace, flags: TableFlags = [],
        askedElements: Int = KernelDifference.askedElements
    ) throws {
        self.namespace = namespace
        layout = ForwardingLayout(role: .node, flags: flags)
        writer = try ForwardingWriter(
            layout: layout, inNamespace: namespace.name, askedElements: askedElements)
    }

    /// True if the kernel has tables that only their maker may change.
    static func ownershipIsSupported() throws -> Bool {
        let namespace = try NetworkNamespace()
        var socket = try NetfilterSocket(inNamespace: namespace.name)
        return try socket.supportsTableOwnership()
    }

    /// Starts the writer with the example's surroundings.
    @discardableResult
    func start(_ services: [ServiceIdentity: [ForwardingEntry]] = [:]) async throws -> WriteReport {
        try await writer.start(services, surroundings: .example)
    }

    /// What the kernel's tables hold, without what the kernel has learned.
    func kernel() throws -> Ruleset {
        var socket = try NetfilterSocket(inNamespace: namespace.name)
        return try socket.read(layout.tables)
    }

    /// The number of the kernel's ruleset.
    func generation() throws -> UInt32 {
        var socket = try NetfilterSocket(inNamespace: namespace.name)
        return try socket.generation()
    }

    /// What the kernel should hold with these entries and nothing else.
    func plan(_ services: [ServiceIdentity: [ForwardingEntry]] = [:]) -> Ruleset {
        var table = ForwardingTable(layout: layout, surroundings: .example)
        for (service, entries) in services.sorted(by: { $0.key < $1.key }) {
            _ = table.replace(service, with: entries)
        }
        return table.ruleset
    }

    /// The fields of what the kernel has learned in a map.
    func learned(
        in map: (table: TableID, declaration: SetDeclaration), _ family: TableFamily
    ) throws -> [(key: [FieldValue], value: [FieldValue])] {
        var socket = try NetfilterSocket(inNamespace: namespace.name)
        guard case .data(let fields) = map.declaration.value else { return [] }
        return try socket.elements(of: map.table, in: map.declaration).compactMap { element in
            guard case .data(let data) = element.value else { return nil }
            return (
                FieldReader.fields(of: element.key, as: map.declaration.key, family: family),
                FieldReader.fields(of: data, as: fields, family: family)
            )
        }
    }
}

/// The socket in the text; a fixture whose text is none stops the test run.
func socket(_ text: String) -> SocketEndpoint {
    guard let socket = SocketEndpoint(text) else { preconditionFailure("\(text) is no socket") }
    return socket
}

/// The Service of this name in namespace `default`.
func identity(_ name: String) -> ServiceIdentity { ExampleServices.identity(name) }

/// A ClusterIP's frontend: number N has 10.96.0.N or fd96::N, port 80, and pods by their number.
func clusterIP(
    _ number: Int, to pods: [Int], _ family: IPFamily = .v4, _ transport: TransportProtocol = .tcp,
    affinity: Int? = nil
) -> ForwardingEntry {
    let places = ExamplePlaces(family)
    return ForwardingEntry(
        Frontend(places.clusterIP(number), transport, port(80)), label: "default/web\(number)",
        backends: pods.map { endpoint(places.localPod($0), 8080) }, localCount: pods.count,
        affinitySeconds: affinity, sourceHiding: .byServiceRange)
}

/// A frontend that the kernel refuses: it cannot count so long a time in milliseconds.
func refusedEntry(_ number: Int) -> ForwardingEntry {
    clusterIP(number, to: [2], affinity: 20_000_000_000)
}
