package import Addressing
import NIOCore

/// The addresses of this host.
package enum HostAddresses {
    /// Those that its interfaces have now; none if the kernel does not say.
    package static func current() -> [IPAddress] {
        let devices = (try? System.enumerateDevices()) ?? []
        return Set(devices.compactMap { $0.address.flatMap { IPAddress($0) } }).sorted()
    }
}
