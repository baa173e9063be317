import Addressing
import CoreMetrics
import Hummingbird
import Logging
import ServiceLifecycle

/// Listens at one health check port, tries again while something else has it, and ends when it is
/// stopped.
actor HealthCheckListener {
    /// Between two attempts to listen at a port that is taken.
    private static let retryInterval = Duration.seconds(1)

    private let place: SocketEndpoint
    private let unserved: Meter
    private let logger: Logger
    private let answer: @Sendable () -> Response
    private var isStopped = false
    private var hasFailed = false
    private var running: ServiceGroup?

    init(
        place: SocketEndpoint, unserved: Meter, logger: Logger,
        answer: @escaping @Sendable () -> Response
    ) {
        self.place = place
        self.unserved = unserved
        self.logger = logger
        self.answer = answer
    }

    /// Closes the port once what is being answered has been.
    ///
    /// A server whose task is cancelled drops connections that it has taken and not looked at yet,
    /// which NIO stops the process for; so each is shut down.
    func stop() async {
        isStopped = true
        await running?.triggerGracefulShutdown()
    }

    /// Listens until it is stopped.
    func run() async {
        while !isStopped, !Task.isCancelled {
            let server = ServiceGroup(services: [application()], logger: logger.silent)
            running = server
            do {
                try await server.run()
            } catch {
                noteFailure(error)
            }
            guard !isStopped else { break }
            try? await Task.sleep(for: Self.retryInterval)
        }
        noteSuccess()
    }

    private func application() -> some ApplicationProtocol {
        Application(
            responder: CallbackResponder<BasicRequestContext> { [answer] _, _ in answer() },
            configuration: .init(
                address: .hostname("\(place.address)", port: Int(place.port.rawValue))),
            onServerRunning: { [weak self] _ in await self?.noteSuccess() },
            logger: logger.silent)
    }

    private func noteFailure(_ error: any Error) {
        guard !hasFailed, !isStopped else { return }
        hasFailed = true
        unserved.increment()
        logger.warning(
            "a health check port cannot be listened at; trying again",
            metadata: ["address": "\(place)", "error": "\(error)"])
    }

    private func noteSuccess() {
        guard hasFailed else { return }
        hasFailed = false
        unserved.decrement()
        guard !isStopped else { return }
        logger.notice("the health check port is free now", metadata: ["address": "\(place)"])
    }
}
