import Yams

/// Finds the line of a field in a document.
enum FieldPlace {
    /// The mark of the deepest part of the path that the document has: of a missing field,
    /// the mapping that should hold it.
    static func mark(of keys: [String], in document: Node) -> Mark? {
        var node = document
        var mark = document.mark
        for key in keys {
            switch node {
            case .mapping(let mapping):
                let pair = mapping.first { pair in
                    guard case .scalar(let scalar) = pair.key else { return false }
                    return scalar.string == key
                }
                guard let pair else { return mark }
                // The key's line, not that of a mapping below it.
                mark = pair.value.scalar == nil ? pair.key.mark : pair.value.mark
                node = pair.value
            case .sequence(let sequence):
                guard let index = Int(key), sequence.indices.contains(index) else { return mark }
                node = sequence[index]
                mark = node.mark ?? mark
            case .scalar, .alias: return mark
            }
        }
        return mark
    }

    /// The steps of a path like `spec.ports[0].nodePort` or `metadata.labels[app]`.
    static func keys(of path: String) -> [String] {
        path.split { $0 == "." || $0 == "[" || $0 == "]" }.map(String.init)
    }

    /// For example `spec.ports[0].port`.
    static func path(_ keys: [any CodingKey]) -> String {
        keys.reduce(into: "") { path, key in
            if let index = key.intValue {
                path += "[\(index)]"
            } else {
                path += path.isEmpty ? key.stringValue : ".\(key.stringValue)"
            }
        }
    }
}
