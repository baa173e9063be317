import APIClient
import Admission
import KubeAPI

/// What is done with the status of Services at an API.
struct IngressHands: Sendable {
    /// Writes one and returns the Service as the API has it then.
    let write: @Sendable (IngressWrite) async throws(APIClientError) -> ServiceObject
    /// Reads a Service; nil if there is none of that name.
    let read: @Sendable (ObjectKey) async throws(APIClientError) -> ServiceObject?

    /// What came of one write.
    enum Outcome: Sendable {
        case written(ServiceObject)
        /// It was another version by then: this one, or none.
        case overtaken(ServiceObject?)
        /// The API takes everything but this.
        case refused(APIClientError)
        case failed(APIClientError)
    }

    /// Writes, and sees what is there instead if somebody else was quicker.
    func attempt(_ write: IngressWrite) async -> Outcome {
        do {
            return .written(try await self.write(write))
        } catch {
            guard error.isConflict || error.isMissing else {
                return [400, 422].contains(error.status?.code) ? .refused(error) : .failed(error)
            }
        }
        do {
            return .overtaken(try await read(write.key))
        } catch {
            return .failed(error)
        }
    }
}

extension IngressHands {
    /// The status of Services at the API of a client.
    init(_ client: APIClient) {
        write = { write throws(APIClientError) in
            try await client.patchStatus(of: write.key, with: write.patch, ServiceObject.self)
        }
        read = { key throws(APIClientError) in
            try await client.object(ServiceObject.self, namespace: key.namespace, name: key.name)
        }
    }
}
