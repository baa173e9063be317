package import Addressing
import FoundationEssentials

/// Reads settings from the text of a flag or of its environment variable.
package enum SettingText {
    /// A comma-separated list of CIDR blocks; empty text is an empty list.
    package static func blocks(
        _ text: String, flag: String
    ) throws(ConfigurationError) -> [CIDRBlock] {
        var blocks: [CIDRBlock] = []
        for part in text.split(separator: ",") {
            guard let block = CIDRBlock(part.filter { $0 != " " }) else {
                throw ConfigurationError(
                    flag, "\"\(part)\" is not a CIDR block; write one such as 10.96.0.0/12")
            }
            blocks.append(block)
        }
        return blocks
    }

    /// An address and a port, such as `127.0.0.1:6440`, `[::1]:6440` or `:10256` (everywhere).
    package static func listener(
        _ text: String, flag: String
    ) throws(ConfigurationError) -> ListenAddress {
        if text.hasPrefix(":"), let port = Port(text.dropFirst()) {
            return ListenAddress(address: nil, port: port)
        }
        guard let socket = SocketEndpoint(text) else {
            throw ConfigurationError(
                flag, "\"\(text)\" is not ADDRESS:PORT; write 127.0.0.1:6440, [::1]:6440 or :6440")
        }
        return ListenAddress(address: socket.address, port: socket.port)
    }

    /// A whole number of at least one.
    package static func count(_ text: String, flag: String) throws(ConfigurationError) -> Int {
        guard let number = Int(text), number > 0 else {
            throw ConfigurationError(flag, "\"\(text)\" is not a whole number of at least 1")
        }
        return number
    }

    /// A whole number, of which 0 switches something off.
    package static func whole(_ text: String, flag: String) throws(ConfigurationError) -> Int {
        guard let number = Int(text), 0...1_000_000_000 ~= number else {
            throw ConfigurationError(flag, "\"\(text)\" is not a whole number")
        }
        return number
    }

    /// Reads a flag that has two values.
    package static func choice(
        _ text: String, flag: String, yes: String, no: String
    ) throws(ConfigurationError) -> Bool {
        switch text {
        case yes: return true
        case no: return false
        default: throw ConfigurationError(flag, "\"\(text)\" is not \(yes) or \(no)")
        }
    }

    /// A share in percent.
    package static func percent(_ text: String, flag: String) throws(ConfigurationError) -> Int {
        guard let number = Int(text), 0...100 ~= number else {
            throw ConfigurationError(flag, "\"\(text)\" is not a share from 0 to 100")
        }
        return number
    }

    /// A duration longer than zero.
    package static func positiveDuration(
        _ text: String, flag: String
    ) throws(ConfigurationError) -> Duration {
        let duration = try duration(text, flag: flag)
        guard duration > .zero else { throw ConfigurationError(flag, "must be longer than zero") }
        return duration
    }

    /// A duration such as `200ms`, `2s` or `1m`.
    package static func duration(
        _ text: String, flag: String
    ) throws(ConfigurationError) -> Duration {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        guard let number = Int(digits), number < 1_000_000_000 else {
            throw ConfigurationError(flag, "\"\(text)\" is not a duration; write 200ms, 2s or 1m")
        }
        switch text.dropFirst(digits.count) {
        case "ms": return .milliseconds(number)
        case "s": return .seconds(number)
        case "m": return .seconds(number * 60)
        case "h": return .seconds(number * 3_600)
        default:
            throw ConfigurationError(flag, "\"\(text)\" needs a unit; write 200ms, 2s or 1m")
        }
    }
}

/// Where a server listens.
package struct ListenAddress: Hashable, Sendable, CustomStringConvertible {
    /// The address; nil stands for all addresses of both families.
    package let address: IPAddress?
    /// The port.
    package let port: Port

    /// The host name to bind: `::` takes IPv4 too, where the kernel has IPv6.
    var bindHost: String {
        // Empty where IPv6 is switched off, absent where the kernel has none.
        let addresses = try? String(contentsOfFile: "/proc/net/if_inet6", encoding: .utf8)
        let hasIPv6 = addresses?.isEmpty == false
        return address.map { "\($0)" } ?? (hasIPv6 ? "::" : "0.0.0.0")
    }

    /// For example `127.0.0.1:6440` or `:10256`.
    package var description: String {
        address.map { "\(SocketEndpoint(address: $0, port: port))" } ?? ":\(port)"
    }
}
