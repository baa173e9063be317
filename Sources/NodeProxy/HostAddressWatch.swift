import Addressing
import Logging
import Netfilter

/// Follows the addresses that this host has: nodePorts answer at those that were chosen.
actor HostAddressWatch {
    /// Between two looks whether anything has come or gone.
    private static let lookInterval = Duration.milliseconds(100)

    private let executor = BlockingExecutor(label: "sluice.addresses")
    private let logger: Logger
    private var events: AddressEvents
    private var sockets: RouteSocket
    private var known: [IPAddress] = []

    nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe executor.asUnownedSerialExecutor()
    }

    /// Listens before anything is listed, so that nothing is missed between the two.
    init(logger: Logger) throws {
        self.logger = logger
        events = try AddressEvents()
        sockets = try RouteSocket()
    }

    /// Hands on the addresses, now and whenever they differ, until the task is cancelled; nil
    /// where they cannot be read.
    func follow(_ take: @Sendable ([IPAddress]?) async -> Void) async {
        var isFirst = true
        repeat {
            do {
                let haveCome = try events.haveCome()
                guard isFirst || haveCome else { continue }
                let addresses = try usable()
                guard isFirst || addresses != known else { continue }
                known = addresses
                isFirst = false
                await take(addresses)
            } catch {
                logger.warning(
                    "the host's addresses could not be read; trying again",
                    metadata: ["error": "\(error)"])
                isFirst = true
                await take(nil)
            }
        } while (try? await Task.sleep(for: Self.lookInterval)) != nil
    }

    /// Those that others can reach, in one order.
    private func usable() throws(NetworkError) -> [IPAddress] {
        let all = try sockets.addresses().map(\.address)
        return Set(all.filter { !$0.isLoopback && !$0.isLinkLocal }).sorted()
    }
}
