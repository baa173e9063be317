package import Forwarding
import ServiceModel

/// The comment that an element bears in the listing: whose frontend it is.
enum FrontendLabel {
    /// For example `default/web:http nodePort`.
    static func text(
        _ service: ServiceDefinition, _ port: ServicePort, suffix: String? = nil
    ) -> String {
        var text = service.identity.description
        if !port.name.isEmpty { text += ":\(port.name)" }
        if let suffix { text += " \(suffix)" }
        return text
    }
}

/// The entries of one Service, and what was left out of them.
package struct TranslatedService: Hashable, Sendable {
    /// What is to stand in the table.
    package var entries: [ForwardingEntry] = []
    /// What had to be left out, and why.
    package var problems: [TranslationProblem] = []

    /// Nothing at all: what a Service that is gone has.
    package init() {}
}
