package import Addressing
package import DNSMessage

/// What a zone is called and how it answers.
package struct ZoneSettings: Hashable, Sendable {
    /// The name all others end with, such as `cluster.local`.
    package var origin: DomainName
    /// How long records may be remembered.
    package var timeToLiveSeconds: UInt32
    /// How long it may be remembered that there are none.
    package var negativeTimeToLiveSeconds: UInt32
    /// The addresses of `ns.dns.ZONE`: those at which the zone's server is asked.
    package var serverAddresses: [IPAddress]
    /// Which names of pods have an address.
    package var podRecords: PodRecords
    /// The addresses that nobody else can know the names of: those of Services and pods.
    package var reverseBlocks: [CIDRBlock]

    /// A zone as kubeadm sets CoreDNS up: five seconds, every pod's name answered unseen.
    package init(
        origin: DomainName, timeToLiveSeconds: UInt32 = 5, negativeTimeToLiveSeconds: UInt32 = 5,
        serverAddresses: [IPAddress] = [], podRecords: PodRecords = .insecure,
        reverseBlocks: [CIDRBlock] = []
    ) {
        self.origin = origin
        self.timeToLiveSeconds = timeToLiveSeconds
        self.negativeTimeToLiveSeconds = negativeTimeToLiveSeconds
        self.serverAddresses = serverAddresses
        self.podRecords = podRecords
        self.reverseBlocks = reverseBlocks
    }
}
