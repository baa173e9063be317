import APIClient
import KubeAPI
import LeaderElection
import Synchronization

/// Carries out what an election asks of its Lease, in the API.
final class LeaseDesk: Sendable {
    private let seat: LeaseSeat
    private let client: APIClient
    /// What the API had last: labels and the like stay as somebody else made them.
    private let last = Mutex<LeaseObject?>(nil)

    /// Asks for the Lease of this seat.
    init(_ seat: LeaseSeat, client: APIClient) {
        self.seat = seat
        self.client = client
    }

    /// Asks, and says what came of it, and why where that is not known.
    func carryOut(_ request: LeaseRequest) async -> (answer: LeaseAnswer, failure: String?) {
        do throws(APIClientError) {
            switch request {
            case .read:
                let found = try await client.object(
                    LeaseObject.self, namespace: seat.namespace, name: seat.name)
                guard let found else { return (.absent, nil) }
                last.withLock { $0 = found }
                return (.found(LeaseRecord(found.spec), version: version(of: found)), nil)
            case .create(let record):
                last.withLock { $0 = nil }
                return (try await written(client.create(object(record))), nil)
            case .update(let record, let version):
                var object = object(record)
                object.metadata.resourceVersion = version
                return (try await written(client.update(object)), nil)
            }
        } catch {
            if error.isConflict { return (.conflict, nil) }
            // Where it is the namespace that is missing, making the Lease fails as well.
            if error.isMissing, case .update = request { return (.absent, nil) }
            return (.failed, "\(error)")
        }
    }

    private func written(_ object: LeaseObject) -> LeaseAnswer {
        last.withLock { $0 = object }
        return .written(version: version(of: object))
    }

    private func version(of object: LeaseObject) -> String { object.metadata.resourceVersion ?? "" }

    private func object(_ record: LeaseRecord) -> LeaseObject {
        var object =
            last.withLock { $0 }
            ?? LeaseObject(metadata: ObjectMeta(name: seat.name, namespace: seat.namespace))
        object.apiVersion = LeaseObject.apiVersion
        object.kind = LeaseObject.kind
        object.spec.take(record)
        return object
    }
}

extension LeaseRecord {
    /// What the spec says; what it does not say counts as nothing.
    init(_ spec: LeaseSpec) {
        self.init(
            holder: spec.holderIdentity ?? "", durationSeconds: spec.leaseDurationSeconds ?? 0,
            acquireTime: spec.acquireTime ?? "", renewTime: spec.renewTime ?? "",
            transitions: spec.leaseTransitions ?? 0)
    }
}

extension LeaseSpec {
    /// Says what the record says; Kubernetes takes no empty text.
    fileprivate mutating func take(_ record: LeaseRecord) {
        holderIdentity = record.holder.isEmpty ? nil : record.holder
        leaseDurationSeconds = record.durationSeconds
        acquireTime = record.acquireTime.isEmpty ? nil : record.acquireTime
        renewTime = record.renewTime.isEmpty ? nil : record.renewTime
        leaseTransitions = record.transitions
    }
}
