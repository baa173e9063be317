import KubeAPI
package import ServiceModel

/// Whether a pod is told of a Service by variables, and why not.
package struct ServiceLink: Hashable, Sendable, CustomStringConvertible {
    /// What was decided.
    package enum Outcome: Hashable, Sendable, CaseIterable {
        case included
        /// Times of creation have a second's resolution: such a Service counts as before the pod.
        case includedFromSameSecond
        /// `default/kubernetes`: every pod has to find the API.
        case includedForEveryPod
        case youngerThanPod
        case headless
        case externalName
        case withoutAddress
        /// The pod says `enableServiceLinks: false`.
        case linksDisabled
        /// A `kubernetes` of the pod's own namespace has its variables.
        case hiddenByOwnNamespace

        /// Whether the pod gets the Service's variables.
        package var isIncluded: Bool {
            switch self {
            case .included, .includedFromSameSecond, .includedForEveryPod: true
            case .youngerThanPod, .headless, .externalName, .withoutAddress, .linksDisabled,
                .hiddenByOwnNamespace:
                false
            }
        }

        /// The decision in words.
        package var reason: String {
            switch self {
            case .included: "existed before the pod"
            case .includedFromSameSecond:
                "was created in the same second as the pod, which counts as before it"
            case .includedForEveryPod: "every pod gets it"
            case .youngerThanPod: "is younger than the pod"
            case .headless: "is headless: it has no address of its own"
            case .externalName: "is of type ExternalName: it has no address, only a name"
            case .withoutAddress: "has no address yet"
            case .linksDisabled: "the pod says enableServiceLinks: false"
            case .hiddenByOwnNamespace:
                "a Service of this name in the pod's own namespace takes its place"
            }
        }
    }

    /// Which Service.
    package let service: ServiceIdentity
    /// What was decided about it.
    package let outcome: Outcome

    /// For example `default/web: left out: is headless: …`.
    package var description: String {
        "\(service): \(outcome.isIncluded ? "included" : "left out"): \(outcome.reason)"
    }
}

/// The pod that is to be told of Services: where it is, since when, and whether it wants to know.
struct LinkedPod {
    let namespace: String
    /// As RFC 3339 writes it; nil for a pod that is yet to be made.
    let created: String?
    let wantsLinks: Bool

    /// Decides about all Services that the pod may be told of, in the order of their names.
    func links(to services: [ServiceObject]) -> [(link: ServiceLink, service: ServiceObject)] {
        let own = services.filter { $0.identity.namespace == namespace }
        let hasOwnAPI = own.contains {
            $0.identity.name == Self.api.name && $0.identity != Self.api
                && outcome(of: $0).isIncluded
        }
        let everybodys = services.filter {
            $0.identity == Self.api && $0.identity.namespace != namespace
        }
        return (own + everybodys).map { service in
            var outcome = outcome(of: service)
            if service.identity == Self.api, hasOwnAPI { outcome = .hiddenByOwnNamespace }
            return (ServiceLink(service: service.identity, outcome: outcome), service)
        }.sorted {
            ($0.link.service.name, $0.link.service.namespace)
                < ($1.link.service.name, $1.link.service.namespace)
        }
    }

    /// The Service that leads to the API.
    private static let api = ServiceIdentity(namespace: "default", name: "kubernetes")

    private func outcome(of service: ServiceObject) -> ServiceLink.Outcome {
        if service.spec.type == "ExternalName" { return .externalName }
        guard let address = service.variableAddress else { return .withoutAddress }
        if address == "None" { return .headless }
        if service.identity == Self.api { return .includedForEveryPod }
        guard wantsLinks else { return .linksDisabled }
        guard let created = created.flatMap({ CreationTime($0) }),
            let other = service.metadata.creationTimestamp.flatMap({ CreationTime($0) })
        else { return .included }
        if other > created { return .youngerThanPod }
        return other == created ? .includedFromSameSecond : .included
    }
}

extension ServiceObject {
    /// The address that variables tell: of two families, the primary one's.
    var variableAddress: String? {
        guard let address = spec.clusterIPs?.first ?? spec.clusterIP, !address.isEmpty else {
            return nil
        }
        return address
    }
}
