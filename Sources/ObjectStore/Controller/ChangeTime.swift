import KubeAPI

extension EndpointSliceObject {
    /// The slice with the time of its endpoints' last change: `now` if they differ from those
    /// it had before, the time that it bore otherwise, so that it equals an unchanged slice.
    func timed(now: String, before: ClusterObject?) -> EndpointSliceObject {
        var result = self
        var time: String? = now
        if case .endpointSlice(let before)? = before,
            before.endpoints == endpoints, before.ports == ports
        {
            time = before.metadata.annotations?[WellKnown.lastChangeTriggerTime]
        }
        guard let time else { return result }
        result.metadata.annotations = metadata.annotations ?? [:]
        result.metadata.annotations?[WellKnown.lastChangeTriggerTime] = time
        return result
    }
}
