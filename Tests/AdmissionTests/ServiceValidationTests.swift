import KubeAPI
import Testing

@testable import Admission

@Suite("what is wrong with a Service is said with its field")
struct ServiceValidationTests {
    /// A way to spoil a Service, and what is said then.
    struct Fault: Sendable, CustomTestStringConvertible {
        let field: String
        let code: FieldProblem.Code
        let words: String
        let spoil: @Sendable (inout ServiceObject) -> Void

        init(
            _ field: String, _ code: FieldProblem.Code, _ words: String,
            _ spoil: @escaping @Sendable (inout ServiceObject) -> Void
        ) {
            self.field = field
            self.code = code
            self.words = words
            self.spoil = spoil
        }

        var testDescription: String { "\(field): \(words)" }
    }

    static let faults = [
        Fault("metadata.name", .required, "name or generateName") { $0.metadata.name = nil },
        Fault("metadata.name", .invalid, "DNS-1035") { $0.metadata.name = "1web" },
        Fault("metadata.name", .invalid, "DNS-1035") { $0.metadata.name = "Web" },
        Fault("metadata.name", .invalid, "63 characters") {
            $0.metadata.name = String(repeating: "a", count: 64)
        },
        Fault("metadata.namespace", .invalid, "RFC 1123") { $0.metadata.namespace = "a_b" },
        Fault("metadata.labels", .invalid, "valid label") { $0.metadata.labels = ["a": "b c"] },
        Fault("spec.type", .notSupported, #"supported values: "ClusterIP""#) {
            $0.spec.type = "Loadbalancer"
        },
        Fault("spec.ports", .required, "at least one port") { $0.spec.ports = [] },
        Fault("spec.ports[0].port", .invalid, "0: must be between 1 and 65535, inclusive") {
            $0.spec.ports?[0].port = 0
        },
        Fault("spec.ports[0].port", .invalid, "70000: must be between 1 and 65535") {
            $0.spec.ports?[0].port = 70000
        },
        Fault("spec.ports[0].protocol", .notSupported, #""HTTP": supported values: "SCTP""#) {
            $0.spec.ports?[0].protocol = "HTTP"
        },
        Fault("spec.ports[0].targetPort", .invalid, "between 1 and 65535") {
            $0.spec.ports?[0].targetPort = 65536
        },
        Fault("spec.ports[0].targetPort", .invalid, "15 characters") {
            $0.spec.ports?[0].targetPort = "much-too-long-name"
        },
        Fault("spec.ports[0].nodePort", .forbidden, "may not be used when `type` is 'ClusterIP'") {
            $0.spec.ports?[0].nodePort = 30080
        },
        Fault("spec.ports[0].name", .required, "must name each") {
            $0.spec.ports?.append(ServicePortObject(name: "b", port: 81))
        },
        Fault("spec.ports[1].name", .duplicate, "same name") {
            $0.spec.ports = (80...81).map { ServicePortObject(name: "b", port: $0) }
        },
        Fault("spec.ports[1]", .duplicate, "80/TCP") {
            $0.spec.ports = ["a", "b"].map { ServicePortObject(name: $0, port: 80) }
        },
        Fault("spec.ports[1].nodePort", .duplicate, "same nodePort") {
            $0.spec.type = "NodePort"
            $0.spec.ports = (80...81).map {
                ServicePortObject(name: "p\($0)", port: $0, nodePort: 30080)
            }
        },
        Fault("spec.selector", .invalid, "name part") { $0.spec.selector = ["a b": "c"] },
        Fault("spec.sessionAffinity", .notSupported, "ClientIP") {
            $0.spec.sessionAffinity = "Cookie"
        },
        Fault("spec.externalTrafficPolicy", .invalid, "externally-accessible") {
            $0.spec.externalTrafficPolicy = "Local"
        },
        Fault("spec.internalTrafficPolicy", .notSupported, "Cluster") {
            $0.spec.internalTrafficPolicy = "Near"
        },
        Fault("spec.trafficDistribution", .notSupported, "PreferClose") {
            $0.spec.trafficDistribution = "PreferFar"
        },
        Fault("spec.healthCheckNodePort", .invalid, "may only be set when") {
            $0.spec.healthCheckNodePort = 30080
        },
        Fault("spec.clusterIPs[0]", .invalid, "valid IP address") {
            $0.spec.clusterIP = "10.96.0.300"
        },
        Fault("spec.clusterIPs", .invalid, "must match") {
            $0.spec.clusterIP = "10.96.0.3"
            $0.spec.clusterIPs = ["10.96.0.4"]
        },
        Fault("spec.clusterIPs[1]", .invalid, "one ClusterIP a family") {
            $0.spec.clusterIPs = ["10.96.0.3", "10.96.0.4"]
        },
        Fault("spec.clusterIPs[0]", .invalid, "expected an IPv6 value") {
            $0.spec.clusterIPs = ["10.96.0.3"]
            $0.spec.ipFamilies = ["IPv6"]
        },
        Fault("spec.clusterIPs[0]", .invalid, "may not be set to 'None' for NodePort") {
            $0.spec.type = "NodePort"
            $0.spec.clusterIP = "None"
        },
        Fault("spec.clusterIPs[0]", .forbidden, "may not be set for ExternalName") {
            $0.spec.type = "ExternalName"
            $0.spec.externalName = "a.b"
            $0.spec.clusterIP = "10.96.0.3"
        },
        Fault("spec.externalName", .required, "host name") { $0.spec.type = "ExternalName" },
        Fault("spec.externalIPs[0]", .invalid, "loopback") { $0.spec.externalIPs = ["127.0.0.1"] },
        Fault("spec.loadBalancerSourceRanges", .forbidden, "LoadBalancer") {
            $0.spec.loadBalancerSourceRanges = ["203.0.113.0/24"]
        },
        Fault("spec.loadBalancerSourceRanges[0]", .invalid, "valid CIDR") {
            $0.spec.type = "LoadBalancer"
            $0.spec.loadBalancerSourceRanges = ["203.0.113.0/33"]
        },
        Fault("spec.loadBalancerClass", .forbidden, "LoadBalancer") {
            $0.spec.loadBalancerClass = "a/b"
        },
        Fault("spec.ipFamilies[0]", .notSupported, "IPv4") { $0.spec.ipFamilies = ["IPv5"] },
        Fault("spec.ipFamilyPolicy", .notSupported, "SingleStack") {
            $0.spec.ipFamilyPolicy = "Both"
        },
    ]

    @Test("a fault is refused at its field, in words that help", arguments: faults)
    func refused(fault: Fault) throws {
        var admission = try admission()
        var service = web()
        fault.spoil(&service)
        let error = try refusal(of: service, by: &admission)
        let problem = try #require(error.problems.first { $0.field == fault.field }, "\(error)")
        #expect(problem.code == fault.code)
        #expect(problem.description.contains(fault.words), "\(problem)")
    }

    @Test("74: the affinity timeout is 1 to 86400 seconds", arguments: [0, 1, 86400, 86401])
    func affinityTimeout(seconds: Int) throws {
        var admission = try admission()
        let service = web {
            $0.sessionAffinity = "ClientIP"
            $0.sessionAffinityConfig = SessionAffinityConfig(timeoutSeconds: seconds)
        }
        if (1...86400).contains(seconds) {
            #expect(try admission.admit(service: service).spec.sessionAffinity == "ClientIP")
        } else {
            let error = try refusal(of: service, by: &admission)
            #expect(error.field == "spec.sessionAffinityConfig.clientIP.timeoutSeconds")
        }
    }

    @Test("a ClusterIP and a primary family do not change")
    func immutable() throws {
        var admission = try admission(dualStack)
        let one = try admission.admit(service: web { $0.clusterIP = "10.96.0.10" })
        let moved = web { $0.clusterIP = "10.96.0.11" }
        let error = try refusal(of: moved, previous: one, by: &admission)
        #expect(error.field == "spec.clusterIPs[0]")
        #expect(error.message.contains("may not change once set"))
        let six = web { $0.ipFamilies = ["IPv6"] }
        #expect(try refusal(of: six, previous: one, by: &admission).message.contains("once set"))
        #expect(
            try admission.admit(service: web("b") { $0.clusterIP = "10.96.0.11" }).spec.clusterIP
                != nil)
    }

    @Test("all faults are told at once, as a Status with a cause for each")
    func status() throws {
        var admission = try admission()
        let service = web {
            $0.ports?[0].port = 0
            $0.ports?[0].protocol = "HTTP"
        }
        let status = try refusal(of: service, by: &admission).status
        #expect(status.code == 422)
        #expect(status.reason == "Invalid")
        #expect(
            status.message?.hasPrefix(#"Service "web" is invalid: [spec.ports[0].port: "#) == true)
        #expect(status.details?.causes?.map(\.field).contains("spec.ports[0].protocol") == true)
        #expect(status.details?.causes?[0].reason == "FieldValueInvalid")
        #expect(status.details?.kind == "Service")
    }

    @Test("a Service of several valid ports of one number and two protocols is fine")
    func sameNumberTwoProtocols() throws {
        var admission = try admission()
        let service = web {
            $0.ports = [
                ServicePortObject(name: "a", protocol: "TCP", port: 53),
                ServicePortObject(name: "b", protocol: "UDP", port: 53),
                ServicePortObject(name: "c", protocol: "SCTP", port: 53, targetPort: "dns-sctp"),
            ]
        }
        #expect(try admission.admit(service: service).spec.ports?.count == 3)
    }
}
