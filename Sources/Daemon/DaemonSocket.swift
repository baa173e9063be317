import AsyncHTTPClient
import FoundationEssentials
import NIOCore
import NIOHTTP1

/// The socket of a daemon of this host, as tools use it.
struct DaemonSocket: Sendable {
    private let role: String
    private let path: String

    init(role: String, common: CommonSettings) throws {
        try RoleContext.requireRoot(role)
        self.role = role
        path = "\(common.runtimeDirectory)/\(role).sock"
        guard RoleLock.holders(in: common.runtimeDirectory).contains(where: { $0.role == role })
        else { throw ToolFailure("no sluice \(role) runs on this host") }
    }

    /// What a page says.
    func get(_ uri: String) async throws -> String { try await ask(.GET, uri) }

    /// What an action answers.
    func post(_ uri: String) async throws -> String { try await ask(.POST, uri) }

    private func ask(_ method: HTTPMethod, _ uri: String) async throws -> String {
        guard let url = URL(httpURLWithSocketPath: path, uri: uri) else {
            throw ToolFailure("\(path) is not a path of a socket")
        }
        var request = HTTPClientRequest(url: url.absoluteString)
        request.method = method
        do {
            let response = try await HTTPClient.shared.execute(request, timeout: .seconds(60))
            let body = String(buffer: try await response.body.collect(upTo: 256 << 20))
            guard response.status == .ok else { throw ToolFailure(body) }
            return body
        } catch let failure as ToolFailure {
            throw failure
        } catch {
            throw ToolFailure("the \(role) does not answer at \(path): \(error)")
        }
    }
}
