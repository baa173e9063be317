/// One requirement of a label selector.
package enum LabelRequirement: Hashable, Sendable {
    case exists(String)
    case isAbsent(String)
    case isOneOf(String, Set<String>)
    /// Also holds where the label is absent.
    case isNoneOf(String, Set<String>)

    /// Reads one requirement without the commas between requirements.
    init?(_ text: Substring) {
        if text.hasSuffix(")") {
            self.init(set: text)
        } else if let comparison = Comparison(text) {
            self =
                comparison.isEqual
                ? .isOneOf(comparison.key, [comparison.value])
                : .isNoneOf(comparison.key, [comparison.value])
        } else {
            let isNegated = text.hasPrefix("!")
            let key = String((isNegated ? text.dropFirst() : text).trimmed)
            guard LabelRequirement.isKey(key) else { return nil }
            self = isNegated ? .isAbsent(key) : .exists(key)
        }
    }

    /// Reads `key in (a,b)` or `key notin (a,b)`.
    private init?(set text: Substring) {
        guard let open = text.firstIndex(of: "(") else { return nil }
        let words = text[..<open].split(separator: " ")
        guard words.count == 2 else { return nil }
        let key = String(words[0])
        let values = text[text.index(after: open)...].dropLast()
            .split(separator: ",", omittingEmptySubsequences: false)
            .map { String($0.trimmed) }
        let isPlain = values.allSatisfy { !$0.contains(where: { "()=! ".contains($0) }) }
        guard Self.isKey(key), isPlain else { return nil }
        switch words[1] {
        case "in": self = .isOneOf(key, Set(values))
        case "notin": self = .isNoneOf(key, Set(values))
        default: return nil
        }
    }

    /// Whether these labels meet the requirement.
    func holds(for labels: [String: String]) -> Bool {
        switch self {
        case .exists(let key): labels[key] != nil
        case .isAbsent(let key): labels[key] == nil
        case .isOneOf(let key, let values): labels[key].map(values.contains) ?? false
        case .isNoneOf(let key, let values): labels[key].map { !values.contains($0) } ?? true
        }
    }

    /// Whether the text may be a label's key: letters, digits and `-_./`.
    static func isKey(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"),
                    UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"),
                    UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."),
                    UInt8(ascii: "/"):
                    true
                default: false
                }
            }
    }
}

/// `key=value`, `key==value` or `key!=value`.
struct Comparison {
    let key: String
    let value: String
    let isEqual: Bool

    /// Fails where there is no operator, no key or a second operator.
    init?(_ text: Substring) {
        guard let equals = text.firstIndex(of: "=") else { return nil }
        var key = text[..<equals]
        isEqual = key.last != "!"
        if !isEqual { key = key.dropLast() }
        var value = text[text.index(after: equals)...]
        if isEqual, value.first == "=" { value = value.dropFirst() }
        self.key = String(key.trimmed)
        self.value = String(value.trimmed)
        guard LabelRequirement.isKey(self.key) else { return nil }
        guard !self.value.contains(where: { "=!(), ".contains($0) }) else { return nil }
    }
}

extension Substring {
    /// The text without the spaces around it.
    var trimmed: Substring {
        var rest = drop { $0 == " " }
        while rest.last == " " { rest.removeLast() }
        return rest
    }
}
