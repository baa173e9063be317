import DNSMessage
import Fuzzing

@main
enum FuzzNames {
    static func main() {
        fuzz { input in check(input) }
    }
}

/// Takes any bytes for a name: as text, on the wire, and as one label.
private func check(_ input: [UInt8]) {
    let text = String(decoding: input, as: UTF8.self)
    if let name = DomainName(text) { check(name) }
    if let name = DomainName(wire: input) {
        precondition(name.wire == input)
        check(name)
    }
    if let name = DomainName(labels: [input]) {
        precondition(name.labelCount == 1 && Array(name.labelBytes(at: 0)) == input)
        check(name)
    }
    if let type = RecordType(mnemonic: text) {
        precondition(RecordType(mnemonic: type.description) == type)
    }
}

/// What holds of every name.
private func check(_ name: DomainName) {
    precondition(name.wire.count <= DomainName.maximumByteCount)
    precondition(DomainName(name.description)?.wire == name.wire, "other bytes: \(name)")
    precondition(DomainName(wire: name.wire)?.labelCount == name.labelCount)
    precondition(DomainName(labels: name.labels.map(Array.init))?.wire == name.wire)
    let lower = name.lowercased
    precondition(lower.isLowercase && lower == name && lower.hashValue == name.hashValue)
    for count in 0...name.labelCount {
        let suffix = name.suffix(count)
        precondition(name.isWithin(suffix) && lower.isWithin(suffix))
        precondition(suffix.isWithin(name) == (count == name.labelCount))
        precondition(count == 0 || !name.label(at: name.labelCount - count).isEmpty)
    }
}
