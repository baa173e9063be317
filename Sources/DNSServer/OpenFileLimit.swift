import Glibc

/// How many files and sockets the process may have open.
enum OpenFileLimit {
    /// Raises the limit as far as the process may: every TCP client and every question to an
    /// upstream server takes a socket, and commonly only 1,024 are allowed at first.
    static func raise() {
        var limit = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else {
            return
        }
        limit.rlim_cur = limit.rlim_max
        _ = unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
}
