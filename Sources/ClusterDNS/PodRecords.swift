/// Which names of pods (`a-b-c-d.NAMESPACE.pod.ZONE`) have an address.
package enum PodRecords: String, CaseIterable, Hashable, Sendable {
    /// None.
    case off
    /// Every address, if its namespace exists: nobody looks whether there is such a pod.
    case insecure
    /// Those of pods that exist, in their own namespace.
    case verified
}
