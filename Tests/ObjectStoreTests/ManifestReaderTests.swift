import Foundation
import KubeAPI
import Support
import Testing

@testable import ObjectStore

@Suite("Reading manifests")
struct ManifestReaderTests {
    private func read(_ text: String) async -> ManifestReading {
        await ManifestReader().read(text: text, file: "web.yaml")
    }

    @Test("several documents, lists and JSON are read, comments and empty documents left out")
    func everyForm() async {
        let reading = await read(
            """
            # a comment alone
            ---
            apiVersion: v1
            kind: Service
            metadata: {name: web, labels: {version: 1.10}}
            spec:
              ports: [{port: 80, targetPort: "8080"}]
            ---
            ---
            {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "node1"}}
            ---
            apiVersion: v1
            kind: List
            items:
            - apiVersion: v1
              kind: Pod
              metadata: {name: web-1, namespace: shop}
            - apiVersion: v1
              kind: Pod
              metadata: {name: web-2, namespace: shop}
            """)
        #expect(reading.problems.isEmpty)
        #expect(
            reading.objects.map(\.key.description) == [
                "services default/web", "nodes node1", "pods shop/web-1", "pods shop/web-2",
            ])
        #expect(reading.objects.map(\.origin.line) == [3, 10, 15, 18])
        guard case .service(let service)? = reading.objects.first?.object else {
            Issue.record("no service")
            return
        }
        #expect(service.metadata.labels == ["version": "1.10"])
        #expect(service.spec.ports?.first?.targetPort == .string("8080"))
    }

    @Test("anchors and merged mappings are resolved")
    func anchors() async {
        let reading = await read(
            """
            apiVersion: v1
            kind: Pod
            metadata:
              name: web
              labels: &labels {app: web}
              annotations:
                <<: *labels
                own: "yes"
            """)
        #expect(reading.problems.isEmpty)
        let metadata = reading.objects.first?.object.metadata
        #expect(metadata?.annotations == ["app": "web", "own": "yes"])
    }

    @Test(
        "a wrong type is reported with line, column and field",
        arguments: [
            ("port: abc", "expected a whole number, found \"abc\""),
            ("port: \"80\"", "expected a whole number, found \"80\""),
            ("port: {a: 1}", "expected a whole number, found a mapping"),
        ])
    func wrongType(line: String, message: String) async {
        let reading = await read(
            """
            apiVersion: v1
            kind: Service
            metadata:
              name: web
            spec:
              ports:
              - name: http
                \(line)
            """)
        let problem = reading.problems.first
        #expect(problem?.line == 8)
        #expect(problem?.field == "spec.ports[0].port")
        #expect(problem?.message == message)
        #expect(problem?.object == Sample.key(.services, "web"))
        #expect(reading.brokenKeys == [Sample.key(.services, "web")])
        #expect(!reading.hasNamelessBreakage)
    }

    @Test("a missing field is reported at the mapping that should have it")
    func missingField() async {
        let reading = await read(
            "apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec:\n  ports:\n  - name: a\n")
        let problem = reading.problems.first
        #expect(problem?.field == "spec.ports[0].port")
        #expect(problem?.message == "is missing")
        #expect(problem?.line == 6)
    }

    @Test("a document that is no YAML costs only itself, and its line is told")
    func unparsable() async {
        let reading = await read(
            """
            apiVersion: v1
            kind: Node
            metadata: {name: node1}
            ---
            apiVersion: v1
            kind: Service
            metadata: {name: web
            spec: [
            ---
            apiVersion: v1
            kind: Node
            metadata: {name: node2}
            """)
        #expect(reading.objects.map(\.key.name) == ["node1", "node2"])
        #expect(reading.hasNamelessBreakage)
        #expect(reading.problems.count == 1)
        #expect((7...8).contains(reading.problems.first?.line ?? 0))
        #expect(reading.problems.first?.message.hasPrefix("cannot be parsed") == true)
    }

    @Test(
        "an unknown kind is an error with a cure, a harmless one is only ignored",
        arguments: [
            ("apps/v1", "Deployment", ManifestProblem.Severity.ignored),
            ("v1", "ConfigMap", .ignored), ("v1", "Servise", .error), ("v2", "Service", .error),
        ])
    func unknownKind(
        apiVersion: String, kind: String, severity: ManifestProblem.Severity
    ) async {
        let document = "apiVersion: \(apiVersion)\nkind: \(kind)\nmetadata: {name: a}\n"
        let reading = await read(document + "---\n" + document)
        #expect(reading.problems.map(\.severity) == [severity])
        #expect(reading.problems.first?.line == 2)
        #expect(!reading.hasNamelessBreakage)
        if kind == "Service" {
            #expect(reading.problems.first?.cure == "write apiVersion: v1")
        }
    }

    @Test("an object that the file has twice counts once, and the second is reported")
    func duplicate() async {
        let document = "apiVersion: v1\nkind: Node\nmetadata: {name: node1}\n---\n"
        let reading = await read(document + document)
        #expect(reading.objects.count == 1)
        #expect(reading.problems.first?.line == 5)
        #expect(reading.problems.first?.message == "is also in line 1, which counts")
    }

    @Test("a mapping with a key twice, a scalar document and a nameless object are refused")
    func oddDocuments() async {
        let twice = await read("apiVersion: v1\nkind: Node\nkind: Node\nmetadata: {name: a}\n")
        #expect(twice.problems.first?.message == "is there twice")
        let scalar = await read("just text\n")
        #expect(scalar.problems.first?.message.hasPrefix("an object is a mapping") == true)
        let nameless = await read("apiVersion: v1\nkind: Node\nmetadata: {}\n")
        #expect(nameless.problems.first?.field == "metadata.name")
        #expect(nameless.objects.isEmpty)
    }

    @Test("a file is read up to its limits and not beyond")
    func limits() async throws {
        let folder = try TemporaryFolder()
        let text = "kind: Node\napiVersion: v1\nmetadata: {name: a}\n"
        let file = try folder.write(text, to: "a.yaml")
        var limits = ManifestLimits()
        limits.fileBytes = text.utf8.count
        #expect(await ManifestReader(limits: limits).read(file).objects.count == 1)
        limits.fileBytes -= 1
        let refused = await ManifestReader(limits: limits).read(file)
        #expect(refused.problems.first?.message.contains("more than") == true)
        #expect(refused.hasNamelessBreakage)

        limits = ManifestLimits()
        limits.documentsPerFile = 1
        let one = await ManifestReader(limits: limits).read(text: text, file: "a.yaml")
        #expect(one.objects.count == 1)
        let two = await ManifestReader(limits: limits)
            .read(text: text + "---\n" + text, file: "a.yaml")
        #expect(two.objects.isEmpty)
        #expect(two.problems.first?.message == "has more than 1 documents")
    }

    @Test("a file that is not there, or not text, is a problem with the file")
    func unreadable() async throws {
        let folder = try TemporaryFolder()
        let missing = await ManifestReader().read(folder.path + "/none.yaml")
        #expect(missing.problems.first?.message == "cannot be read")
        let file = folder.path + "/bytes.yaml"
        try Data([0xFF, 0xFE, 0x80]).write(to: URL(filePath: file))
        let bytes = await ManifestReader().read(file)
        #expect(bytes.problems.first?.message == "is not UTF-8 text")
    }

    @Test("only so many problems of one file are told")
    func problemLimit() async {
        var limits = ManifestLimits()
        limits.problemsPerFile = 2
        let text = (0..<5).map { "kind: Node\napiVersion: v1\nmetadata: {name: [\($0)]}\n" }
            .joined(separator: "---\n")
        let pods = (0..<5).map {
            "kind: Service\napiVersion: v1\nmetadata: {name: s\($0)}\nspec: {ports: [{port: x}]}\n"
        }.joined(separator: "---\n")
        let reading = await ManifestReader(limits: limits)
            .read(text: text + "---\n" + pods, file: "a.yaml")
        #expect(reading.problems.count == 3)
        #expect(reading.problems.last?.message.hasPrefix("and ") == true)
    }
}
