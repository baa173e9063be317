import KubeAPI
import ObjectStore

/// The parameters of a list or a watch.
struct CollectionQuery: Sendable {
    /// How long a watch lasts that does not say.
    static let defaultTimeoutSeconds = 1800

    let isWatch: Bool
    let limit: Int?
    let continueToken: String?
    /// The revision to watch from; `nil` for all objects first.
    let revision: Revision?
    let allowsBookmarks: Bool
    /// Asks for a bookmark at the end of the objects there are (KEP-3157).
    let sendsInitialEvents: Bool
    let timeoutSeconds: Int
    private let labels: LabelSelector?
    private let fields: FieldSelector?

    /// Reads the parameters; the error says which one is wrong.
    init(_ parameters: [String: String]) throws(StatusObject) {
        isWatch = Self.isTrue(parameters["watch"])
        limit = try Self.number("limit", parameters).flatMap { $0 > 0 ? $0 : nil }
        continueToken = parameters["continue"].flatMap { $0.isEmpty ? nil : $0 }
        allowsBookmarks = Self.isTrue(parameters["allowWatchBookmarks"])
        sendsInitialEvents = Self.isTrue(parameters["sendInitialEvents"])
        timeoutSeconds =
            try Self.number("timeoutSeconds", parameters) ?? Self.defaultTimeoutSeconds
        switch parameters["resourceVersion"] {
        case nil, "", "0": revision = nil
        case .some(let text):
            guard let number = Revision(text) else {
                throw .badRequest("resourceVersion: \"\(text)\" is not a revision of this server")
            }
            revision = number
        }
        do throws(SelectorError) {
            labels = try parameters["labelSelector"].map {
                text throws(SelectorError) in try LabelSelector(parsing: text)
            }
            fields = try parameters["fieldSelector"].map {
                text throws(SelectorError) in try FieldSelector(parsing: text)
            }
        } catch {
            throw .badRequest(error.description)
        }
    }

    /// Whether an object is asked for; `nil` when all of the collection's are.
    var filter: (@Sendable (ClusterObject) -> Bool)? {
        guard labels != nil || fields != nil else { return nil }
        return { [labels, fields] object in
            let metadata = object.metadata
            return labels?.matches(metadata.labels) != false && fields?.matches(metadata) != false
        }
    }

    private static func isTrue(_ text: String?) -> Bool {
        text.map { ["", "1", "t", "true", "True", "TRUE"].contains($0) } ?? false
    }

    private static func number(
        _ name: String, _ parameters: [String: String]
    ) throws(StatusObject) -> Int? {
        guard let text = parameters[name], !text.isEmpty else { return nil }
        guard let number = Int(text), number >= 0 else {
            throw .badRequest("\(name): \"\(text)\" is not a number of zero or more")
        }
        return number
    }
}
