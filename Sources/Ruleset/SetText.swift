import Addressing

/// The spelling of one set or map with its elements.
struct SetText {
    let set: ElementSet
    let family: TableFamily

    var lines: [String] {
        let declaration = set.declaration
        var lines = ["\(declaration.value == .none ? "set" : "map") \(declaration.name) {"]
        if let comment = declaration.comment { lines.append("\tcomment \"\(comment)\"") }
        lines.append("\t" + typeLine)
        if let size = declaration.size { lines.append("\tsize \(size)") }
        let flags = flags
        if !flags.isEmpty { lines.append("\tflags " + flags.joined(separator: ",")) }
        if case .byPackets(let timeout?) = declaration.filling {
            lines.append("\ttimeout \(StatementText.duration(timeout))")
        }
        if declaration.hasCounter { lines.append("\tcounter") }
        let elements = set.elements.values.sorted { $0.key < $1.key }.map { text(of: $0) }
        if !elements.isEmpty {
            lines.append("\telements = {")
            for (index, element) in elements.enumerated() {
                lines.append("\t\t\(element)\(index + 1 < elements.count ? "," : " }")")
            }
        }
        lines.append("}")
        return lines
    }

    private var flags: [String] {
        let interval = set.declaration.isInterval ? ["interval"] : []
        return switch set.declaration.filling {
        case .planned: interval
        case .byPackets(timeoutSeconds: nil): interval + ["dynamic"]
        case .byPackets: interval + ["dynamic", "timeout"]
        case .timed: interval + ["timeout"]
        }
    }

    private var typeLine: String {
        let key = "typeof " + StatementText.text(of: set.declaration.key, family: family)
        switch set.declaration.value {
        case .none: return key
        case .verdict: return key + " : verdict"
        case .data(let fields):
            return key + " : " + StatementText.text(of: fields, family: family)
        }
    }

    func text(of element: Element) -> String {
        var text = keyText(of: element)
        if let comment = element.comment { text += " comment \"\(comment)\"" }
        switch element.value {
        case .verdict(let verdict): text += " : \(verdict)"
        case .data(let data):
            if case .data(let fields) = set.declaration.value {
                let values = FieldReader.fields(of: data, as: fields, family: family)
                text += " : " + values.map(\.description).joined(separator: " . ")
            }
        case nil: break
        }
        return text
    }

    private func keyText(of element: Element) -> String {
        let selectors = set.declaration.key
        let first = FieldReader.fields(of: element.key, as: selectors, family: family)
        guard let lastKey = element.lastKey else {
            return first.map(\.description).joined(separator: " . ")
        }
        let last = FieldReader.fields(of: lastKey, as: selectors, family: family)
        return zip(first, last).map(rangeText).joined(separator: " . ")
    }

    /// A range as `nft` lists it: `10.0.0.0/8` if it is a block, else `10.0.0.1-10.0.0.6`.
    private func rangeText(_ low: FieldValue, _ high: FieldValue) -> String {
        guard low != high else { return "\(low)" }
        guard case .address(let first) = low, case .address(let last) = high else {
            return "\(low)-\(high)"
        }
        let blocks = (0...family.addressByteCount * 8).lazy.compactMap {
            CIDRBlock(first, prefixLength: $0)
        }
        guard let block = blocks.first(where: { $0.first == first && $0.last == last }) else {
            return "\(low)-\(high)"
        }
        return "\(block)"
    }
}
