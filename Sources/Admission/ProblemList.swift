import Addressing
import KubeAPI

/// Collects what is wrong with one object, in the order in which it is found.
struct ProblemList {
    /// Bytes of an object's annotations, keys and values together; Kubernetes has the same limit.
    static let annotationBytes = 256 << 10

    private(set) var problems: [FieldProblem] = []

    var isEmpty: Bool { problems.isEmpty }

    mutating func add(
        _ field: String, _ code: FieldProblem.Code, value: String? = nil, _ detail: String
    ) {
        problems.append(FieldProblem(field, code, value: value, detail))
    }

    mutating func add(_ more: [FieldProblem]) {
        problems += more
    }

    mutating func invalid(_ field: String, _ text: String, _ detail: String) {
        add(field, .invalid, value: text.quoted, detail)
    }

    /// Takes a fault that was found in a text, if there is one.
    mutating func check(_ field: String, _ text: String, _ fault: String?) {
        if let fault { invalid(field, text, fault) }
    }

    /// A text must be one of the known ones.
    mutating func check(_ field: String, _ text: String?, isOneOf known: [String]) {
        guard let text else { return }
        guard !known.contains(text) else { return }
        let names = known.map(\.quoted).joined(separator: ", ")
        add(field, .notSupported, value: text.quoted, "supported values: \(names)")
    }

    /// A port's number must be one of 1 to 65535.
    mutating func checkPort(_ field: String, _ number: Int) {
        guard Port(number) == nil else { return }
        add(field, .invalid, value: "\(number)", "must be between 1 and 65535, inclusive")
    }

    mutating func checkProtocol(_ field: String, _ name: String?) {
        check(field, name, isOneOf: ["SCTP", "TCP", "UDP"])
    }

    /// Reads an address; one that cannot be anybody's own is a fault, where `isSpecial` is false.
    @discardableResult
    mutating func checkAddress(
        _ field: String, _ text: String, mayBeSpecial: Bool = false
    ) -> IPAddress? {
        guard let address = IPAddress(text) else {
            invalid(field, text, "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)")
            return nil
        }
        if !mayBeSpecial, let fault = address.specialUse { invalid(field, text, fault) }
        return address
    }

    mutating func checkBlock(_ field: String, _ text: String) {
        guard CIDRBlock(text) == nil else { return }
        invalid(
            field, text, "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)")
    }

    /// What every object's metadata must be.
    mutating func checkMetadata(
        _ metadata: ObjectMeta, isNamespaced: Bool, nameFault: (String) -> String?
    ) {
        if let name = metadata.name, !name.isEmpty {
            check("metadata.name", name, nameFault(name))
        } else {
            add("metadata.name", .required, "name or generateName is required")
        }
        if isNamespaced, let namespace = metadata.namespace {
            check("metadata.namespace", namespace, NameSyntax.labelFault(namespace))
        }
        checkLabels("metadata.labels", metadata.labels)
        checkAnnotations("metadata.annotations", metadata.annotations ?? [:])
    }

    private mutating func checkAnnotations(_ field: String, _ annotations: [String: String]) {
        for key in annotations.keys.sorted() {
            // Unlike a label's, its domain may have capitals.
            check(field, key, NameSyntax.labelKeyFault(key.lowercased()))
        }
        let bytes = annotations.reduce(0) { $0 + $1.key.utf8.count + $1.value.utf8.count }
        if bytes > Self.annotationBytes {
            add(field, .tooLong, "may not be more than \(Self.annotationBytes) bytes")
        }
    }

    mutating func checkLabels(_ field: String, _ labels: [String: String]?) {
        for (key, value) in (labels ?? [:]).sorted(by: { $0.key < $1.key }) {
            check(field, key, NameSyntax.labelKeyFault(key))
            check(field, value, NameSyntax.labelValueFault(value))
        }
    }

    /// Throws everything that was found, if anything was.
    func throwIfAny(for key: ObjectKey) throws(AdmissionError) {
        guard problems.isEmpty else { throw AdmissionError(key: key, problems: problems) }
    }
}

extension String {
    var quoted: String { "\"\(self)\"" }
}

extension IPAddress {
    /// Why traffic for others cannot go to this address; nil for an ordinary one.
    fileprivate var specialUse: String? {
        if isUnspecified { return "may not be unspecified (0.0.0.0 or ::)" }
        if isLoopback { return "may not be in the loopback range (127.0.0.0/8, ::1/128)" }
        if isLinkLocal { return "may not be in the link-local range (169.254.0.0/16, fe80::/10)" }
        if isMulticast { return "may not be in the multicast range (224.0.0.0/4, ff00::/8)" }
        return nil
    }
}
