import Addressing
import Forwarding
package import ServiceModel

/// How packets get from a balancer to the nodes and back.
package enum DataPlane: String, Hashable, Sendable, CaseIterable {
    /// Through the balancer both ways, with its address: works on any network.
    case masquerade
    /// Through the balancer both ways, with the client's address: the nodes route by it.
    case preserveSource = "preserve-source"
    /// To the node as they are, which answers the client by itself.
    case directReturn = "direct-return"

    /// The Service's annotation.
    package static let annotation = "sluice.io/data-plane"

    /// What the Service's annotation says; nil if it says nothing that can be read.
    package init?(of service: ServiceDefinition) {
        guard let text = service.notes["data-plane"] else { return nil }
        self.init(rawValue: text)
    }

    /// What is wrong with the Service's annotation, whose place this data plane takes; nil if
    /// nothing is.
    package func problem(of service: ServiceDefinition) -> TranslationProblem? {
        guard let text = service.notes["data-plane"], Self(rawValue: text) == nil else {
            return nil
        }
        return TranslationProblem(
            object: "Service \(service.identity)", field: Self.annotation,
            message: "\(text.prefix(80).debugDescription) is not masquerade, preserve-source or "
                + "direct-return; it stays \(rawValue)")
    }
}

extension DirectReturn {
    /// Hands packets to the nodes of a choice among targets; nil without any.
    ///
    /// A client keeps its node where that is asked for; else each connection has its own.
    init?(to choice: BalancerChoice, among nodes: [IPAddress], keepsClients: Bool) {
        var shares: [Share] = []
        for address in choice.slots.map(\.address).sorted() {
            if let last = shares.last, last.address == address {
                shares[shares.count - 1] = Share(address, weight: last.weight + 1)
            } else {
                shares.append(Share(address))
            }
        }
        self.init(keepsClients ? .client : .connection, members: nodes, shares: shares)
    }
}
