package import KubeAPI
import Synchronization

/// Where clients hand in what they write to the status of Services, for the one who keeps the
/// Services.
package final class StatusDesk: Sendable {
    /// Writes that wait at the same time; further ones are turned away.
    package static let maximumWaiting = 1_000

    /// A write that waits for its answer.
    struct Request: Sendable {
        let key: ObjectKey
        /// A merge patch of the Service.
        let patch: JSONValue
        let answer: CheckedContinuation<Result<StoredObject, StatusObject>, Never>
    }

    private struct State {
        var requests: [Request] = []
        /// Tells the keeper that something was handed in; nil while there is no keeper.
        var bell: (@Sendable () -> Void)?
    }

    private let state = Mutex(State())

    /// A desk that nobody attends to yet.
    package init() {}

    /// Writes to a Service's status and returns the Service as it is then.
    package func write(
        _ patch: JSONValue, to key: ObjectKey
    ) async throws(StatusObject) -> StoredObject {
        let result = await withCheckedContinuation { answer in
            hand(in: Request(key: key, patch: patch, answer: answer))
        }
        return try result.get()
    }

    /// Begins to take requests; `bell` rings for each.
    func open(_ bell: @escaping @Sendable () -> Void) {
        state.withLock { $0.bell = bell }
    }

    /// Everything that waits.
    func take() -> [Request] {
        state.withLock { state in
            defer { state.requests = [] }
            return state.requests
        }
    }

    /// Turns everybody away from now on.
    func close() {
        state.withLock { $0.bell = nil }
        for request in take() { request.answer.resume(returning: .failure(Self.unattended)) }
    }

    private func hand(in request: Request) {
        let (bell, refusal) = state.withLock { state -> ((@Sendable () -> Void)?, StatusObject?) in
            guard let bell = state.bell else { return (nil, Self.unattended) }
            guard state.requests.count < Self.maximumWaiting else { return (nil, Self.crowded) }
            state.requests.append(request)
            return (bell, nil)
        }
        if let refusal { request.answer.resume(returning: .failure(refusal)) }
        bell?()
    }

    private static var unattended: StatusObject {
        StatusObject(
            code: 503, reason: .serviceUnavailable,
            message: "the manifests are not followed at the moment; try again")
    }

    private static var crowded: StatusObject {
        StatusObject(
            code: 429, reason: .tooManyRequests,
            message: "\(maximumWaiting) writes wait already; try again")
    }
}
