import Addressing
import HostJournal
import Logging
import Netfilter

/// Holds load balancer addresses and sees to it that their packets come here.
///
/// When the process is killed they stay, as its tables do; the next run takes them over, and
/// releases those that are not wanted any more. Runs on a queue of its own, because the kernel is
/// waited for.
actor VIPAnnouncer {
    /// Between two looks whether all addresses are still there.
    ///
    /// The kernel takes IPv6 addresses off an interface that goes down.
    private static let lookInterval = Duration.seconds(5)

    /// Between two looks whether anything is due.
    private static let pace = Duration.milliseconds(100)

    private let executor = BlockingExecutor(label: "sluice.addresses")
    let holding: AddressHolding
    let namespace: String?
    let journal: HostJournal
    /// How long this host holds the Lease on which it depends, if it does on one.
    let term: LeaseTerm
    let history: AddressHistory
    private let logger: Logger
    private var times: AnnouncementTimes
    private(set) var held: Set<IPAddress> = []
    /// Whom neighbours name as the one who has an address that is wanted here.
    private(set) var claimants: [IPAddress: HardwareAddress] = [:]
    /// True if this host is the one of its pair that holds addresses.
    private(set) var isLeading = false
    let begun = ContinuousClock.now
    private var wanted: Set<IPAddress>?
    private var nextLook = ContinuousClock.now
    /// When the write of the Lease was sent by which the addresses live.
    private var prolongedFor: ContinuousClock.Instant?
    private var nextProlonging = ContinuousClock.now
    private var lastError: String?

    nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe executor.asUnownedSerialExecutor()
    }

    /// Holds nothing before it is told what to.
    ///
    /// - Parameters:
    ///   - holding: where addresses are put, and under which conditions.
    ///   - namespace: the network namespace of all that, the journal's; nil for the process's.
    ///   - journal: where it is noted what was added.
    ///   - history: where it is noted what becomes of each address.
    ///   - term: how long this host holds its pair's Lease, if addresses depend on one.
    ///   - logger: where claims, releases and failures are told.
    init(
        _ holding: AddressHolding, inNamespace namespace: String? = nil, journal: HostJournal,
        history: AddressHistory, term: LeaseTerm = LeaseTerm(), logger: Logger
    ) {
        self.holding = holding
        self.namespace = namespace
        self.journal = journal
        self.term = term
        self.history = history
        self.logger = logger
        times = AnnouncementTimes(slowInterval: holding.announceInterval)
        // What an earlier run put somewhere is released at once if none is to be held at all.
        if holding.place == .nowhere { wanted = [] }
    }

    /// Holds these addresses and no others, from the next `turn` on.
    ///
    /// Addresses that an earlier run put on any interface are among the others.
    func want(_ addresses: Set<IPAddress>) {
        guard addresses != wanted, holding.place != .nowhere else { return }
        wanted = addresses
        nextLook = .now
    }

    /// Holds what is wanted, until the task is cancelled.
    func run() async {
        while (try? await Task.sleep(for: Self.pace)) != nil { await turn() }
    }

    /// Does what is due: claims, releases, looks after what is held, announces.
    func turn() async {
        await attempt { announcer in
            try announcer.lookForLeader()
            try await announcer.prolongForTerm()
            // What an earlier run holds stays until it is known what is wanted, unless another
            // host leads: two would answer for it.
            let mayStay = announcer.isLeading || announcer.mayLeadStill
            guard let wanted = announcer.wanted ?? (mayStay ? nil : []) else { return }
            let now = ContinuousClock.now
            if now >= announcer.nextLook {
                announcer.nextLook = now + Self.lookInterval
                let wanted = announcer.isLeading ? wanted : []
                try await announcer.release(keeping: wanted)
                try await announcer.claim(wanted)
                // Had the process stood still meanwhile, they were another host's by now.
                if try !announcer.mayHold() { try await announcer.release(keeping: []) }
            }
            try announcer.announce(announcer.times.takeDue(at: .now))
        }
    }

    /// Releases all that is held, if that is wanted of a balancer that stops.
    ///
    /// - Returns: whether it was, and nothing is left, so that another host may have it.
    func stop() async -> Bool {
        guard holding.releasesOnStop else { return false }
        wanted = []
        await attempt { try await $0.release(keeping: []) }
        return await journal.records.addresses.isEmpty
    }

    /// A refusal is said once; the next look tries again.
    private func attempt(_ work: (isolated VIPAnnouncer) async throws -> Void) async {
        do {
            try await work(self)
            lastError = nil
        } catch is TermIsOver {
            // Whoever keeps the Lease has said so; the next look releases.
            nextLook = .now
        } catch is CancellationError {
            // Whoever ends this releases what is held.
        } catch {
            if lastError != "\(error)" {
                logger.error(
                    "load balancer addresses could not be held; trying again",
                    metadata: [
                        "interface": "\(holding.interface ?? "none")", "error": "\(error)",
                    ])
            }
            lastError = "\(error)"
        }
    }

    private func lookForLeader() throws(NetworkError) {
        let before = isLeading
        isLeading = try mayHold()
        guard isLeading != before else { return }
        nextLook = .now
        guard let leads else { return }
        logger.notice(
            isLeading ? "this host leads, and holds the addresses" : "this host does not lead",
            metadata: ["follows": "\(leads)"])
    }

    /// For each write of the Lease; addresses that the kernel has taken off are claimed anew.
    ///
    /// With each IPv6 address that is prolonged the kernel looks through all of them: where that
    /// takes long, fewer writes are followed, so that it takes a tenth of the time if it can.
    private func prolongForTerm() async throws {
        let begin = ContinuousClock.now
        guard begin >= nextProlonging, let window = term.window(at: begin),
            window.sent != prolongedFor
        else { return }
        if try await !prolong(held) { nextLook = .now }
        prolongedFor = window.sent
        let end = ContinuousClock.now
        nextProlonging = end + min((end - begin) * 9, (window.end - window.sent) / 3)
    }

    private func release(keeping wanted: Set<IPAddress>) async throws {
        let leaving = await journal.records.addresses.filter { record in
            record.interface != holding.interface || !wanted.contains(record.address)
        }
        try await journal.removeAddresses(leaving)
        for record in leaving {
            logger.notice("address released", metadata: ["address": "\(record)"])
        }
        for address in held.subtracting(wanted) {
            held.remove(address)
            times.end(address)
            history.note(.withdrawn, of: address)
        }
        claimants = claimants.filter { wanted.contains($0.key) }
    }

    /// Claims what is wanted and not on the interface, whoever took it off.
    private func claim(_ wanted: Set<IPAddress>) async throws {
        guard let name = holding.interface, !wanted.isEmpty else { return }
        var socket = try RouteSocket(inNamespace: namespace)
        guard let place = try socket.interface(named: name) else {
            throw NetworkError(operation: .listInterfaces, code: Self.noSuchDevice, subject: name)
        }
        let present = Set(
            try socket.addresses().filter { $0.interfaceIndex == place.index }.map(\.address))
        try await ask(for: wanted.subtracting(present), on: place)
        let noted = Set(await journal.records.addresses.map(\.address))
        let claimed = wanted.sorted().filter { address in
            claimants[address] == nil && !(held.contains(address) && present.contains(address))
        }
        // One address that is refused (IPv6 may be off on the interface) keeps no other back.
        let refused = try await journal.addAddresses(
            claimed.filter { !present.contains($0) || noted.contains($0) }, interface: name,
            lifetime: { lifetime() })
        guard lifetime() != .over else { throw TermIsOver() }
        // Those of an earlier run live as long as that one had it.
        if claimed.contains(where: present.contains) { _ = try await prolong([]) }
        for address in claimed where refused[address] == nil {
            held.insert(address)
            times.begin(address, at: .now)
            history.note(.claimed, of: address)
            logger.notice("address claimed", metadata: ["address": "\(address)", "on": "\(name)"])
        }
        if let refusal = refused.min(by: { $0.key < $1.key })?.value { throw refusal }
    }

    /// Finds out which of these addresses other hosts have; says it when that is news.
    ///
    /// Throws only when nobody waits for the answer any more: then nothing is to be claimed.
    private func ask(
        for addresses: Set<IPAddress>, on place: NetworkInterface
    ) async throws(CancellationError) {
        let before = claimants
        claimants = [:]
        guard holding.asksFirst, !addresses.isEmpty, place.isUp,
            let own = place.hardwareAddress
        else { return }
        for address in addresses { history.note(.probed, of: address) }
        do {
            claimants = try await AddressQuestion(
                addresses: addresses, own: own, place: place, namespace: namespace
            ).claimants()
        } catch let error as CancellationError {
            claimants = before
            throw error
        } catch {
            logger.warning(
                "neighbours could not be asked who has the addresses; they are claimed",
                metadata: ["error": "\(error)"])
        }
        for (address, claimant) in claimants where before[address] != claimant {
            history.note(.conflict, of: address)
            logger.error(
                "another host has the address; it is not claimed until that host lets go",
                metadata: ["address": "\(address)", "at": "\(claimant)"])
        }
        held.subtract(claimants.keys)
        for address in claimants.keys { times.end(address) }
    }

    /// ENODEV (asm-generic/errno-base.h).
    private static let noSuchDevice: Int32 = 19
}
