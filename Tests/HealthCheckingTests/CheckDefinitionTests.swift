import Addressing
import HealthChecking
import Testing

@Suite("check definitions")
struct CheckDefinitionTests {
    @Test(
        "a check is read and written alike",
        arguments: [
            "tcp", "tcp:80", "udp", "udp:53", "http:10256/healthz", "http:1/", "http/ready",
            "http:65535/a/b?c=d:e%20f", "https:8443/healthz", "https/", "grpc", "grpc:50051",
            "grpc:50051/shop.Cart", "exec/smtp", "exec:25/smtp",
        ])
    func readAndWritten(text: String) throws {
        #expect(try CheckDefinition(text).description == text)
    }

    @Test("an HTTP check has a port, and a path from the first slash on")
    func parts() throws {
        let port = try #require(Port(10256))
        #expect(
            try CheckDefinition("http:10256/healthz/x") == .http(port: port, path: "/healthz/x"))
    }

    @Test(
        "every other text is refused for its first fault",
        arguments: [
            ("", .unknownKind), ("TCP", .unknownKind), ("tcp/x", .unknownKind),
            ("udp/x", .unknownKind), ("http", .missingPath), ("httpx:1/", .unknownKind),
            ("exec", .invalidProgram), ("exec/", .invalidProgram), ("exec/../sh", .invalidProgram),
            ("exec/.sh", .invalidProgram), ("exec/a b", .invalidProgram),
            ("tcp:0", .invalidPort), ("grpc:x/y", .invalidPort),
            ("HTTP:10256/healthz", .unknownKind), (" tcp", .unknownKind),
            ("http:", .invalidPort), ("http:10256", .missingPath),
            ("http:/healthz", .invalidPort), ("http:0/healthz", .invalidPort),
            ("http:65536/healthz", .invalidPort), ("http:010256/healthz", .invalidPort),
            ("http:web/healthz", .invalidPort), ("http://node:80/", .invalidPort),
            ("http:10256/a b", .invalidPath), ("http:10256/é", .invalidPath),
            ("http:10256/a#b", .invalidPath), ("http:10256/\u{7f}", .invalidPath),
            ("http:10256/ HTTP/1.1\r\nHost: x", .invalidPath),
        ] as [(String, CheckSyntaxError.Problem)])
    func refused(text: String, problem: CheckSyntaxError.Problem) {
        let error = #expect(throws: CheckSyntaxError.self) { try CheckDefinition(text) }
        #expect(error?.problem == problem)
        #expect(error?.text == text)
    }

    @Test("a path has at most 1024 bytes")
    func longestPath() throws {
        let path = "/" + String(repeating: "a", count: CheckDefinition.longestPath - 1)
        #expect(CheckDefinition.longestPath == 1024)
        #expect(try CheckDefinition("http:80" + path).description == "http:80" + path)
        let error = #expect(throws: CheckSyntaxError.self) {
            try CheckDefinition("http:80" + path + "a")
        }
        #expect(error?.problem == .pathTooLong)
    }

    @Test("an error names the fault and the accepted forms in one line")
    func errorText() {
        let error = #expect(throws: CheckSyntaxError.self) { try CheckDefinition("http:0/\n") }
        #expect(
            error?.description == """
                invalid check "http:0/\\n": the port is not a number from 1 to 65535; \
                a check is KIND[:PORT][/PATH], such as tcp or http:10256/healthz
                """)
    }
}
