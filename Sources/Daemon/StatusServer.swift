import Addressing
import FoundationEssentials
import Hummingbird
import Logging
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

/// Serves a daemon's pages over TCP, or to root alone through a unix socket.
struct StatusServer: Service {
    enum Place: Sendable {
        case tcp(ListenAddress)
        case unixSocket(path: String)
    }

    let place: Place
    let pages: [StatusPage]
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
        let application = Application(
            router: router, configuration: .init(address: bindAddress), logger: logger.quieter)
        try await application.run()
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
