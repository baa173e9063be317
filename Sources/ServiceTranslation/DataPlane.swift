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
    init?(
        to choice: BalancerChoice, among targets: [BalancerFrontends.Target], keepsClients: Bool
    ) {
        let counts = choice.slots.reduce(into: [IPAddress: Int]()) {
            $0[$1.address, default: 0] += 1
        }
        self.init(
            keepsClients ? .client : .connection, members: targets.map(\.socket.address),
            shares: counts.map { Share($0.key, weight: $0.value) })
    }
}
