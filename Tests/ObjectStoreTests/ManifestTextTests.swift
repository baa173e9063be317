import Testing

@testable import ObjectStore

@Suite("Documents of a file")
struct ManifestTextTests {
    @Test("documents are cut at --- and know their first lines")
    func lines() {
        let documents = ManifestText.documents(of: "a: 1\n---\nb: 2\n--- # note\nc: 3\r\n---\r\n")
        #expect(documents.map(\.line) == [1, 2, 4])
        #expect(documents.map(\.text) == ["a: 1\n", "---\nb: 2\n", "--- # note\nc: 3\r\n"])
    }

    @Test(
        "text without content has no documents",
        arguments: ["", "\n\n", "# a\n---\n# b\n---\n", "--- \n---", "%YAML 1.2\n---\n"])
    func empty(text: String) {
        #expect(ManifestText.documents(of: text).isEmpty)
    }

    @Test("--- inside a block scalar or a word is no boundary")
    func insideText() {
        let text = "a: |\n  ---\n  x\nb: ---x\n---x: 1\n"
        #expect(ManifestText.documents(of: text).count == 1)
    }

    @Test("directives and content on the marker's line belong to the document")
    func markerLine() {
        let documents = ManifestText.documents(of: "%YAML 1.2\n--- {a: 1}\n--- {b: 2}\n")
        #expect(documents.map(\.text) == ["%YAML 1.2\n--- {a: 1}\n", "--- {b: 2}\n"])
    }
}
