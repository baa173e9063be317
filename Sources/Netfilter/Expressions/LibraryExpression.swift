internal import CNetfilter
internal import Glibc

enum ExpressionKind: LibraryKind {
    /// Never used: an expression is made with its name.
    static func allocate() -> OpaquePointer? { nil }
    static func free(_ pointer: OpaquePointer) { unsafe nftnl_expr_free(pointer) }
}

/// An expression of libnftnl on its way into a rule.
typealias LibraryExpression = Owned<ExpressionKind>

extension Owned<ExpressionKind> {
    /// Makes an expression of a kind that the kernel knows by name.
    init(named name: String) throws(NetfilterError) {
        guard let pointer = unsafe nftnl_expr_alloc(name) else {
            throw NetfilterError(.encode, code: ENOMEM)
        }
        unsafe self.init(taking: pointer)
    }

    /// Sets a number.
    func set(_ attribute: Int, _ number: UInt32) {
        unsafe nftnl_expr_set_u32(pointer, UInt16(attribute), number)
    }

    /// Sets a number of one byte.
    func set(_ attribute: Int, byte: UInt8) {
        unsafe nftnl_expr_set_u8(pointer, UInt16(attribute), byte)
    }

    /// Sets a number of eight bytes.
    func set(_ attribute: Int, wide number: UInt64) {
        unsafe nftnl_expr_set_u64(pointer, UInt16(attribute), number)
    }

    /// Sets a register.
    func set(_ attribute: Int, register: Int) {
        set(attribute, KernelExpression.number(ofRegister: register))
    }

    /// Sets a name.
    func set(_ attribute: Int, name: String) throws(NetfilterError) {
        guard name.utf8.count <= Transaction.maximumNameBytes else {
            throw NetfilterError(.encode, code: EMSGSIZE)
        }
        try checked(unsafe nftnl_expr_set_str(pointer, UInt16(attribute), name))
    }

    /// Gives an expression away to be within this one.
    func add(_ attribute: Int, _ inner: consuming LibraryExpression) {
        unsafe nftnl_expr_add_expr(pointer, UInt32(attribute), inner.release())
    }

    /// Sets bytes.
    func set(_ attribute: Int, bytes: [UInt8]) throws(NetfilterError) {
        try checked(
            unsafe nftnl_expr_set(pointer, UInt16(attribute), bytes, UInt32(bytes.count)))
    }
}
