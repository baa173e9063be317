internal import CNetfilter
internal import Glibc

/// What the kernel, or the encoder before it, refused of a conversation about rulesets.
package struct NetfilterError: Error, Hashable, Sendable {
    /// What was tried; the raw value reads on after "could not".
    package enum Operation: String, Hashable, Sendable {
        case open = "open a netfilter socket"
        case encode = "write the changes as netlink messages"
        case send = "send to the kernel"
        case receive = "receive from the kernel"
        case commit = "commit the changes"
        case read = "read the ruleset"
    }

    /// What was tried.
    package let operation: Operation
    /// The errno: of the kernel, or of the encoder: `E2BIG` if the changes are more than one
    /// transaction can hold, `EMSGSIZE` for a name or comment that is too long, `EBADMSG` for a
    /// message that could not be understood, `ETIMEDOUT` for silence.
    package let code: Int32
    /// Which change of the list was refused; nil if it was none of them.
    package let changeIndex: Int?
    /// Which element of that change was refused, where the kernel says so.
    package let elementIndex: Int?

    /// Makes an error value.
    package init(
        _ operation: Operation, code: Int32, changeIndex: Int? = nil, elementIndex: Int? = nil
    ) {
        self.operation = operation
        self.code = code
        self.changeIndex = changeIndex
        self.elementIndex = elementIndex
    }

    /// True if a table, chain, set or element that the changes speak of is not in the kernel.
    package var isNotFound: Bool { code == ENOENT }

    /// True if the kernel already holds what should be added: `EEXIST`, or in some kernels
    /// `EBUSY` where it holds the key with another value.
    package var isAlreadyThere: Bool { code == EEXIST || code == EBUSY }

    /// True if the process may not change rulesets (no `CAP_NET_ADMIN`), or if another socket
    /// owns the table.
    package var isNotPermitted: Bool { code == EPERM || code == EACCES }

    /// True if the ruleset was not in the expected generation any more.
    package var isOutdated: Bool { code == ERESTART }

    /// True if the changes are more than one transaction can hold: commit them in parts.
    package var isTooLarge: Bool { code == E2BIG }
}

extension NetfilterError: CustomStringConvertible {
    /// Such as `could not commit the changes: change 3, element 17: EEXIST (File exists)`.
    package var description: String {
        let name = unsafe cnf_error_name(code).map { unsafe String(cString: $0) } ?? "errno \(code)"
        let reason = unsafe String(cString: cnf_net_error_text(code))
        var place = ""
        if let changeIndex { place += " change \(changeIndex)" }
        if let elementIndex { place += ", element \(elementIndex)" }
        if isTooLarge { place += " more than one transaction holds" }
        if !place.isEmpty { place += ":" }
        return "could not \(operation.rawValue):\(place) \(name) (\(reason))"
    }
}
