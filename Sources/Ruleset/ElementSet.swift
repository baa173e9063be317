/// What a set or map is made of: fixed when it is created.
package struct SetDeclaration: Hashable, Sendable {
    /// What a map holds for each key; a plain set holds nothing.
    package enum Value: Hashable, Sendable {
        case none
        case verdict
        case data([Selector])
    }

    /// How elements come into a set.
    package enum Filling: Hashable, Sendable {
        /// They are those of the plan.
        case planned
        /// Packets bring them. By default an element goes so long after it was written; nil: when
        /// what it counts has gone.
        case byPackets(timeoutSeconds: Int?)
        /// Whoever owns the table puts them in, each for a time of its own.
        case timed
    }

    /// The name within the table.
    package let name: String
    /// The fields of a key, spelled by the selectors that yield them (`typeof` in nft).
    package let key: [Selector]
    /// What an element holds beside its key.
    package let value: Value
    /// True if elements are ranges.
    package let isInterval: Bool
    /// How elements come into it.
    package let filling: Filling
    /// The most elements that a dynamic set takes.
    package let size: Int?
    /// True if each element counts the packets that matched it.
    package let hasCounter: Bool
    /// Text for the reader of a listing, at most 128 bytes.
    package let comment: String?

    /// Declares a set; nothing is created.
    package init(
        _ name: String, key: [Selector], value: Value = .none, isInterval: Bool = false,
        filling: Filling = .planned, size: Int? = nil, hasCounter: Bool = false,
        comment: String? = nil
    ) {
        self.name = name
        self.key = key
        self.value = value
        self.isInterval = isInterval
        self.filling = filling
        self.size = size
        self.hasCounter = hasCounter
        self.comment = comment
    }

    /// True if elements come and go by themselves, so that they are nobody's plan.
    package var isDynamic: Bool { filling != .planned }

    /// Orders sets by when their elements may come: what is led to before what leads there, maps of
    /// verdicts.
    package var elementOrder: (rank: Int, name: String) { (value == .verdict ? 1 : 0, name) }
}

/// One element of a set or map.
package struct Element: Hashable, Sendable {
    /// What a map holds for a key.
    package enum Value: Hashable, Sendable {
        case verdict(Verdict)
        case data(ElementData)
    }

    /// The key, or the first key of a range.
    package let key: ElementData
    /// The last key of a range, alone or nothing: few elements are ranges, and a million that
    /// are not should not keep room for one.
    private let rangeEnd: [ElementData]
    /// What the key leads to; nil in a plain set.
    package let value: Value?
    /// Text for the reader of a listing, at most 128 bytes.
    package let comment: String?

    /// Makes an element.
    package init(
        _ key: ElementData, through lastKey: ElementData? = nil, value: Value? = nil,
        comment: String? = nil
    ) {
        self.key = key
        rangeEnd = lastKey.flatMap { $0 == key ? nil : [$0] } ?? []
        self.value = value
        self.comment = comment
    }

    /// The last key of a range, included; nil if the element is a single key.
    ///
    /// For a concatenation each field has its own range, as the kernel's pipapo set has it.
    package var lastKey: ElementData? { rangeEnd.first }
}

/// A set or map with its elements.
package struct ElementSet: Hashable, Sendable {
    /// What the set is made of.
    package let declaration: SetDeclaration
    /// Elements by key (by first key for ranges); always empty for a dynamic set.
    package var elements: [ElementData: Element]

    /// Makes a set value of these elements; a later element replaces an earlier one of its key.
    package init(_ declaration: SetDeclaration, elements: [Element] = []) {
        self.declaration = declaration
        self.elements = [:]
        self.elements.reserveCapacity(elements.count)
        for element in elements { self.elements[element.key] = element }
    }
}
