internal import CNetfilter

/// Reads an expression of libnftnl; only as long as the rule lives that owns it.
@safe
struct ExpressionReader {
    private let pointer: OpaquePointer

    /// Borrows an expression.
    init(_ pointer: OpaquePointer) {
        unsafe self.pointer = unsafe pointer
    }

    /// The kernel's name of the kind.
    var name: String { string(NFTNL_EXPR_NAME) ?? "?" }

    /// The expression as libnftnl prints it.
    var text: String {
        var buffer = [CChar](repeating: 0, count: 512)
        let length = unsafe nftnl_expr_snprintf(
            &buffer, buffer.count, pointer, NFTNL_OUTPUT_DEFAULT.rawValue, 0)
        let written = buffer.prefix(max(0, min(Int(length), buffer.count - 1)))
        return String(decoding: written.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    /// A number; nil if it is not there.
    func number(_ attribute: Int) -> UInt32? {
        isSet(attribute) ? unsafe nftnl_expr_get_u32(pointer, UInt16(attribute)) : nil
    }

    /// A number of one byte; nil if it is not there.
    func byte(_ attribute: Int) -> UInt8? {
        isSet(attribute) ? unsafe nftnl_expr_get_u8(pointer, UInt16(attribute)) : nil
    }

    /// A number of eight bytes; nil if it is not there.
    func wide(_ attribute: Int) -> UInt64? {
        isSet(attribute) ? unsafe nftnl_expr_get_u64(pointer, UInt16(attribute)) : nil
    }

    /// A register as a word; nil if it is not there or is the verdict register.
    func register(_ attribute: Int) -> Int? {
        number(attribute).flatMap(KernelExpression.register(ofNumber:))
    }

    /// A text; nil if it is not there.
    func string(_ attribute: Int) -> String? {
        guard isSet(attribute), let text = unsafe nftnl_expr_get_str(pointer, UInt16(attribute))
        else { return nil }
        return unsafe String(cString: text)
    }

    /// An expression within; nil if it is not there.
    func inner(_ attribute: Int) -> ExpressionReader? {
        var length: UInt32 = 0
        guard isSet(attribute),
            let inner = unsafe nftnl_expr_get(pointer, UInt16(attribute), &length)
        else { return nil }
        return unsafe ExpressionReader(OpaquePointer(inner))
    }

    /// Bytes; nil if they are not there.
    func bytes(_ attribute: Int) -> [UInt8]? {
        var length: UInt32 = 0
        guard isSet(attribute),
            let start = unsafe nftnl_expr_get(pointer, UInt16(attribute), &length)
        else { return nil }
        return unsafe Array(UnsafeRawBufferPointer(start: start, count: Int(length)))
    }

    private func isSet(_ attribute: Int) -> Bool {
        unsafe attribute == NFTNL_EXPR_NAME || nftnl_expr_is_set(pointer, UInt16(attribute))
    }
}
