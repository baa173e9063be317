import Addressing
import Netfilter

extension VIPAnnouncer {
    /// Tells the neighbours of the interface that these addresses are here.
    func announce(_ due: [IPAddress]) throws(NetworkError) {
        guard !due.isEmpty, case .link(let interface) = holding.place else { return }
        var routes = try RouteSocket(inNamespace: namespace)
        guard let place = try routes.interface(named: interface), place.hardwareAddress != nil
        else { return }
        let socket = try AnnouncementSocket(inNamespace: namespace)
        for address in due where !isTermOver {
            try socket.announce(address, on: place)
            history.announced(1)
        }
    }
}
