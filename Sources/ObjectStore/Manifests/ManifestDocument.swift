import FoundationEssentials
import KubeAPI
import Yams

/// One YAML or JSON document of a manifest file.
struct ManifestDocument {
    let file: String
    let document: ManifestText.Document
    let limits: ManifestLimits

    /// The objects of the document, or what is wrong with it.
    func read() -> ManifestReading {
        var reading = ManifestReading(limits: limits)
        if let (object, line) = quicklyRead() {
            add(object, at: [], line: line, to: &reading)
            return reading
        }
        do throws(ManifestProblem) {
            guard let node = try node(), !NodeDecoder(node).decodeNil() else { return reading }
            read(node, items: [], listKind: nil, into: &reading)
        } catch {
            reading.breakage(error)
        }
        return reading
    }

    /// The document as a node; `nil` when it is empty.
    func node() throws(ManifestProblem) -> Node? {
        do {
            // Only the asking type says what a scalar is, so nothing needs to be resolved.
            return try Yams.compose(yaml: document.text, .basic)
        } catch {
            throw problem(error)
        }
    }

    /// Reads a JSON document with Foundation, several times as quick as Yams; `nil` for
    /// anything that is not one whole object, which then gets read for its lines, too.
    private func quicklyRead() -> (object: ClusterObject, line: Int)? {
        let text = document.text.utf8
        let rest = text.starts(with: "---".utf8) ? text.dropFirst(3) : text[...]
        guard let start = rest.firstIndex(where: { !Self.isSpace($0) }),
            rest[start] == UInt8(ascii: "{"),
            let object = try? JSONDecoder().decode(
                ClusterObject.self, from: Data(rest[start...])),
            !object.kind.isWrittenByClients
        else { return nil }
        let newlines = text[..<start].reduce(0) { $0 + ($1 == UInt8(ascii: "\n") ? 1 : 0) }
        return (object, document.line + newlines)
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || (UInt8(ascii: "\t")...UInt8(ascii: "\r")).contains(byte)
    }

    private func read(
        _ node: Node, items: [Int], listKind: ResourceKind?, into reading: inout ManifestReading
    ) {
        guard case .mapping(let mapping) = node else {
            reading.breakage(
                problem(
                    node.mark, message: "an object is a mapping, and this is not",
                    cure: "begin it with apiVersion and kind"))
            return
        }
        let fields = NodeFields.values(of: mapping)
        let stated = fields["kind"]?.scalar?.string
        guard let kind = stated ?? listKind?.kind else {
            reading.breakage(
                problem(node.mark, field: "kind", message: "is missing", cure: "add it"))
            return
        }
        if kind == "List" || kind.hasSuffix("List"), let list = fields["items"]?.sequence {
            readItems(of: list, kind: kind, items: items, into: &reading)
            return
        }
        let apiVersion = fields["apiVersion"]?.scalar?.string ?? listKind?.apiVersion ?? ""
        guard let resource = ResourceKind(kind: kind, apiVersion: apiVersion),
            !resource.isWrittenByClients
        else {
            let problem = unserved(kind, apiVersion, at: fields["kind"]?.mark ?? node.mark)
            if problem.severity == .ignored {
                reading.report(problem)
            } else if fields["items"]?.sequence != nil {
                reading.breakage(problem)
            } else {
                reading.breakage(problem, ofOne: meant(by: node, kind, apiVersion))
            }
            return
        }
        do {
            let object = try ClusterObject(resource, from: NodeDecoder(node))
            let line = node.mark.map(fileLine) ?? document.line
            add(object, at: items, line: line, to: &reading)
        } catch {
            reading.breakage(problem(error, of: resource, in: node))
        }
    }

    private func readItems(
        of list: Node.Sequence, kind: String, items: [Int], into reading: inout ManifestReading
    ) {
        guard list.count <= limits.documentsPerFile else {
            reading.breakage(
                problem(
                    list.mark, field: "items",
                    message: "more than \(limits.documentsPerFile) objects",
                    cure: "split it over several files"))
            return
        }
        let itemKind = ResourceKind.allCases.first { $0.listKind == kind }
        for (index, item) in list.enumerated() {
            read(item, items: items + [index], listKind: itemKind, into: &reading)
        }
    }

    private func add(
        _ object: ClusterObject, at items: [Int], line: Int, to reading: inout ManifestReading
    ) {
        guard object.metadata.name?.isEmpty == false else {
            reading.breakage(
                ManifestProblem(
                    at: ManifestPlace(file: file, line: line), field: "metadata.name",
                    message: "is missing", cure: "give the \(object.kind.kind) a name"))
            return
        }
        var object = object
        // What a server adds; manifests written by `kubectl get -o yaml` have it.
        object.metadata.resourceVersion = nil
        reading.add(
            ManifestObject(
                object: object.defaulted,
                origin: ManifestOrigin(file: file, line: line, items: items)))
    }
}

extension ManifestDocument {
    private func fileLine(_ mark: Mark) -> Int { document.line + mark.line - 1 }

    private func problem(
        _ mark: Mark?, object: ObjectKey? = nil, field: String? = nil, message: String,
        cure: String? = nil
    ) -> ManifestProblem {
        let place = ManifestPlace(
            file: file, line: mark.map(fileLine) ?? document.line, column: mark?.column)
        return ManifestProblem(
            at: place, object: object, field: field, message: message, cure: cure)
    }

    /// A document that Yams does not parse.
    private func problem(_ error: any Error) -> ManifestProblem {
        let cure = "correct the YAML"
        switch error as? YamlError {
        case .scanner(_, let text, let mark, _), .parser(_, let text, let mark, _),
            .composer(_, let text, let mark, _):
            return problem(mark, message: "cannot be parsed: \(text)", cure: cure)
        case .duplicatedKeysInMapping(let duplicates, let context):
            return problem(
                context.mark, field: duplicates.joined(separator: ", "),
                message: "is there twice", cure: "remove one of the two")
        default:
            return problem(nil, message: "cannot be parsed: \(error)", cure: cure)
        }
    }

    /// An object whose fields do not fit.
    private func problem(
        _ error: any Error, of kind: ResourceKind, in node: Node
    ) -> ManifestProblem {
        let key = key(of: kind, in: node)
        let (path, message) = DecodingFault.of(error)
        let mark = FieldPlace.mark(of: path.map(\.stringValue), in: node)
        return problem(mark, object: key, field: FieldPlace.path(path), message: message)
    }

    /// Which object of this kind a document would be; nil without a name.
    private func key(of kind: ResourceKind, in node: Node) -> ObjectKey? {
        let metadata = NodeFields.scalars(of: node, in: "metadata")
        return metadata["name"].map {
            ObjectKey(
                kind: kind, namespace: metadata["namespace"] ?? ObjectKey.defaultNamespace,
                name: $0)
        }
    }

    /// The objects of which a document with a kind that nobody knows may be one.
    ///
    /// All kinds of our groups are known, so it is a typing error; other groups have their own, and
    /// those with a domain that is not of Kubernetes may call them as ours are called.
    private func meant(by node: Node, _ kind: String, _ apiVersion: String) -> [ObjectKey] {
        let group = Self.group(apiVersion)
        let isForeign = group.contains(".") && !group.hasSuffix(".k8s.io")
        let ours = ResourceKind.allCases.filter { resource in
            resource.kind == kind ? !isForeign : Self.group(resource.apiVersion) == group
        }
        return ours.compactMap { key(of: $0, in: node) }
    }

    /// For example `discovery.k8s.io`; empty for the core.
    private static func group(_ apiVersion: String) -> Substring {
        apiVersion.split(separator: "/").dropLast().first ?? ""
    }

    private func unserved(_ kind: String, _ apiVersion: String, at mark: Mark?) -> ManifestProblem {
        let place = ManifestPlace(
            file: file, line: mark.map(fileLine) ?? document.line, column: mark?.column)
        if KnownKinds.isHarmless(kind) {
            return ManifestProblem(
                .ignored, at: place, field: "kind",
                message: "\(kind) is ignored; Sluice reads Services and what belongs to them")
        }
        let expected = ResourceKind.allCases.first { $0.kind == kind }
        let name = apiVersion.isEmpty ? kind : "\(apiVersion) \(kind)"
        return ManifestProblem(
            at: place, field: "kind", message: "unknown kind \(name)",
            cure: expected.map { "write apiVersion: \($0.apiVersion)" }
                ?? "use Service, Endpoints, EndpointSlice, Pod or Node")
    }
}
