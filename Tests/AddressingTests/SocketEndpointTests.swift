import Addressing
import Testing

@Suite("socket endpoints")
struct SocketEndpointTests {
    @Test(
        "IPv4 is written plainly and IPv6 in brackets",
        arguments: ["10.96.0.1:80", "0.0.0.0:65535", "[fd00::1]:80", "[::]:10256"])
    func readAndWritten(text: String) throws {
        #expect(try #require(SocketEndpoint(text)).description == text)
    }

    @Test("the parts are the address and the port")
    func parts() throws {
        let endpoint = try #require(SocketEndpoint("[fd00::1]:443"))
        #expect(try endpoint.address == address("fd00::1"))
        #expect(endpoint.port.rawValue == 443)
    }

    @Test(
        "every other spelling is refused",
        arguments: [
            "", ":", ":80", "10.0.0.1", "10.0.0.1:", "10.0.0.1:0", "10.0.0.1:65536", "fd00::1:80",
            "[fd00::1]", "[fd00::1]:", "[fd00::1:80", "fd00::1]:80", "[]:80", "[", "[:80",
            "[10.0.0.1]:80", "[fd00::1]80", "localhost:80", "10.0.0.1:80:80", "10.0.0.1:http",
        ])
    func otherSpellings(text: String) {
        #expect(SocketEndpoint(text) == nil)
    }

    @Test("endpoints are ordered by address, then by port")
    func order() throws {
        let texts = ["[::1]:1", "10.0.0.1:443", "10.0.0.1:80", "9.0.0.1:8080"]
        let endpoints = try texts.map { text in try #require(SocketEndpoint(text)) }
        #expect(
            endpoints.sorted().map(\.description)
                == ["9.0.0.1:8080", "10.0.0.1:80", "10.0.0.1:443", "[::1]:1"])
    }
}
