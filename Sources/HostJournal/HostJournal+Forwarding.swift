package import Addressing

extension HostJournal {
    /// Lets the kernel forward packets of these families; returns the settings it refused, with
    /// the reasons.
    ///
    /// With IPv6 forwarding on, the kernel ignores router advertisements on interfaces whose
    /// `accept_ra` is 1 (kernel: `Documentation/networking/ip-sysctl.rst`).
    package func allowForwarding(
        of families: some Sequence<IPFamily> & Sendable
    ) -> [(setting: String, error: HostJournalError)] {
        var refused: [(setting: String, error: HostJournalError)] = []
        for family in Set(families).sorted(by: { $0.addressBits < $1.addressBits }) {
            let setting = family == .v4 ? "net.ipv4.ip_forward" : "net.ipv6.conf.all.forwarding"
            do throws(HostJournalError) {
                try setSysctl(setting, to: "1")
            } catch {
                refused.append((setting, error))
            }
        }
        return refused
    }
}
