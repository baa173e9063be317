import Addressing
import CoreMetrics
import FoundationEssentials
import Synchronization

/// What becomes of each address of Services, for people and as metrics, as long as a Service has it.
final class AddressHistory: Sendable {
    /// What happens to an address.
    enum Event: String, CaseIterable, Sendable {
        /// This host holds it from now on, or put it back where somebody had taken it off.
        case claimed
        /// This host gave it up: no node is left to send to, or another host leads.
        case withdrawn
        /// The neighbours were asked who has it.
        case probed
        /// Another host was found to have it.
        case conflict
    }

    fileprivate struct Entry {
        let held: Gauge
        let changed: Gauge
        let events: [Event: Counter]
        var isHeld = false
        var since: Date
    }

    private struct State {
        /// Exactly the addresses of the entries: the set that came last, for comparing.
        var known: Set<IPAddress> = []
        var entries: [IPAddress: Entry] = [:]
    }

    private let state = Mutex(State())
    private let announcements: Counter
    private let factory: any MetricsFactory

    /// Knows no address.
    ///
    /// - Parameter factory: makes the metrics.
    init(factory: any MetricsFactory = MetricsSystem.factory) {
        self.factory = factory
        announcements = Counter(
            label: "sluice_balancer_announcements_total", dimensions: [], factory: factory)
    }

    /// Since when an address is held, or is not; nil for one that is not known.
    func since(_ address: IPAddress) -> Date? {
        state.withLock { $0.entries[address]?.since }
    }

    /// Knows exactly these addresses, held or not.
    func know(_ addresses: Set<IPAddress>, at now: Date = .now) {
        state.withLock { state in
            guard state.known != addresses else { return }
            for gone in state.known.subtracting(addresses) {
                state.entries.removeValue(forKey: gone)?.destroy()
            }
            for address in addresses.subtracting(state.known) {
                state.entries[address] = entry(address, at: now)
            }
            state.known = addresses
        }
    }

    /// Takes note of what happened to an address; to one that is not known nothing does.
    func note(_ event: Event, of address: IPAddress, at now: Date = .now) {
        state.withLock { state in
            guard var entry = state.entries[address] else { return }
            entry.events[event]?.increment()
            switch event {
            case .claimed: entry.setHeld(true, at: now)
            case .withdrawn, .conflict: entry.setHeld(false, at: now)
            case .probed: break
            }
            state.entries[address] = entry
        }
    }

    /// Takes note of so many addresses that were announced to neighbours.
    func announced(_ count: Int) { announcements.increment(by: count) }

    private func entry(_ address: IPAddress, at now: Date) -> Entry {
        let label = ("address", address.description)
        let events = Event.allCases.map { event in
            (
                event,
                Counter(
                    label: "sluice_balancer_address_events_total",
                    dimensions: [label, ("event", event.rawValue)], factory: factory)
            )
        }
        let entry = Entry(
            held: Gauge(
                label: "sluice_balancer_address_held", dimensions: [label], factory: factory),
            changed: Gauge(
                label: "sluice_balancer_address_changed_timestamp_seconds", dimensions: [label],
                factory: factory),
            events: Dictionary(uniqueKeysWithValues: events), since: now)
        entry.tell()
        return entry
    }

    /// The help texts by name.
    static let help = [
        "sluice_balancer_address_held": "1 while this host holds the address.",
        "sluice_balancer_address_changed_timestamp_seconds":
            "When the address was last claimed or given up, in seconds since 1970.",
        "sluice_balancer_address_events_total": "What happened to the address.",
        "sluice_balancer_announcements_total":
            "Addresses announced to neighbours, each time that they were.",
    ]
}

extension AddressHistory.Entry {
    fileprivate mutating func setHeld(_ isHeldNow: Bool, at now: Date) {
        guard isHeldNow != isHeld else { return }
        isHeld = isHeldNow
        since = now
        tell()
    }

    fileprivate func tell() {
        held.record(isHeld ? 1 : 0)
        changed.record(since.timeIntervalSince1970)
    }

    fileprivate func destroy() {
        held.destroy()
        changed.destroy()
        for counter in events.values { counter.destroy() }
    }
}
