import KubeAPI

/// Finds by labels without looking at everything.
///
/// It answers with candidates: whoever asks checks the whole selector.
struct LabelIndex {
    private struct Label: Hashable {
        let key: String
        let value: String
    }

    private var names: [String: [Label: Set<String>]] = [:]

    /// Enters a name under each of these labels.
    mutating func insert(_ name: String, namespace: String, labels: [String: String]) {
        for (key, value) in labels {
            names[namespace, default: [:]][Label(key: key, value: value), default: []]
                .insert(name)
        }
    }

    /// Takes a name out from under these labels.
    mutating func remove(_ name: String, namespace: String, labels: [String: String]) {
        for (key, value) in labels {
            let label = Label(key: key, value: value)
            names[namespace]?[label]?.remove(name)
            if names[namespace]?[label]?.isEmpty == true { names[namespace]?[label] = nil }
        }
        if names[namespace]?.isEmpty == true { names[namespace] = nil }
    }

    /// The names under one of the labels of a selector: that with the fewest.
    func candidates(namespace: String, selectedBy selector: [String: String]) -> Set<String> {
        guard let labels = names[namespace] else { return [] }
        let sets = selector.map { labels[Label(key: $0.key, value: $0.value)] ?? [] }
        return sets.min { $0.count < $1.count } ?? []
    }

    /// The names under any of these labels.
    func union(namespace: String, labels: [String: String]) -> Set<String> {
        guard let entries = names[namespace] else { return [] }
        return labels.reduce(into: []) { found, label in
            found.formUnion(entries[Label(key: label.key, value: label.value)] ?? [])
        }
    }
}
