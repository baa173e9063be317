extension DomainName {
    /// Where the labels lie in `wire`, first to last: the bytes of each, without its length.
    ///
    /// Allocates nothing.
    package struct LabelRanges: Sequence, IteratorProtocol {
        let wire: [UInt8]
        var offset = 0

        /// The bytes of the next label.
        package mutating func next() -> Range<Int>? {
            let length = Int(wire[offset])
            guard length > 0 else { return nil }
            let start = offset + 1
            offset = start + length
            return start..<offset
        }
    }

    /// Where the labels lie in `wire`, first to last.
    package var labelRanges: LabelRanges { LabelRanges(wire: wire) }

    /// The labels, first to last, as slices of `wire`.
    package var labels: some Sequence<ArraySlice<UInt8>> {
        labelRanges.lazy.map { [wire] range in wire[range] }
    }

    /// Where a label lies in `wire`, without its length; 0 is the first.
    ///
    /// - Precondition: There is such a label.
    package func labelRange(at index: Int) -> Range<Int> {
        precondition(0..<labelCount ~= index, "no such label")
        let offset = offset(ofLast: labelCount - index)
        return offset + 1..<offset + 1 + Int(wire[offset])
    }

    /// The bytes of a label, as spelled; 0 is the first.
    ///
    /// - Precondition: There is such a label.
    package func labelBytes(at index: Int) -> ArraySlice<UInt8> {
        wire[labelRange(at: index)]
    }

    /// The text of a label as spelled, escaped as in `description`; 0 is the first.
    ///
    /// Take it from `lowercased` to look it up. A label with a dot in it never looks like two.
    ///
    /// - Precondition: There is such a label.
    package func label(at index: Int) -> String {
        let bytes = labelBytes(at: index)
        if bytes.allSatisfy(isPlain) { return String(decoding: bytes, as: UTF8.self) }
        return escaped(bytes)
    }

    /// Where in `wire` the last labels begin, with the length of the first of them.
    func offset(ofLast count: Int) -> Int {
        var offset = 0
        for _ in 0..<labelCount - count { offset += 1 + Int(wire[offset]) }
        return offset
    }
}
