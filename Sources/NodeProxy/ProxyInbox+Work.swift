import Addressing
import Forwarding
import ServiceModel
import ServiceTranslation

extension ProxyInbox {
    /// One Service as it is now; one that is gone has no frontends and asks for nothing.
    struct Update: Sendable {
        let service: ServiceIdentity
        let translated: TranslatedService
        let duties: ServiceDuties
    }

    /// What is to be carried out now.
    struct Work: Sendable {
        /// The Services that changed.
        let updates: [Update]
        /// True if `updates` are all Services there are.
        let isComplete: Bool
        /// Which addresses are what around the node, if a node changed.
        let surroundings: Surroundings?
        /// The node's own addresses.
        let nodeAddresses: [IPAddress]
        /// Those of them at which nodePorts answer.
        let nodePortAddresses: [IPAddress]
        /// False if there is no Node object for this host.
        let isNodeKnown: Bool
        /// When the oldest of these changes arrived.
        let arrived: ContinuousClock.Instant
        /// When endpoints changed, as their slices say.
        let triggers: [String]
        /// True if a Service that another proxy served is so no more: its flows may have been left.
        let haveOthersGone: Bool
    }
}
