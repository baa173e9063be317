import Daemon
import Glibc

/// Writes to the terminal and ends the process.
enum Terminal {
    /// Prints a message on standard error, if there is one, and ends with this status.
    static func fail(_ message: String?, status: Int32) -> Never {
        if let message {
            let line = Array((message + "\n").utf8)
            _ = unsafe line.withUnsafeBytes {
                unsafe write(STDERR_FILENO, $0.baseAddress, $0.count)
            }
        }
        exit(status)
    }

    /// A setting's value in the environment: `--service-cidr` is read from SLUICE_SERVICE_CIDR.
    static func environment(_ flag: String) -> String? {
        let name = "SLUICE_" + flag.map { $0 == "-" ? "_" : $0.uppercased() }.joined()
        return unsafe getenv(name).map { unsafe String(cString: $0) }
    }
}
