/// What a message asks (RFC 1035 section 4.1.2).
///
/// Two questions are equal if the same answer answers both: the spelling of the name's letters does
/// not matter.
package struct Question: Hashable, Sendable {
    /// Of what name.
    package var name: DomainName
    /// Which records.
    package var type: RecordType
    /// Of which class.
    package var `class`: RecordClass

    /// A question, by default of the Internet's class.
    package init(name: DomainName, type: RecordType, class: RecordClass = .internet) {
        self.name = name
        self.type = type
        self.class = `class`
    }
}

extension Question: CustomStringConvertible {
    /// The question as `dig` shows it, such as `kubernetes.default.svc.cluster.local. IN A`.
    package var description: String {
        "\(name) \(self.class) \(type)"
    }
}
