import Yams

/// What a decoding error says, without Swift's words for it.
enum DecodingFault {
    static func of(_ error: any Error) -> (path: [any CodingKey], message: String) {
        switch error as? DecodingError {
        case .keyNotFound(let key, let context): (context.codingPath + [key], "is missing")
        case .typeMismatch(_, let context), .valueNotFound(_, let context),
            .dataCorrupted(let context):
            (context.codingPath, context.debugDescription)
        default: ([], "\(error)")
        }
    }
}

extension NodeFields {
    /// The scalars of a mapping inside a mapping, by key; what is none is left out.
    static func scalars(of node: Node, in key: String) -> [String: String] {
        guard case .mapping(let mapping) = node,
            case .mapping(let inner)? = values(of: mapping)[key]
        else { return [:] }
        return values(of: inner).compactMapValues { $0.scalar?.string }
    }
}
