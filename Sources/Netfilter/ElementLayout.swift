internal import CNetfilter
internal import Glibc
internal import Ruleset

/// How the elements of one set lie in a message.
struct ElementLayout {
    private let keyLength: Int
    private let valueLength: Int
    private let isRemoval: Bool
    /// One-field ranges: two elements, the first key and the key after the last.
    private let isPairOfEnds: Bool
    /// Ranges of several fields: one element with two keys.
    private let hasKeyEnd: Bool

    /// Reads off a declaration what elements look like.
    init(_ declaration: SetDeclaration, family: TableFamily, isRemoval: Bool) {
        keyLength = declaration.keyLength(in: family)
        valueLength = declaration.valueLength(in: family)
        self.isRemoval = isRemoval
        hasKeyEnd = declaration.isConcatenatedInterval
        isPairOfEnds = declaration.isInterval && !hasKeyEnd
    }

    /// The most attributes that one element becomes.
    var attributesPerElement: Int { isPairOfEnds ? 2 : 1 }

    /// Appends an element to a message that has the room.
    func write(
        _ element: Element, timeoutSeconds: Int? = nil, to header: UnsafeMutablePointer<nlmsghdr>
    ) throws(NetfilterError) {
        guard element.comment?.utf8.count ?? 0 <= UserData.maximumCommentBytes,
            element.verdictTarget?.utf8.count ?? 0 <= Transaction.maximumNameBytes
        else { throw NetfilterError(.encode, code: EMSGSIZE) }
        unsafe withBytes(of: element.key) { key in
            var raw = unsafe cnf_element()
            unsafe raw.key = unsafe key
            unsafe raw.key_length = UInt16(keyLength)
            unsafe raw.timeout_milliseconds = UInt64(clamping: timeoutSeconds ?? 0) * 1000
            unsafe withBytes(of: element.lastKey ?? element.key) { lastKey in
                if hasKeyEnd {
                    unsafe raw.key_end = unsafe lastKey
                    unsafe raw.key_end_length = UInt16(keyLength)
                }
                unsafe write(element, from: &raw, to: header)
            }
        }
        if isPairOfEnds,
            let end = (element.lastKey ?? element.key).successor(keyLength: keyLength)
        {
            unsafe withBytes(of: end) { key in
                var raw = unsafe cnf_element()
                unsafe raw.key = unsafe key
                unsafe raw.key_length = UInt16(keyLength)
                unsafe raw.flags = UInt32(NFT_SET_ELEM_INTERVAL_END.rawValue)
                unsafe cnf_element_put(header, &raw)
            }
        }
    }

    private func write(
        _ element: Element, from raw: inout cnf_element,
        to header: UnsafeMutablePointer<nlmsghdr>
    ) {
        // The kernel finds what to remove by its key alone.
        if isRemoval {
            unsafe cnf_element_put(header, &raw)
            return
        }
        switch element.value {
        case nil: unsafe writeComment(of: element, from: &raw, to: header)
        case .data(let value):
            unsafe withBytes(of: value) { bytes in
                unsafe raw.data = unsafe bytes
                unsafe raw.data_length = UInt16(valueLength)
                unsafe writeComment(of: element, from: &raw, to: header)
            }
        case .verdict(let verdict):
            unsafe raw.has_verdict = true
            unsafe raw.verdict = verdict.code
            guard let target = verdict.target else {
                unsafe writeComment(of: element, from: &raw, to: header)
                return
            }
            unsafe target.withCString { chain in
                unsafe raw.chain = unsafe chain
                unsafe writeComment(of: element, from: &raw, to: header)
            }
        }
    }

    private func writeComment(
        of element: Element, from raw: inout cnf_element,
        to header: UnsafeMutablePointer<nlmsghdr>
    ) {
        guard let comment = element.comment else {
            unsafe cnf_element_put(header, &raw)
            return
        }
        let data = UserData(comment: comment).bytes
        unsafe data.withUnsafeBytes { bytes in
            unsafe raw.user_data = bytes.baseAddress
            unsafe raw.user_data_length = UInt16(bytes.count)
            unsafe cnf_element_put(header, &raw)
        }
    }

    /// Calls with the bytes in the kernel's order, on the stack.
    private func withBytes(of data: ElementData, _ body: (UnsafeRawPointer) -> Void) {
        unsafe withUnsafeTemporaryAllocation(
            of: UInt32.self, capacity: ElementData.maximumRegisters
        ) { words in
            for index in 0..<data.registerCount {
                unsafe words[index] = data.register(index).bigEndian
            }
            if let start = words.baseAddress { unsafe body(UnsafeRawPointer(start)) }
        }
    }
}
