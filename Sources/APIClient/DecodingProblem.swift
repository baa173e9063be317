import KubeAPI

extension UnreadableObject {
    /// Only as much of an object as says which it is.
    private struct Named: Decodable {
        /// The metadata that makes up a key.
        struct Metadata: Decodable {
            var name: String?
            var namespace: String?
        }

        var metadata: Metadata
    }

    /// Takes from the object what can still be read of it.
    init(_ kind: ResourceKind, from decoder: any Decoder, error: any Error) {
        let metadata = (try? Named(from: decoder))?.metadata
        let key = metadata?.name.map {
            ObjectKey(
                kind: kind, namespace: metadata?.namespace ?? ObjectKey.defaultNamespace,
                name: $0)
        }
        self.init(
            key: key,
            problem: DecodingProblem(error, below: decoder.codingPath.count).description)
    }
}

/// A decoder's error in one line: the field, and what is wrong there.
struct DecodingProblem: CustomStringConvertible {
    let description: String

    /// - Parameters:
    ///   - error: what the decoder threw.
    ///   - depth: how many keys lead to what is talked about.
    init(_ error: any Error, below depth: Int = 0) {
        guard let error = error as? DecodingError else {
            description = "\(error)"
            return
        }
        let context: DecodingError.Context
        var missing: [any CodingKey] = []
        switch error {
        case .keyNotFound(let key, let found): (context, missing) = (found, [key])
        case .typeMismatch(_, let found), .valueNotFound(_, let found), .dataCorrupted(let found):
            context = found
        @unknown default:
            description = "\(error)"
            return
        }
        let field = Self.path((context.codingPath + missing).dropFirst(depth))
        let message = missing.isEmpty ? context.debugDescription : "is missing"
        description = field.isEmpty ? message : "\(field): \(message)"
    }

    /// For example `spec.ports[0].port`.
    static func path(_ keys: some Sequence<any CodingKey>) -> String {
        keys.reduce(into: "") { path, key in
            if let index = key.intValue {
                path += "[\(index)]"
            } else {
                path += path.isEmpty ? key.stringValue : ".\(key.stringValue)"
            }
        }
    }
}
