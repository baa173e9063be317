import Addressing
import HostJournal
import Logging
import Netfilter

/// Sees to what a node needs besides its tables: forwarding, and a route for the service range.
///
/// Runs on a queue of its own, because the kernel is waited for.
actor HostPreparation {
    private let executor = BlockingExecutor(label: "sluice.host")
    private let serviceRanges: [CIDRBlock]
    private let journal: HostJournal
    private let logger: Logger
    private var saidError: String?

    nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe executor.asUnownedSerialExecutor()
    }

    init(serviceRanges: [CIDRBlock], journal: HostJournal, logger: Logger) {
        self.serviceRanges = serviceRanges
        self.journal = journal
        self.logger = logger
    }

    /// Lets the kernel forward packets of the families that have a service range.
    func allowForwarding() async {
        let families = serviceRanges.map(\.family)
        for (setting, error) in await journal.allowForwarding(of: families) {
            logger.error(
                "forwarding could not be switched on; set \(setting)=1 by hand",
                metadata: ["error": "\(error)"])
        }
    }

    /// Notes that the tables hold everything that is known, for whoever starts after a restart.
    func noteCompleteTables() async {
        do {
            try await journal.noteCompleteTables()
        } catch {
            logger.warning(
                "a restart without an API will not trust these tables",
                metadata: ["error": "\(error)"])
        }
    }

    /// Notes where UDP is served outside the service ranges, and until its flows are deleted where
    /// it was, for whoever starts after a kill.
    func note(datagramFrontends places: Set<SocketEndpoint>, haveFlowsGone: Bool) async {
        do {
            try await journal.noteDatagramFrontends(places, forgettingOthers: haveFlowsGone)
            saidError = nil
        } catch {
            if saidError != "\(error)" {
                logger.warning(
                    "UDP flows to frontends that go may outlive a kill of this process",
                    metadata: ["error": "\(error)"])
            }
            saidError = "\(error)"
        }
    }

    /// Adds a route to each service range that has none.
    ///
    /// Without one `connect()` fails before the output hook sees a packet. The route leads out
    /// of the interface that has the node's address, so that this becomes the source.
    func ensureServiceRoutes(nodeAddresses: [IPAddress]) async {
        for range in serviceRanges {
            guard let source = nodeAddresses.first(where: { $0.family == range.family }) else {
                continue
            }
            do {
                guard let route = try missingRoute(to: range, source: source) else { continue }
                try await journal.addRoute(
                    to: route.destination, interface: route.interface, source: source)
                logger.notice(
                    "route to the service range added",
                    metadata: ["range": "\(range)", "interface": "\(route.interface)"])
            } catch {
                logger.warning(
                    "no route to the service range; this host's processes may not reach Services",
                    metadata: ["range": "\(range)", "error": "\(error)"])
            }
        }
    }

    /// The route that a service range needs; nil if it has one, or if no interface of this host
    /// has the node's address.
    private func missingRoute(
        to range: CIDRBlock, source: IPAddress
    ) throws(NetworkError) -> (destination: CIDRBlock, interface: String)? {
        var socket = try RouteSocket()
        guard try !socket.hasRoute(to: range.address(at: 1) ?? range.first),
            let holder = try socket.addresses().first(where: { $0.address == source }),
            let interface = try socket.interfaces().first(where: {
                $0.index == holder.interfaceIndex
            })
        else { return nil }
        return (range, interface.name)
    }
}
