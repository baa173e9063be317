import Netfilter

extension HostJournal {
    private static let timeWait = "net.netfilter.nf_conntrack_tcp_timeout_time_wait"

    /// Has connection tracking forget a TCP connection so many seconds after both ends closed it,
    /// at the latest; nil: when it did before this role changed that.
    ///
    /// A time that is shorter by itself stays. Until then a masqueraded connection keeps one of
    /// the host's ports towards its node: with the kernel's own two minutes that bounds new
    /// connections to some 500 a second and node. The kernel has the setting only once it tracks
    /// connections. Returns the seconds that hold now; nil if the kernel's setting is no number.
    @discardableResult
    package func limitTimeWait(seconds: Int?) throws(HostJournalError) -> Int? {
        let current = try ask { () throws(NetworkError) in try network.sysctl(Self.timeWait) }
        let earlier = records.sysctl(Self.timeWait).flatMap { $0.gave(current) ? $0.before : nil }
        guard let before = Int(earlier ?? current) else { return nil }
        let wanted = min(before, seconds ?? before)
        try setSysctl(Self.timeWait, to: "\(wanted)")
        return wanted
    }
}
