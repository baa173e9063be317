import KubeAPI
import ServiceTranslation

/// What `sluice env` is asked about.
package enum EnvironmentSubject: Hashable, Sendable {
    /// A container of a pod: the one of this name, or the first.
    case pod(PodName, container: String?)
    /// A pod made now in a namespace.
    case namespace(String)

    /// Reads the three flags; one of the first two is needed.
    package init(
        pod: String?, namespace: String?, container: String?
    ) throws(ConfigurationError) {
        switch (pod, namespace) {
        case (let pod?, nil): self = .pod(try PodName(pod), container: container)
        case (nil, let namespace?) where container == nil && !namespace.isEmpty:
            self = .namespace(namespace)
        case (nil, .some):
            throw ConfigurationError("--namespace, --container", "a container is one of a --pod")
        default:
            throw ConfigurationError(
                "--pod, --namespace", "give one of them: a pod, or where one would be made now")
        }
    }

    fileprivate var namespace: String {
        switch self {
        case .pod(let pod, _): pod.namespace
        case .namespace(let namespace): namespace
        }
    }
}

/// The variables that a container gets, found for a tool.
package struct PodEnvironmentTool: Sendable {
    let environment: PodEnvironment

    /// Reads the objects that matter; what else there is to say goes to standard error.
    package init(
        _ subject: EnvironmentSubject, source: StateSource?, ranges: RangeSettings,
        common: CommonSettings
    ) async throws {
        environment = try await ObjectSource.with(source, ranges: ranges, common: common) {
            try await Self.environment(of: subject, from: $0)
        }
        for remark in environment.remarks { ToolWarning.say(remark) }
    }

    /// The variables as text; explained, with what was decided about each Service.
    package func text(_ format: EnvironmentFormat, isExplained: Bool) throws -> String {
        let text = EnvironmentText(environment)
        let shown = try text.text(format)
        guard isExplained, format != .json else { return shown }
        return (text.explanation.map { "# \($0)" } + [shown]).joined(separator: "\n")
    }

    /// Becomes a command with the variables; explained, on standard error before that.
    package func start(_ command: [String], isExplained: Bool) throws -> Never {
        if isExplained {
            for line in EnvironmentText(environment).explanation { ToolWarning.say(line) }
        }
        try ProgramStart.become(command, adding: environment.variables)
    }

    private static func environment(
        of subject: EnvironmentSubject, from source: ObjectSource
    ) async throws -> PodEnvironment {
        var services = try await source.services(in: subject.namespace)
        if subject.namespace != "default",
            let api = try await source.service(namespace: "default", name: "kubernetes")
        {
            services.append(api)
        }
        switch subject {
        case .namespace(let namespace):
            return PodEnvironment(namespace: namespace, services: services)
        case .pod(let name, let container):
            let pod = try await source.pod(name)
            return PodEnvironment(
                pod: pod, container: try Self.container(named: container, of: pod),
                services: services)
        }
    }

    /// The container that is named, else the first, as `kubectl exec` chooses.
    private static func container(
        named name: String?, of pod: PodObject
    ) throws(ToolFailure) -> PodContainer? {
        let containers = pod.spec.containers ?? []
        let all = containers + (pod.spec.initContainers ?? [])
        let names = all.map(\.name).joined(separator: ", ")
        guard let name else {
            if containers.count > 1 {
                ToolWarning.say("the container is \(containers[0].name), of \(names)")
            }
            return containers.first
        }
        guard let found = all.first(where: { $0.name == name }) else {
            throw ToolFailure("the pod has no container \(name); it has \(names)")
        }
        return found
    }
}
