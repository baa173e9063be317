import KubeAPI

extension ClusterObject {
    /// The object with the kind, the version and the namespace that it did not have to state.
    var defaulted: ClusterObject {
        switch self {
        case .service(let object): .service(object.defaulted)
        case .endpoints(let object): .endpoints(object.defaulted)
        case .endpointSlice(let object): .endpointSlice(object.defaulted)
        case .pod(let object): .pod(object.defaulted)
        case .node(let object): .node(object.defaulted)
        case .lease(let object): .lease(object.defaulted)
        }
    }
}

extension KubeObject {
    fileprivate var defaulted: Self {
        var copy = self
        copy.kind = Self.kind
        copy.apiVersion = Self.apiVersion
        copy.metadata.namespace =
            Self.isNamespaced ? metadata.namespace ?? ObjectKey.defaultNamespace : nil
        return copy
    }
}
