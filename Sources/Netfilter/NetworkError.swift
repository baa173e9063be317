internal import CNetfilter
internal import Glibc

/// What the kernel refused: an operation, on what, and why.
package struct NetworkError: Error, Hashable, Sendable {
    /// What was tried; the raw value reads on after "could not".
    package enum Operation: String, Hashable, Sendable {
        case openSocket = "open a socket"
        case listFlows = "list the tracked flows"
        case deleteFlows = "delete tracked flows"
        case readFlowCount = "read the number of tracked flows"
        case listListeners = "list the listening sockets"
        case listInterfaces = "list the interfaces"
        case listAddresses = "list the addresses"
        case addAddress = "add the address"
        case prolongAddress = "prolong the life of the address"
        case removeAddress = "remove the address"
        case findRoute = "find the route to"
        case listRoutes = "list the routes"
        case addRoute = "add the route"
        case removeRoute = "remove the route"
        case announce = "announce the address"
        case probe = "ask who has the address"
        case readSysctl = "read"
        case writeSysctl = "write"
    }

    /// What was tried.
    package let operation: Operation
    /// The kernel's errno, or `EBADMSG` for an answer that could not be read.
    package let code: Int32
    /// What it was about: an address, a route, a sysctl; empty when the operation says it all.
    package let subject: String

    /// Makes an error of its parts.
    package init(operation: Operation, code: Int32, subject: String) {
        self.operation = operation
        self.code = code
        self.subject = subject
    }

    /// Whether this process lacks the capability, commonly CAP_NET_ADMIN or CAP_NET_RAW.
    package var isNotPermitted: Bool { code == EPERM || code == EACCES }

    /// Whether the file, interface or namespace named does not exist.
    package var isNotFound: Bool { code == ENOENT || code == ENODEV }
}

extension NetworkError: CustomStringConvertible {
    /// Such as `could not add the address 10.0.0.1/32 on eth0: No such device (errno 19)`.
    package var description: String {
        let about = subject.isEmpty ? "" : " \(subject)"
        let reason = unsafe String(cString: cnf_net_error_text(code))
        return "could not \(operation.rawValue)\(about): \(reason) (errno \(code))"
    }
}
