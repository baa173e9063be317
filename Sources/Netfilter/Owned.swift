internal import CNetfilter
internal import Glibc

/// A kind of object that libnftnl makes.
///
/// Its C types are all opaque, so that in Swift a rule and an expression would be the same
/// `OpaquePointer`; the kind brings the difference back.
protocol LibraryKind {
    /// Makes an object; nil without memory.
    static func allocate() -> OpaquePointer?
    /// Frees an object and what it owns.
    static func free(_ pointer: OpaquePointer)
}

/// An object of libnftnl with one owner, freed when the owner goes.
@safe
struct Owned<Kind: LibraryKind>: ~Copyable {
    /// The object, for calls of the library.
    @unsafe let pointer: OpaquePointer

    /// Makes an empty object.
    init() throws(NetfilterError) {
        guard let pointer = unsafe Kind.allocate() else {
            throw NetfilterError(.encode, code: ENOMEM)
        }
        unsafe self.pointer = unsafe pointer
    }

    /// Takes over an object that somebody made.
    init(taking pointer: OpaquePointer) {
        unsafe self.pointer = unsafe pointer
    }

    deinit { unsafe Kind.free(pointer) }

    /// Gives the object away, to a C function that will free it.
    consuming func release() -> OpaquePointer {
        let pointer = unsafe pointer
        discard self
        return unsafe pointer
    }
}

enum TableKind: LibraryKind {
    static func allocate() -> OpaquePointer? { unsafe nftnl_table_alloc() }
    static func free(_ pointer: OpaquePointer) { unsafe nftnl_table_free(pointer) }
}

enum ChainKind: LibraryKind {
    static func allocate() -> OpaquePointer? { unsafe nftnl_chain_alloc() }
    static func free(_ pointer: OpaquePointer) { unsafe nftnl_chain_free(pointer) }
}

enum RuleKind: LibraryKind {
    static func allocate() -> OpaquePointer? { unsafe nftnl_rule_alloc() }
    static func free(_ pointer: OpaquePointer) { unsafe nftnl_rule_free(pointer) }
}

enum SetKind: LibraryKind {
    static func allocate() -> OpaquePointer? { unsafe nftnl_set_alloc() }
    static func free(_ pointer: OpaquePointer) { unsafe nftnl_set_free(pointer) }
}
