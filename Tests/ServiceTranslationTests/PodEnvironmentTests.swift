import KubeAPI
import ServiceModel
import Testing

@testable import ServiceTranslation

/// Behaviours 169–175: what a container learns of Services from its environment.
@Suite struct PodEnvironmentTests {
    private static let noon = "2026-01-31T12:00:00Z"

    private func foo(_ change: (inout ServiceObject) -> Void = { _ in }) -> ServiceObject {
        service("fooservice", ports: [port(nil, 8765)], clusterIPs: ["10.96.1.7"]) {
            $0.metadata.creationTimestamp = Self.noon
            change(&$0)
        }
    }

    private func kubernetes(in namespace: String = "default", _ address: String = "10.96.0.1")
        -> ServiceObject
    {
        service("kubernetes", ports: [port("https", 443)], clusterIPs: [address]) {
            $0.metadata.namespace = namespace
            $0.metadata.creationTimestamp = Self.noon
        }
    }

    private func pod(
        in namespace: String = "default", created: String? = "2026-01-31T12:00:05Z",
        _ change: (inout PodObject) -> Void = { _ in }
    ) -> PodObject {
        var pod = PodObject(metadata: ObjectMeta(name: "client", namespace: namespace))
        pod.metadata.creationTimestamp = created
        change(&pod)
        return pod
    }

    private func text(_ environment: PodEnvironment) -> [String] {
        environment.variables.map(\.description)
    }

    private func outcome(
        _ services: [ServiceObject], for pod: PodObject
    ) -> [ServiceLink.Outcome] {
        PodEnvironment(pod: pod, services: services).links.map(\.outcome)
    }

    @Test("169, 170, 171: all variables of a service with one port")
    func onePort() {
        #expect(
            text(PodEnvironment(pod: pod(), services: [foo()])) == [
                "FOOSERVICE_SERVICE_HOST=10.96.1.7",
                "FOOSERVICE_SERVICE_PORT=8765",
                "FOOSERVICE_PORT=tcp://10.96.1.7:8765",
                "FOOSERVICE_PORT_8765_TCP=tcp://10.96.1.7:8765",
                "FOOSERVICE_PORT_8765_TCP_PROTO=tcp",
                "FOOSERVICE_PORT_8765_TCP_PORT=8765",
                "FOOSERVICE_PORT_8765_TCP_ADDR=10.96.1.7",
            ])
    }

    @Test("172, 173: named ports have their own variable; dashes become underscores")
    func namedPorts() {
        let object = service(
            "my-db", ports: [port("sql", 5432), port("peer-sync", 53, "UDP")],
            clusterIPs: ["10.96.1.8"])
        #expect(
            text(PodEnvironment(namespace: "default", services: [object])) == [
                "MY_DB_SERVICE_HOST=10.96.1.8",
                "MY_DB_SERVICE_PORT=5432",
                "MY_DB_SERVICE_PORT_SQL=5432",
                "MY_DB_SERVICE_PORT_PEER_SYNC=53",
                "MY_DB_PORT=tcp://10.96.1.8:5432",
                "MY_DB_PORT_5432_TCP=tcp://10.96.1.8:5432",
                "MY_DB_PORT_5432_TCP_PROTO=tcp",
                "MY_DB_PORT_5432_TCP_PORT=5432",
                "MY_DB_PORT_5432_TCP_ADDR=10.96.1.8",
                "MY_DB_PORT_53_UDP=udp://10.96.1.8:53",
                "MY_DB_PORT_53_UDP_PROTO=udp",
                "MY_DB_PORT_53_UDP_PORT=53",
                "MY_DB_PORT_53_UDP_ADDR=10.96.1.8",
            ])
    }

    @Test("170: of two families the primary one is told, and IPv6 has brackets in a URL alone")
    func families() {
        let six = foo { $0.spec.clusterIPs = ["fd96::7", "10.96.1.7"] }
        let variables = text(PodEnvironment(pod: pod(), services: [six]))
        #expect(variables.contains("FOOSERVICE_SERVICE_HOST=fd96::7"))
        #expect(variables.contains("FOOSERVICE_PORT_8765_TCP=tcp://[fd96::7]:8765"))
        #expect(variables.contains("FOOSERVICE_PORT_8765_TCP_ADDR=fd96::7"))
        #expect(!variables.contains { $0.contains("10.96.1.7") })
    }

    @Test("169: a service younger than the pod is absent; one of the same second is there")
    func times() {
        #expect(
            outcome([foo()], for: pod(created: "2026-01-31T11:59:59Z")) == [.youngerThanPod])
        #expect(outcome([foo()], for: pod(created: Self.noon)) == [.includedFromSameSecond])
        #expect(outcome([foo()], for: pod()) == [.included])
        #expect(outcome([foo()], for: pod(created: nil)) == [.included])
        let young = PodEnvironment(
            pod: pod(created: "2026-01-31T11:59:59Z"), services: [foo()])
        #expect(young.variables.isEmpty)
        #expect(
            young.links.map(\.description)
                == ["default/fooservice: left out: is younger than the pod"])
    }

    @Test("174: other namespaces' services are not told of, except default/kubernetes")
    func namespaces() {
        let environment = PodEnvironment(
            pod: pod(in: "shop"), services: [foo(), kubernetes()])
        #expect(environment.links.map(\.service.description) == ["default/kubernetes"])
        #expect(environment.links.map(\.outcome) == [.includedForEveryPod])
        #expect(text(environment).contains("KUBERNETES_SERVICE_PORT_HTTPS=443"))
    }

    @Test("174: headless and ExternalName services, and those without an address, are left out")
    func withoutAddress() {
        let objects = [
            service("a-headless", clusterIPs: ["None"]),
            service("b-external", type: "ExternalName", clusterIPs: []) {
                $0.spec.externalName = "example.com"
            },
            service("c-pending", clusterIPs: []),
        ]
        #expect(outcome(objects, for: pod()) == [.headless, .externalName, .withoutAddress])
        #expect(PodEnvironment(pod: pod(), services: objects).variables.isEmpty)
    }

    @Test("174: a kubernetes service of the pod's own namespace takes the place of default's")
    func ownKubernetes() {
        let both = [kubernetes(), kubernetes(in: "shop", "10.96.9.9")]
        let environment = PodEnvironment(pod: pod(in: "shop"), services: both)
        #expect(environment.links.map(\.outcome) == [.hiddenByOwnNamespace, .included])
        #expect(text(environment).contains("KUBERNETES_SERVICE_HOST=10.96.9.9"))
        let alone = pod(in: "shop") { $0.spec.enableServiceLinks = false }
        #expect(outcome(both, for: alone) == [.includedForEveryPod, .linksDisabled])
    }

    @Test("175: without service links only default/kubernetes is told of")
    func linksDisabled() {
        let quiet = pod { $0.spec.enableServiceLinks = false }
        #expect(
            outcome([kubernetes(), foo()], for: quiet) == [.linksDisabled, .includedForEveryPod])
        let names = PodEnvironment(pod: quiet, services: [kubernetes(), foo()]).variables.map(
            \.name)
        #expect(names.allSatisfy { $0.hasPrefix("KUBERNETES_") })
        #expect(names.count == 8)
    }

    @Test("the pod's own variables name earlier ones and services', and take their place")
    func ownVariables() {
        var container = PodContainer(name: "app")
        container.env = [
            EnvironmentVariable(name: "BASE", value: "http://$(FOOSERVICE_SERVICE_HOST)"),
            EnvironmentVariable(name: "URL", value: "$(BASE)/x"),
            EnvironmentVariable(name: "FOOSERVICE_SERVICE_PORT", value: "1"),
            EnvironmentVariable(name: "LATE", value: "$(FOOSERVICE_SERVICE_PORT) $(NOBODY)"),
            EnvironmentVariable(name: "EMPTY"),
            EnvironmentVariable(name: "BASE", value: "twice"),
        ]
        let environment = PodEnvironment(pod: pod(), container: container, services: [foo()])
        #expect(
            text(environment).prefix(6) == [
                "URL=http://10.96.1.7/x", "FOOSERVICE_SERVICE_PORT=1", "LATE=1 $(NOBODY)",
                "EMPTY=", "BASE=twice", "FOOSERVICE_SERVICE_HOST=10.96.1.7",
            ])
        #expect(environment.variables.count == 11)
    }

    @Test("a variable may have the value of a pod's field; what is not known here is said")
    func fields() {
        var container = PodContainer(name: "app")
        let paths = [
            "metadata.name", "metadata.namespace", "metadata.labels['app']", "status.podIP",
            "status.podIPs", "spec.serviceAccountName", "spec.nodeName",
        ]
        container.env = paths.enumerated().map { index, path in
            var variable = EnvironmentVariable(name: "V\(index)")
            variable.valueFrom = EnvironmentSource(fieldPath: path)
            return variable
        }
        let pod = pod {
            $0.metadata.labels = ["app": "web"]
            $0.status = PodStatus(podIPs: ["10.244.1.2", "fd44::2"])
        }
        let environment = PodEnvironment(pod: pod, container: container, services: [])
        #expect(
            text(environment) == [
                "V0=client", "V1=default", "V2=web", "V3=10.244.1.2", "V4=10.244.1.2,fd44::2",
                "V5=default",
            ])
        #expect(environment.remarks == ["V6 is left out: its value comes from spec.nodeName"])
    }

    @Test("what comes from a whole ConfigMap or Secret is left out, and said")
    func bundles() {
        var container = PodContainer(name: "web")
        container.env = [EnvironmentVariable(name: "MODE", value: "fast")]
        container.envFrom = [
            EnvironmentBundle(configMap: "settings"), EnvironmentBundle(secret: "keys"),
        ]
        let environment = PodEnvironment(pod: pod(), container: container, services: [])
        #expect(text(environment) == ["MODE=fast"])
        #expect(
            environment.remarks == [
                "the variables of ConfigMap settings (envFrom) are left out: it is not known here",
                "the variables of Secret keys (envFrom) are left out: it is not known here",
            ])
    }

    @Test("of two services whose names make one variable, the first has it, and that is said")
    func clash() {
        let web = service("web", ports: [port(nil, 80)], clusterIPs: ["10.96.1.1"])
        let other = service("web-service", ports: [port(nil, 81)], clusterIPs: ["10.96.1.2"])
        let environment = PodEnvironment(namespace: "default", services: [other, web])
        #expect(text(environment).contains("WEB_SERVICE_PORT=80"))
        #expect(Set(environment.variables.map(\.name)).count == environment.variables.count)
        #expect(environment.remarks.count == 1)
        #expect(
            environment.remarks.first?.hasPrefix("WEB_SERVICE_PORT tells of default/web") == true)
    }

    @Test(
        "$(NAME) is replaced where it is known, and $$ is one $",
        arguments: [
            ("$(A)", "1"), ("x$(A)y$(B)z", "x1y2z"), ("$$(A)", "$(A)"), ("$$$(A)", "$1"),
            ("$$$$(A)", "$$(A)"), ("$(C)", "$(C)"), ("$A", "$A"), ("$", "$"), ("a$", "a$"),
            ("$(A", "$(A"), ("$()", "$()"), ("$((A))", "$((A))"), ("", ""), ("$(A)$", "1$"),
        ])
    func expansion(text: String, expanded: String) {
        let values = ["A": "1", "B": "2"]
        #expect(VariableExpansion.expanded(text) { values[String($0)] } == expanded)
    }
}
