/// One record of an answer (RFC 1035 section 4.1.3).
package struct ResourceRecord: Hashable, Sendable {
    /// The name that the record is of.
    package var name: DomainName
    /// The class of the record.
    package var `class`: RecordClass
    /// How long the record may be remembered, in seconds.
    package var timeToLive: UInt32
    /// What the record says.
    package var data: RecordData

    /// A record, by default of the Internet's class; its type is that of the data.
    package init(
        name: DomainName, class: RecordClass = .internet, timeToLive: UInt32, data: RecordData
    ) {
        self.name = name
        self.class = `class`
        self.timeToLive = timeToLive
        self.data = data
    }

    /// The type of the record: that of its data.
    package var type: RecordType { data.type }

    /// Whether both records belong to one set: name, type and class are the same.
    ///
    /// A set is said whole or not at all (RFC 2181 section 5).
    package func isOfSameSet(as other: ResourceRecord) -> Bool {
        type == other.type && self.class == other.class && name == other.name
    }
}
