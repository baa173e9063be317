/// One variable of a container's environment, as a Pod states it.
package struct EnvironmentVariable: Codable, Hashable, Sendable {
    package var name: String
    package var value: String?
    package var valueFrom: EnvironmentSource?

    /// A variable with a value that is written down.
    package init(name: String, value: String? = nil) {
        self.name = name
        self.value = value
    }
}

/// Where a variable's value comes from that is not written down.
///
/// References to ConfigMaps and Secrets, which are not served here, leave it empty.
package struct EnvironmentSource: Codable, Hashable, Sendable {
    package var fieldRef: FieldReference?

    /// The value of one of the Pod's own fields.
    package init(fieldPath: String) {
        fieldRef = FieldReference(fieldPath: fieldPath)
    }
}

/// An object whose every entry is a variable.
///
/// ConfigMaps and Secrets are not served here; their names are kept to be told.
package struct EnvironmentBundle: Codable, Hashable, Sendable {
    package var configMapRef: ObjectNameReference?
    package var secretRef: ObjectNameReference?

    /// A reference to one of both.
    package init(configMap: String? = nil, secret: String? = nil) {
        configMapRef = configMap.map(ObjectNameReference.init)
        secretRef = secret.map(ObjectNameReference.init)
    }
}

/// Names an object of the Pod's namespace.
package struct ObjectNameReference: Codable, Hashable, Sendable {
    package var name: String?

    /// A reference to the object of this name.
    package init(name: String) {
        self.name = name
    }
}

/// Names a field of the Pod itself.
package struct FieldReference: Codable, Hashable, Sendable {
    package var apiVersion: String?
    /// For example `status.podIP` or `metadata.labels['app']`.
    package var fieldPath: String?

    /// A reference by path.
    package init(fieldPath: String) {
        self.fieldPath = fieldPath
    }
}
