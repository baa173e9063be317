import ServiceModel

/// Which of two Services that want the same frontend has it: the older one, and of two that were
/// created in the same second the one whose name comes first.
///
/// It follows from the Services alone, so that all nodes agree, whatever they heard of first.
struct Seniority: Comparable {
    private let created: CreationTime?
    private let service: ServiceIdentity

    /// The rank of a Service with these entries, which all say when it was created.
    init(_ service: ServiceIdentity, _ entries: [ForwardingEntry]) {
        created = entries.first?.created
        self.service = service
    }

    /// Orders the one that has the frontend before the one that does not.
    static func < (left: Seniority, right: Seniority) -> Bool {
        switch (left.created, right.created) {
        case (let one?, let other?) where one != other: one < other
        case (_?, nil): true
        case (nil, _?): false
        default: left.service < right.service
        }
    }
}
