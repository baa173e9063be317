import AsyncHTTPClient
import NIOCore

/// Makes something of a body, piece by piece.
protocol BodyConsumer: Sendable {
    /// Takes the next piece and says how long the one after it may take.
    mutating func take(_ piece: ByteBuffer) async throws(APIClientError) -> Duration
}

/// How reading a body ended; `nil` when the server ended it in good order.
typealias BodyFailure = APIClientError?

/// Reads bodies and gives up on servers that stop in the middle.
struct BodyReader: Sendable {
    /// What is read, for example `GET /api/v1/services`.
    let request: String
    /// How long the first piece may take.
    let firstWithin: Duration
    /// How exactly stalls are noticed.
    let precision: Duration

    private enum Outcome<Consumer: BodyConsumer>: Sendable {
        case read(Consumer, BodyFailure)
        case stalled
    }

    /// Feeds the whole body to `consumer` and returns it with what went wrong.
    func read<Consumer: BodyConsumer>(
        _ body: HTTPClientResponse.Body, into consumer: Consumer
    ) async -> (consumer: Consumer, failure: BodyFailure) {
        let stall = StallGuard()
        return await withTaskGroup(of: Outcome<Consumer>.self) { group in
            group.addTask { await feed(body, to: consumer, stall: stall) }
            group.addTask {
                await stall.waitForStall(precision: precision)
                return .stalled
            }
            var result = (consumer: consumer, failure: BodyFailure.none)
            var hasStalled = false
            for await outcome in group {
                switch outcome {
                case .read(let consumer, let failure): result = (consumer, failure)
                case .stalled: hasStalled = !Task.isCancelled && !group.isCancelled
                }
                group.cancelAll()
            }
            if hasStalled {
                result.failure = APIClientError(
                    .stalled, request: request,
                    detail: "the server stopped sending in the middle of its answer")
            }
            return result
        }
    }

    private func feed<Consumer: BodyConsumer>(
        _ body: HTTPClientResponse.Body, to initial: Consumer, stall: StallGuard
    ) async -> Outcome<Consumer> {
        var consumer = initial
        defer { stall.satisfied() }
        do {
            stall.expect(within: firstWithin)
            for try await piece in body {
                stall.satisfied()
                let allowance = try await consumer.take(piece)
                stall.expect(within: allowance)
            }
            return .read(consumer, nil)
        } catch {
            return .read(consumer, APIClient.failure(error, request: request))
        }
    }
}

extension ClientLimits {
    /// How exactly stalls are noticed: within a quarter of the shortest allowance.
    var stallPrecision: Duration { min(stallTimeout, silenceTimeout) / 4 }
}
