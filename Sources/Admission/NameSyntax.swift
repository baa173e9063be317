/// The shapes that Kubernetes demands of names; each function says what is wrong, or nil.
package enum NameSyntax {
    /// A Service's name: a DNS label that begins with a letter (RFC 1035).
    static func serviceNameFault(_ text: String) -> String? {
        if text.utf8.count > 63 { return "must be no more than 63 characters" }
        if isLabel(text), text.utf8.first.map(isLetter) == true { return nil }
        return "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start "
            + "with an alphabetic character, and end with an alphanumeric character (e.g. "
            + "'my-name', or 'abc-123', regex used for validation is "
            + "'[a-z]([-a-z0-9]*[a-z0-9])?')"
    }

    /// A namespace's or a port's name: a DNS label (RFC 1123).
    package static func labelFault(_ text: String) -> String? {
        if text.utf8.count > 63 { return "must be no more than 63 characters" }
        if isLabel(text) { return nil }
        return "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or "
            + "'-', and must start and end with an alphanumeric character (e.g. 'my-name', or "
            + "'123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
    }

    /// Any other object's name, or a host name: labels joined by dots (RFC 1123).
    package static func subdomainFault(_ text: String) -> String? {
        if text.utf8.count > 253 { return "must be no more than 253 characters" }
        let labels = text.split(separator: ".", omittingEmptySubsequences: false)
        if labels.allSatisfy({ isLabel($0) }) { return nil }
        return "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, "
            + "'-' or '.', and must start and end with an alphanumeric character (e.g. "
            + "'example.com')"
    }

    /// A container port's name, as `targetPort` may state it (RFC 6335).
    static func portNameFault(_ text: String) -> String? {
        if text.utf8.count > 15 { return "must be no more than 15 characters" }
        if !isLabel(text) {
            return "must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-), and "
                + "must not start or end with a hyphen"
        }
        if !text.utf8.contains(where: isLetter) { return "must contain at least one letter (a-z)" }
        if text.contains("--") { return "must not contain consecutive hyphens" }
        return nil
    }

    /// A label's value: empty, or letters, digits and `-_.` with a letter or digit at both ends.
    static func labelValueFault(_ text: String) -> String? {
        if text.utf8.count > 63 { return "must be no more than 63 characters" }
        if text.isEmpty || isQualified(text) { return nil }
        return "a valid label must be an empty string or consist of alphanumeric characters, '-', "
            + "'_' or '.', and must start and end with an alphanumeric character"
    }

    /// A label's key: a name like a value, with a domain and a slash before it or not.
    static func labelKeyFault(_ text: String) -> String? {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        let name = parts.last.map(String.init) ?? ""
        let isPrefixed = parts.count == 2 && subdomainFault(String(parts[0])) == nil
        if parts.count == 1 || isPrefixed, name.utf8.count <= 63, isQualified(name) { return nil }
        return "name part must consist of alphanumeric characters, '-', '_' or '.', start and end "
            + "with an alphanumeric character and be no more than 63 characters, with an optional "
            + "DNS subdomain prefix and '/' (e.g. 'example.com/MyName')"
    }

    private static func isLabel(_ text: some StringProtocol) -> Bool {
        guard let first = text.utf8.first else { return false }
        let isClosed = !text.hasSuffix("-")
        return text.utf8.count <= 63 && isLetterOrDigit(first) && isClosed
            && text.utf8.allSatisfy { isLetterOrDigit($0) || $0 == UInt8(ascii: "-") }
    }

    private static func isQualified(_ text: String) -> Bool {
        guard let first = text.utf8.first, let last = text.utf8.last else { return false }
        return isAlphanumeric(first) && isAlphanumeric(last)
            && text.utf8.allSatisfy { isAlphanumeric($0) || "-_.".utf8.contains($0) }
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        isLetter(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        isLetterOrDigit(byte) || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
    }
}
