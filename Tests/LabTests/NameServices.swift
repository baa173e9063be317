/// What the tests of names ask for, beside the Services that are there anyway.
enum NameServices {
    /// The file of `manifest`.
    static let file = "names.yaml"

    /// Headless Services with endpoints by hand, and aliases.
    ///
    /// `db` has two ready endpoints with host names, one that is not ready, and one of each family
    /// without a host name. `eager` publishes one that is not ready, at a port without a name.
    static let manifest = """
        apiVersion: v1
        kind: Service
        metadata: {name: db}
        spec:
          clusterIP: None
          ipFamilyPolicy: PreferDualStack
          ports: [{name: sql, port: 5432}]
        ---
        \(slice("db-v4", of: "db", "IPv4", endpoints: [
            ("10.244.1.101", "db-0", true), ("10.244.2.101", "db-1", true),
            ("10.244.3.101", "db-2", false), ("10.244.3.102", nil, true),
        ]))
        ---
        \(slice("db-v6", of: "db", "IPv6", endpoints: [
            ("fd44:0:0:1::101", "db-0", true), ("fd44:0:0:3::102", nil, true),
        ]))
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: eager}
        spec:
          clusterIP: None
          publishNotReadyAddresses: true
          ports: [{port: 5432}]
        ---
        \(slice("eager-v4", of: "eager", "IPv4", port: "", endpoints: [
            ("10.244.3.103", "late", false),
        ]))
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: nobody}
        spec:
          clusterIP: None
          ports: [{name: sql, port: 5432}]
        ---
        \(alias("outside", to: "www.example.test"))
        ---
        \(alias("partner", to: "db.acme.local"))
        ---
        \(alias("inside", to: "web.default.svc.cluster.local"))
        ---
        \(alias("circle", to: "circle.default.svc.cluster.local"))
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: web, namespace: shop}
        spec:
          clusterIP: 10.96.77.77
          ports: [{port: 80}]

        """

    /// A Service that stands for another name.
    static func alias(_ name: String, to target: String) -> String {
        """
        apiVersion: v1
        kind: Service
        metadata: {name: \(name)}
        spec: {type: ExternalName, externalName: \(target)}
        """
    }

    private static func slice(
        _ name: String, of service: String, _ family: String, port: String = "sql",
        endpoints: [(address: String, host: String?, isReady: Bool)]
    ) -> String {
        let list = endpoints.map { endpoint in
            let host = endpoint.host.map { ", hostname: \($0)" } ?? ""
            return "  - {addresses: [\"\(endpoint.address)\"]\(host), "
                + "conditions: {ready: \(endpoint.isReady)}}"
        }
        return """
            apiVersion: discovery.k8s.io/v1
            kind: EndpointSlice
            metadata: {name: \(name), labels: {kubernetes.io/service-name: \(service)}}
            addressType: \(family)
            ports:
              - {name: "\(port)", port: 5432}
            endpoints:
            \(list.joined(separator: "\n"))
            """
    }
}
