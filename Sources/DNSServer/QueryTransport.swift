/// How a query came.
package enum QueryTransport: String, CaseIterable, Hashable, Sendable {
    case udp
    case tcp
}
