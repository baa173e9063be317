/// A list as the API server answers it, possibly one page of several.
package struct ObjectList<Item: Codable & Hashable & Sendable>: Codable, Hashable, Sendable {
    package var apiVersion: String?
    /// For example `ServiceList`.
    package var kind: String?
    package var metadata: ListMeta
    package var items: [Item]

    /// A list of this kind.
    package init(resource: ResourceKind, metadata: ListMeta, items: [Item]) {
        apiVersion = resource.apiVersion
        kind = resource.listKind
        self.metadata = metadata
        self.items = items
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        apiVersion = try container.decodeIfPresent(String.self, forKey: .apiVersion)
        kind = try container.decodeIfPresent(String.self, forKey: .kind)
        metadata = try container.decodeIfPresent(ListMeta.self, forKey: .metadata) ?? ListMeta()
        items = try container.decodeIfPresent([Item].self, forKey: .items) ?? []
    }
}

/// Where a list stands in the store's history, and how to go on reading it.
package struct ListMeta: Codable, Hashable, Sendable {
    /// The store's revision the list is of; a watch starts from it.
    package var resourceVersion: String?
    /// Names the next page; absent on the last.
    package var `continue`: String?
    /// How many items are left after this page, where the server knows.
    package var remainingItemCount: Int?

    /// The metadata of one page.
    package init(
        resourceVersion: String? = nil, continue: String? = nil, remainingItemCount: Int? = nil
    ) {
        self.resourceVersion = resourceVersion
        self.continue = `continue`
        self.remainingItemCount = remainingItemCount
    }
}
