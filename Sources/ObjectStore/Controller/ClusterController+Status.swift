import Admission
import FoundationEssentials
import KubeAPI

extension ClusterController {
    /// A write that is good, and not on disk yet.
    private struct Accepted {
        let object: ClusterObject
        /// What was remembered of the Service until then.
        let before: RememberedObject?
        let request: StatusDesk.Request
    }

    /// Brings what clients wrote to the status of Services into the store, and answers them.
    ///
    /// All of it is on disk before anybody sees it; what the disk refuses is not done.
    mutating func write(_ requests: [StatusDesk.Request]) async -> ControllerReport {
        report = ControllerReport()
        identities.beginRound()
        var waiting = requests
        while !waiting.isEmpty { waiting = await writeFirst(of: waiting) }
        return report
    }

    /// Attends to the first write of each Service; returns the others, which are for what that
    /// makes of the Service.
    private mutating func writeFirst(
        of requests: [StatusDesk.Request]
    ) async -> [StatusDesk.Request] {
        var accepted: [ObjectKey: Accepted] = [:]
        var others: [StatusDesk.Request] = []
        for request in requests {
            guard accepted[request.key] == nil else {
                others.append(request)
                continue
            }
            let before = identities.remembered(request.key)
            do throws(StatusObject) {
                accepted[request.key] = Accepted(
                    object: try accept(request), before: before, request: request)
            } catch {
                request.answer.resume(returning: .failure(error))
            }
        }
        await flush()
        let areKept = identities.pending.isEmpty
        for write in accepted.values {
            write.request.answer.resume(returning: areKept ? carryOut(write) : undo(write))
        }
        return others
    }

    private func carryOut(_ write: Accepted) -> Result<StoredObject, StatusObject> {
        // It has a name, and any version may be replaced, so the store has no reason to refuse.
        (try? store.put(write.object)).map(Result.success)
            ?? .failure(.notFound(write.request.key.kind, name: write.request.key.name))
    }

    private mutating func undo(_ write: Accepted) -> Result<StoredObject, StatusObject> {
        if let before = write.before { identities.remember(before) }
        return .failure(
            StatusObject(
                code: 500, reason: .internalError,
                message: "\(write.request.key): what was written cannot be kept on disk; try again"
            ))
    }

    /// The Service with its new status, which is remembered.
    private mutating func accept(
        _ request: StatusDesk.Request
    ) throws(StatusObject) -> ClusterObject {
        let key = request.key
        guard let stored = store.object(key), case .service(let current) = stored.object else {
            throw .notFound(key.kind, name: key.name)
        }
        let expected = request.patch["metadata"]?["resourceVersion"]?.text ?? ""
        guard expected.isEmpty || expected == "\(stored.revision)" else { throw .conflict(key) }
        let patch = request.patch["status"]
        if patch?["loadBalancer"] != nil { try checkWhoGivesAddresses(current) }
        var written = identities.written(key) ?? WrittenStatus()
        var service = current
        service.status = try current.status.patched(with: patch)
        let notes = try Self.annotations(in: request.patch)
        if !notes.isEmpty {
            var own = service.metadata.annotations ?? [:]
            for (name, text) in notes {
                written.annotations[name] = text
                own[name] = text
            }
            service.metadata.annotations = own.isEmpty ? nil : own
        }
        let admitted = try admit(service, inPlaceOf: current)
        written.take(admitted.status, namedBy: patch)
        identities.note(written.isEmpty ? nil : written, of: key)
        return identities.identified(.service(admitted))
    }

    /// The annotations that a patch changes; those that it removes have no text.
    private static func annotations(
        in patch: JSONValue
    ) throws(StatusObject) -> [String: String?] {
        guard let stated = patch["metadata"]?["annotations"], stated != .null else { return [:] }
        guard case .object(let notes) = stated else {
            throw .badRequest("metadata.annotations is no object")
        }
        var texts: [String: String?] = [:]
        for (name, value) in notes {
            guard value == .null || value.text != nil else {
                throw .badRequest("metadata.annotations: the value of \"\(name)\" is no string")
            }
            texts.updateValue(value.text, forKey: name)
        }
        return texts
    }

    private mutating func admit(
        _ service: ServiceObject, inPlaceOf current: ServiceObject
    ) throws(StatusObject) -> ServiceObject {
        // What the new status leaves out is not to be kept from the old one.
        var previous = current
        previous.status.loadBalancer = nil
        do throws(AdmissionError) {
            return try admission.admit(service: service, previous: previous)
        } catch {
            throw error.status
        }
    }

    /// Refuses where the addresses are not for clients to give.
    private func checkWhoGivesAddresses(_ service: ServiceObject) throws(StatusObject) {
        if statesIngress.contains(service.key) {
            throw .forbidden(
                "the manifest of \(service.key) states status.loadBalancer; take it out there to "
                    + "have it written")
        }
        let hasPool = !admission.configuration.loadBalancerBlocks.isEmpty
        if hasPool, service.spec.loadBalancerClass == nil {
            throw .forbidden(
                "this API gives out load balancer addresses itself; start it without "
                    + "--load-balancer-pool to have them written, or the writer")
        }
    }

    /// The manifest's object with what clients wrote of it.
    func withStatus(_ candidate: ClusterObject) -> ClusterObject {
        guard case .service(let service) = candidate else { return candidate }
        return identities.written(service.key).map { .service($0.under(service)) } ?? candidate
    }

    /// Takes note of who gives an admitted Service its addresses.
    ///
    /// Written ones that it does not have any more, because of its type, its manifest or a pool of
    /// the API's own, are gone for good.
    mutating func noteStatus(of admitted: ClusterObject, stated: ClusterObject) {
        guard case .service(let manifest) = stated else { return }
        if manifest.statesIngress {
            statesIngress.insert(manifest.key)
        } else {
            statesIngress.remove(manifest.key)
        }
        guard case .service(let service) = admitted,
            var written = identities.written(service.key),
            let addresses = written.status.loadBalancer?.ingress,
            addresses != service.status.loadBalancer?.ingress
        else { return }
        written.status.loadBalancer = nil
        identities.note(written.isEmpty ? nil : written, of: service.key)
    }
}

extension ServiceStatus {
    /// The status with a merge patch applied.
    fileprivate func patched(with patch: JSONValue?) throws(StatusObject) -> ServiceStatus {
        guard let patch else { return self }
        do {
            let document = try JSONDecoder().decode(
                JSONValue.self, from: JSONEncoder().encode(self))
            return try JSONDecoder().decode(
                ServiceStatus.self, from: JSONEncoder().encode(document.merged(with: patch)))
        } catch {
            throw .badRequest("the patch does not make the status of a Service: \(error)")
        }
    }
}

extension StatusObject {
    fileprivate static func conflict(_ key: ObjectKey) -> StatusObject {
        StatusObject(
            ObjectStoreError(
                code: .conflict, subject: key.description,
                detail: "the object has been modified; apply the change to its latest version"))
    }

    fileprivate static func forbidden(_ message: String) -> StatusObject {
        StatusObject(code: 403, reason: .forbidden, message: message)
    }
}
