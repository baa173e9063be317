/// A Lease: which of several may act, for as long as it keeps saying so.
package struct LeaseObject: KubeObject {
    /// The kind these objects are of.
    package static let resource = ResourceKind.leases

    package var apiVersion: String?
    package var kind: String?
    package var metadata: ObjectMeta
    package var spec: LeaseSpec

    /// An object that states its kind.
    package init(metadata: ObjectMeta, spec: LeaseSpec = LeaseSpec()) {
        apiVersion = Self.apiVersion
        kind = Self.kind
        self.metadata = metadata
        self.spec = spec
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        apiVersion = try container.decodeIfPresent(String.self, forKey: .apiVersion)
        kind = try container.decodeIfPresent(String.self, forKey: .kind)
        metadata = try container.decode(ObjectMeta.self, forKey: .metadata)
        spec = try container.decodeIfPresent(LeaseSpec.self, forKey: .spec) ?? LeaseSpec()
    }
}

/// Who holds a Lease, and since when.
package struct LeaseSpec: Codable, Hashable, Sendable {
    /// Who holds it; empty or absent: nobody.
    package var holderIdentity: String?
    /// How long others wait, after they have seen it change last, until they take it.
    package var leaseDurationSeconds: Int?
    /// When the holder got it, such as `2026-01-31T12:00:00.000250Z`.
    package var acquireTime: String?
    /// When the holder wrote it last, in the same form.
    package var renewTime: String?
    /// How often it went from one holder to another.
    package var leaseTransitions: Int?
    /// How a holder is chosen where the API server does it (KEP-4355); not used here.
    package var strategy: String?
    /// Whom the API server would rather have as holder (KEP-4355); not used here.
    package var preferredHolder: String?

    /// A Lease that says nothing.
    package init() {}
}
