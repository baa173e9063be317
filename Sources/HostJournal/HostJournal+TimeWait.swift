import Netfilter

extension HostJournal {
    private static let timeWait = "net.netfilter.nf_conntrack_tcp_timeout_time_wait"

    /// How many seconds connection tracking remembers a TCP connection that both ends closed.
    ///
    /// Nil if the kernel's setting is no number; throws where it has no such setting, which it has
    /// once it tracks connections.
    package func timeWait() throws(HostJournalError) -> Int? {
        Int(try ask { () throws(NetworkError) in try network.sysctl(Self.timeWait) })
    }

    /// Has connection tracking forget a TCP connection so many seconds after both ends closed it,
    /// at the latest; nil: when it did before this role changed that.
    ///
    /// A time that is shorter by itself stays. Until it is forgotten a masqueraded connection keeps
    /// one of the host's ports towards its node: with the kernel's own two minutes that bounds new
    /// connections to some 500 a second and node. Returns the seconds that hold now, as
    /// `timeWait` does; throws as that and `setSysctl` do.
    @discardableResult
    package func limitTimeWait(seconds: Int?) throws(HostJournalError) -> Int? {
        guard let current = try timeWait() else { return nil }
        let earlier = records.sysctl(Self.timeWait)
            .flatMap { $0.gave("\(current)") ? Int($0.before) : nil }
        let before = earlier ?? current
        let wanted = min(before, seconds ?? before)
        try setSysctl(Self.timeWait, to: "\(wanted)")
        return wanted
    }
}
