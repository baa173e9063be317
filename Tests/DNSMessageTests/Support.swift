import Addressing
import DNSMessage

/// The bytes of hexadecimal digits; white space and what follows `;` on a line do not count.
func bytes(_ hexadecimal: String) -> [UInt8] {
    let digits = hexadecimal.split(separator: "\n")
        .flatMap { line in line.prefix { $0 != ";" } }
        .compactMap(\.hexDigitValue)
    return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] * 16 + digits[$0 + 1]) }
}

/// A name that the test knows to be one.
func name(_ text: String) -> DomainName {
    guard let name = DomainName(text) else { preconditionFailure("no name: \(text)") }
    return name
}

/// An address that the test knows to be one.
func v4(_ text: String) -> IPv4Address {
    guard let address = IPv4Address(text) else { preconditionFailure("no address: \(text)") }
    return address
}

/// A message of a header, claimed counts and a body.
func message(
    questions: UInt8 = 0, answers: UInt8 = 0, authorities: UInt8 = 0, additionals: UInt8 = 0,
    _ body: [UInt8]
) -> [UInt8] {
    [0x12, 0x34, 0x01, 0x00, 0, questions, 0, answers, 0, authorities, 0, additionals] + body
}

/// The error of reading a message; none if it reads.
func problem(_ message: [UInt8]) -> MessageError? {
    do throws(MessageError) {
        _ = try Message(parsing: message)
        return nil
    } catch {
        return error
    }
}
