import Addressing
import DNSMessage
import Support

/// A message as the reader makes them, with names that share endings.
func randomMessage(using random: inout SplitMix) -> Message {
    let names = (0..<6).map { _ in randomName(using: &random) }
    func records() -> [ResourceRecord] {
        (0..<Int.random(in: 0...8, using: &random)).map { _ in
            let data = randomData(names, using: &random)
            let isInternet = Bool.random(using: &random) || needsInternet(data)
            return ResourceRecord(
                name: relative(of: names, using: &random), class: isInternet ? .internet : .chaos,
                timeToLive: .random(in: 0...UInt32(Int32.max), using: &random), data: data)
        }
    }
    var header = MessageHeader(id: .random(in: 0...(.max), using: &random))
    header.isResponse = Bool.random(using: &random)
    header.opcode = Opcode(truncating: .random(in: 0...15, using: &random))
    header.isAuthoritative = Bool.random(using: &random)
    header.isTruncated = Bool.random(using: &random)
    header.isRecursionDesired = Bool.random(using: &random)
    header.isRecursionAvailable = Bool.random(using: &random)
    header.isAuthenticData = Bool.random(using: &random)
    header.isCheckingDisabled = Bool.random(using: &random)
    let extensions = Bool.random(using: &random) ? randomExtensions(using: &random) : nil
    header.responseCode = ResponseCode(
        truncating: .random(in: 0...(extensions == nil ? 15 : 4095), using: &random))
    return Message(
        header: header,
        questions: (0..<Int.random(in: 0...2, using: &random)).map { _ in
            Question(
                name: relative(of: names, using: &random),
                type: RecordType(rawValue: .random(in: 0...70, using: &random)))
        },
        answers: records(), authorities: records(), additionals: records(),
        extensions: extensions)
}

/// Whether the data mean this in the Internet's class alone.
private func needsInternet(_ data: RecordData) -> Bool {
    switch data {
    case .a, .aaaa, .srv: true
    default: false
    }
}

private func randomExtensions(using random: inout SplitMix) -> ExtensionOptions {
    ExtensionOptions(
        udpPayloadSize: .random(in: 0...(.max), using: &random),
        version: .random(in: 0...255, using: &random), isDNSSECOK: Bool.random(using: &random),
        options: (0..<Int.random(in: 0...2, using: &random)).map { _ in
            ExtensionOption(
                code: .random(in: 0...20, using: &random),
                data: randomBytes(0...12, using: &random))
        })
}

/// A name below an ending of one of the names.
private func relative(of names: [DomainName], using random: inout SplitMix) -> DomainName {
    let name = names.randomElement(using: &random) ?? .root
    let ending = name.suffix(Int.random(in: 0...name.labelCount, using: &random))
    return ending.prepending("x\(UInt8.random(in: 0...9, using: &random))") ?? ending
}

private func randomData(_ names: [DomainName], using random: inout SplitMix) -> RecordData {
    let target = relative(of: names, using: &random)
    switch Int.random(in: 0..<11, using: &random) {
    case 0: return .a(IPv4Address(rawValue: .random(in: 0...(.max), using: &random)))
    case 1:
        return .aaaa(
            IPv6Address(
                high: .random(in: 0...(.max), using: &random),
                low: .random(in: 0...(.max), using: &random)))
    case 2: return .cname(target)
    case 3: return .ns(target)
    case 4: return .ptr(target)
    case 5:
        return .soa(
            StartOfAuthority(
                primaryServer: target, mailbox: relative(of: names, using: &random),
                serial: .random(in: 0...(.max), using: &random), refresh: 1, retry: 2,
                expire: 3, minimum: .random(in: 0...(.max), using: &random)))
    case 6:
        return .srv(
            ServiceLocation(
                priority: .random(in: 0...9, using: &random),
                weight: .random(in: 0...(.max), using: &random), port: 443, target: target))
    case 7:
        return .mx(
            MailExchange(preference: .random(in: 0...99, using: &random), exchange: target))
    case 8:
        return .txt(
            (0...Int.random(in: 0...3, using: &random)).map { _ in
                randomBytes(0...255, using: &random)
            })
    case 9:
        let prefix = randomBytes(2...2, using: &random)
        return .opaque(RecordType(rawValue: 18), prefix + target.wire)  // AFSDB
    default:
        let type = RecordType(rawValue: .random(in: 256...300, using: &random))
        return .opaque(type, randomBytes(0...40, using: &random))
    }
}

private func randomBytes(_ count: ClosedRange<Int>, using random: inout SplitMix) -> [UInt8] {
    (0..<Int.random(in: count, using: &random)).map { _ in .random(in: 0...255, using: &random) }
}

/// A name of any bytes, mostly of a few short labels, sometimes as long as names can be.
func randomName(using random: inout SplitMix) -> DomainName {
    var name = DomainName.root
    let isLong = Int.random(in: 0..<8, using: &random) == 0
    for _ in 0..<(isLong ? 100 : Int.random(in: 0...5, using: &random)) {
        let label: [UInt8] =
            Bool.random(using: &random)
            ? randomBytes(1...(isLong ? 63 : 8), using: &random)
            : Array(
                (["web", "Default", "svc", "CLUSTER"].randomElement(using: &random) ?? "").utf8)
        name = name.prepending(label) ?? name
    }
    return name
}
