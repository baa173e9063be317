import Addressing
import Admission
import LeaderElection
import LoadBalancer

/// Which of several balancers holds the addresses, as flags say it.
package struct PairChoices: Sendable {
    let condition: AddressHolding.Condition

    /// Reads the flags.
    package init(
        pair: String, followAddress: String?, nodeName: String?, leaseName: String,
        leaseNamespace: String, leaseDuration: String, renewDeadline: String, retryPeriod: String
    ) throws(ConfigurationError) {
        switch (pair, followAddress) {
        case ("off", nil): condition = .always
        case ("off", .some(let text)):
            guard let leader = IPAddress(text) else {
                throw ConfigurationError("--follow-address", "\"\(text)\" is not an address")
            }
            condition = .has(leader)
        case ("lease", nil):
            let timing = try Self.timing(leaseDuration, renewDeadline, retryPeriod)
            condition = .holds(
                LeaseSeat(
                    namespace: try Self.name(
                        leaseNamespace, "--lease-namespace",
                        fault: NameSyntax.labelFault(leaseNamespace)),
                    name: try Self.name(
                        leaseName, "--lease-name", fault: NameSyntax.subdomainFault(leaseName)),
                    identity: try Self.identity(nodeName), timing: timing))
        case ("lease", .some):
            throw ConfigurationError(
                "--follow-address", "and --pair lease both say who leads; give one of them")
        default: throw ConfigurationError("--pair", "\"\(pair)\" is not lease or off")
        }
    }

    private static func timing(
        _ duration: String, _ deadline: String, _ retry: String
    ) throws(ConfigurationError) -> LeaseTiming {
        let times = (
            try SettingText.duration(duration, flag: "--lease-duration"),
            try SettingText.duration(deadline, flag: "--renew-deadline"),
            try SettingText.duration(retry, flag: "--retry-period")
        )
        do throws(LeaseTimingError) {
            return try LeaseTiming(
                duration: times.0, renewDeadline: times.1, retryPeriod: times.2)
        } catch {
            throw ConfigurationError(
                "--lease-duration, --renew-deadline, --retry-period", "\(error)")
        }
    }

    private static func name(
        _ text: String, _ flag: String, fault: String?
    ) throws(ConfigurationError) -> String {
        guard let fault else { return text }
        throw ConfigurationError(flag, "\"\(text)\" is not a name of Kubernetes: \(fault)")
    }

    private static func identity(_ nodeName: String?) throws(ConfigurationError) -> String {
        let name = nodeName ?? HostName.short
        guard !name.isEmpty, name != "localhost" else {
            throw ConfigurationError(
                "--node-name", "is needed: this host's name, \"\(name)\", may be the other's too")
        }
        return name
    }
}
