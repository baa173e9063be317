import Addressing
import Glibc
import HostJournal
import Logging
import Netfilter

/// Puts load balancer addresses on an interface and tells the neighbours.
///
/// When the balancer ends they stay, as its tables do: a restart interrupts nothing, and
/// `sluice cleanup` takes them away. Runs on a queue of its own, because the kernel is waited for.
actor VIPAnnouncer {
    /// Between two looks whether all addresses are still there.
    ///
    /// The kernel takes IPv6 addresses off an interface that goes down.
    private static let lookInterval = Duration.seconds(5)

    /// Between two looks whether anything is due.
    private static let pace = Duration.milliseconds(100)

    private let executor = BlockingExecutor(label: "sluice.addresses")
    private let interface: String
    private let namespace: String?
    private let journal: HostJournal
    private let logger: Logger
    private var times: AnnouncementTimes
    private var held: Set<IPAddress> = []
    private var wanted: Set<IPAddress>?
    private var nextLook = ContinuousClock.now
    private var lastError: String?

    nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe executor.asUnownedSerialExecutor()
    }

    /// Holds nothing before it is told what to.
    ///
    /// - Parameters:
    ///   - interface: the name of the interface that gets the addresses.
    ///   - namespace: the network namespace it is in, the journal's; nil for that of the process.
    ///   - announceInterval: between two announcements of an address that is no news any more.
    ///   - journal: where it is noted what was added.
    ///   - logger: where claims, releases and failures are told.
    init(
        interface: String, inNamespace namespace: String? = nil, announceInterval: Duration,
        journal: HostJournal, logger: Logger
    ) {
        self.interface = interface
        self.namespace = namespace
        self.journal = journal
        self.logger = logger
        times = AnnouncementTimes(slowInterval: announceInterval)
    }

    /// Holds these addresses and no others, from the next `turn` on.
    ///
    /// Addresses that an earlier run put on any interface are among the others.
    func want(_ addresses: Set<IPAddress>) {
        guard addresses != wanted else { return }
        wanted = addresses
        nextLook = .now
    }

    /// Holds what is wanted, until the task is cancelled.
    func run() async {
        while (try? await Task.sleep(for: Self.pace)) != nil { await turn() }
    }

    /// Does what is due: claims, releases, looks after what is held, announces.
    func turn() async {
        guard let wanted else { return }
        let now = ContinuousClock.now
        do {
            if now >= nextLook {
                nextLook = now + Self.lookInterval
                try await release(keeping: wanted)
                try await claim(wanted, at: now)
            }
            try announce(times.takeDue(at: .now))
            lastError = nil
        } catch {
            // A refusal is said once; the next look tries again.
            if lastError != "\(error)" {
                logger.error(
                    "load balancer addresses could not be held; trying again",
                    metadata: ["interface": "\(interface)", "error": "\(error)"])
            }
            lastError = "\(error)"
        }
    }

    private func release(keeping wanted: Set<IPAddress>) async throws {
        for record in await journal.records.addresses
        where record.interface != interface || !wanted.contains(record.address) {
            try await journal.removeAddress(
                record.address, prefixLength: record.prefixLength, interface: record.interface)
            logger.notice("address released", metadata: ["address": "\(record)"])
        }
        for address in held.subtracting(wanted) {
            held.remove(address)
            times.end(address)
        }
    }

    /// Claims what is wanted and not on the interface, whoever took it off.
    private func claim(_ wanted: Set<IPAddress>, at now: ContinuousClock.Instant) async throws {
        guard let index = try findInterface()?.index else {
            throw NetworkError(
                operation: .listInterfaces, code: ENODEV, subject: interface)
        }
        let present = Set(
            try addresses().filter { $0.interfaceIndex == index }.map(\.address))
        let noted = Set(await journal.records.addresses.map(\.address))
        // One address that is refused (IPv6 may be off on the interface) keeps no other back.
        var refusal: HostJournalError?
        for address in wanted.sorted()
        where !held.contains(address) || !present.contains(address) {
            if !present.contains(address) || noted.contains(address) {
                do throws(HostJournalError) {
                    try await journal.addAddress(
                        address, prefixLength: address.family.addressBits, interface: interface)
                } catch {
                    refusal = refusal ?? error
                    continue
                }
            }
            held.insert(address)
            times.begin(address, at: now)
            logger.notice(
                "address claimed", metadata: ["address": "\(address)", "on": "\(interface)"])
        }
        if let refusal { throw refusal }
    }

    private func announce(_ due: [IPAddress]) throws(NetworkError) {
        guard !due.isEmpty, let place = try findInterface(), place.hardwareAddress != nil else {
            return
        }
        let socket = try AnnouncementSocket(inNamespace: namespace)
        for address in due { try socket.announce(address, on: place) }
    }

    private func findInterface() throws(NetworkError) -> NetworkInterface? {
        var socket = try RouteSocket(inNamespace: namespace)
        return try socket.interface(named: interface)
    }

    private func addresses() throws(NetworkError) -> [InterfaceAddress] {
        var socket = try RouteSocket(inNamespace: namespace)
        return try socket.addresses()
    }
}
