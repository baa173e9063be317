import Addressing
import FoundationEssentials
import Glibc
import Hummingbird
import Logging
import NIOCore
import ServiceLifecycle

/// One page of a daemon's health or metrics port.
package struct StatusPage: Sendable {
    /// What a page says at one moment.
    package struct Answer: Sendable {
        /// True for status 200, false for 503.
        package var isWell: Bool
        /// The body's media type.
        package var contentType: String
        /// What is shown.
        package var body: String

        /// A page in JSON.
        package init(json: String, isWell: Bool = true) {
            self.isWell = isWell
            contentType = "application/json"
            body = json
        }

        /// A page in plain text.
        package init(text: String, isWell: Bool = true, contentType: String = "text/plain") {
            self.isWell = isWell
            self.contentType = contentType
            body = text
        }
    }

    let path: String
    let answer: @Sendable () async -> Answer

    /// A page at a path; 200 if it is well, 503 if not.
    package init(_ path: String, answer: @escaping @Sendable () async -> Answer) {
        self.path = path
        self.answer = answer
    }
}

/// Something that a daemon does when it is asked to, by root alone.
struct StatusAction: Sendable {
    let path: String
    let act: @Sendable ([String: String]) async -> StatusPage.Answer

    /// An action at a path, with what its query says.
    init(
        _ path: String, act: @escaping @Sendable ([String: String]) async -> StatusPage.Answer
    ) {
        self.path = path
        self.act = act
    }
}

/// Serves a daemon's pages over TCP, or to root alone through a unix socket.
struct StatusServer: Service {
    enum Place: Sendable, CustomStringConvertible {
        case tcp(ListenAddress)
        case unixSocket(path: String)

        var description: String {
            switch self {
            case .tcp(let listen): "\(listen)"
            case .unixSocket(let path): path
            }
        }
    }

    let place: Place
    let pages: [StatusPage]
    /// Only a unix socket has any.
    var actions: [StatusAction] = []
    let logger: Logger

    func run() async throws {
        let router = Router()
        for page in pages {
            router.get(RouterPath(page.path)) { _, _ in
                let answer = await page.answer()
                return Response(
                    status: answer.isWell ? .ok : .serviceUnavailable,
                    headers: [.contentType: answer.contentType],
                    body: .init(byteBuffer: ByteBuffer(string: answer.body)))
            }
        }
        for action in actions {
            router.post(RouterPath(action.path)) { request, _ in
                let query = Dictionary(
                    request.uri.queryParameters.map { (String($0.key), String($0.value)) },
                    uniquingKeysWith: { first, _ in first })
                let answer = await action.act(query)
                return Response(
                    status: answer.isWell ? .ok : .badRequest,
                    headers: [.contentType: answer.contentType],
                    body: .init(byteBuffer: ByteBuffer(string: answer.body)))
            }
        }
        let application = Application(
            router: router, configuration: .init(address: bindAddress),
            onServerRunning: { _ in secure() }, logger: logger.silent)
        do {
            try await application.run()
        } catch let error as IOError {
            throw ToolFailure("\(place) cannot be listened on: \(error)")
        }
    }

    /// Sees to it that only root can connect to a unix socket.
    private func secure() {
        guard case .unixSocket(let path) = place, unsafe chmod(path, 0o600) != 0 else { return }
        logger.warning("the socket is open to others", metadata: ["path": "\(path)"])
    }

    private var bindAddress: BindAddress {
        switch place {
        case .tcp(let listen):
            return .hostname(listen.bindHost, port: Int(listen.port.rawValue))
        case .unixSocket(let path):
            try? FileManager.default.removeItem(atPath: path)
            return .unixDomainSocket(path: path)
        }
    }
}
