import KubeAPI

/// Which Services a Pod concerns, and which Pods a Service selects.
struct SelectorIndex {
    private var pods = LabelIndex()
    private var podLabels: [ObjectKey: [String: String]] = [:]
    /// Services under one label of their selector: one is enough to find them.
    private var services = LabelIndex()
    private var selectors: [ObjectKey: EqualitySelector] = [:]

    /// Takes a Pod's labels; `nil` when it is gone.
    mutating func setPod(_ key: ObjectKey, labels: [String: String]?) {
        if let old = podLabels.removeValue(forKey: key) {
            pods.remove(key.name, namespace: key.namespace, labels: old)
        }
        guard let labels else { return }
        podLabels[key] = labels
        pods.insert(key.name, namespace: key.namespace, labels: labels)
    }

    /// Takes a Service's selector; `nil` when there is none, or no Service any more.
    mutating func setService(_ key: ObjectKey, selector: EqualitySelector?) {
        if let old = selectors.removeValue(forKey: key) {
            services.remove(key.name, namespace: key.namespace, labels: Self.mark(of: old))
        }
        guard let selector else { return }
        selectors[key] = selector
        services.insert(key.name, namespace: key.namespace, labels: Self.mark(of: selector))
    }

    /// The Services that select a Pod with the labels it has now.
    func services(selecting pod: ObjectKey) -> [ObjectKey] {
        guard let labels = podLabels[pod] else { return [] }
        return services.union(namespace: pod.namespace, labels: labels).map {
            ObjectKey(kind: .services, namespace: pod.namespace, name: $0)
        }.filter { selectors[$0]?.matches(labels) == true }
    }

    /// The Pods that a Service selects.
    func pods(selectedBy service: ObjectKey) -> [ObjectKey] {
        guard let selector = selectors[service] else { return [] }
        return pods.candidates(namespace: service.namespace, selectedBy: selector.labels).map {
            ObjectKey(kind: .pods, namespace: service.namespace, name: $0)
        }.filter { selector.matches(podLabels[$0]) }
    }

    /// All Services with a selector.
    var allServices: some Sequence<ObjectKey> { selectors.keys }

    /// The label with the smallest key: any would do, but it must be the same at removal.
    private static func mark(of selector: EqualitySelector) -> [String: String] {
        guard let label = selector.labels.min(by: { $0.key < $1.key }) else { return [:] }
        return [label.key: label.value]
    }
}
