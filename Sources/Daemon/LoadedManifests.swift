import Addressing
import Admission
import Logging
import ObjectStore

/// Manifests, loaded once for a tool.
enum LoadedManifests {
    /// A store with everything that a daemon would make of the manifests.
    ///
    /// The allocations of the state directory are honoured if it has any, and not changed. What is
    /// wrong with the manifests is said on standard error.
    static func store(
        path: String, ranges: RangeSettings, common: CommonSettings
    ) async throws -> ObjectStore {
        let store = ObjectStore()
        let admission = try ranges.admission()
        let state = try StateCopy(of: common.stateDirectory)
        var logger = Logger(label: "sluice.tool") {
            StreamLogHandler.standardError(label: $0)
        }
        logger.logLevel = .critical
        let source = ManifestSource(
            path: path, store: store, admission: admission, stateFile: try state?.file(),
            builtIn: ranges.builtInObjects(api: [], admission), logger: logger)
        for problem in try await source.load() { ToolWarning.say("\(problem)") }
        return store
    }
}

extension RangeSettings {
    /// The ranges as Admission allocates from them.
    func admission() throws -> AdmissionConfiguration {
        do {
            return try AdmissionConfiguration(
                serviceBlocks: service, loadBalancerBlocks: loadBalancerPools)
        } catch {
            throw ConfigurationError("--service-cidr, --load-balancer-pool", "\(error)")
        }
    }

    /// What is there without a manifest.
    func builtInObjects(
        api: [SocketEndpoint], _ admission: AdmissionConfiguration
    ) -> [ManifestObject] {
        let dns = makesDNSService ? BuiltInObjects.dnsService(configuration: admission) : []
        return BuiltInObjects.kubernetesService(api: api, configuration: admission) + dns
    }
}
