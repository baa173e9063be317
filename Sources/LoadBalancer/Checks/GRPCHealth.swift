import HealthChecking

/// The two messages of `grpc.health.v1` (grpc/proto/health.proto), as bytes.
enum GRPCHealth {
    /// A request for a service, with gRPC's prefix: no compression, and the length.
    static func request(of service: String) -> [UInt8] {
        let name = Array(service.utf8)
        // Field 1, a text; the empty one is left out.
        let message = name.isEmpty ? [] : [0x0a] + varint(name.count) + name
        return [0] + (0..<4).map { UInt8(truncatingIfNeeded: message.count >> (24 - 8 * $0)) }
            + message
    }

    /// What an answer with its prefix says; nil: SERVING.
    static func verdict(on bytes: [UInt8]) -> CheckFailure? {
        guard bytes.count >= 5, bytes[0] == 0 else { return .malformedAnswer }
        let length = bytes[1..<5].reduce(0) { $0 << 8 | Int($1) }
        guard bytes.count == 5 + length else { return .malformedAnswer }
        // Field 1, a number; 0, which is UNKNOWN, may be left out.
        guard length > 0 else { return .notServing(states[0]) }
        guard length == 2, bytes[5] == 0x08 else { return .malformedAnswer }
        let state = Int(bytes[6])
        return state == 1 ? nil : .notServing(states.indices ~= state ? states[state] : "\(state)")
    }

    /// The name of a gRPC status, for those that a health service has reason to give.
    static func name(ofStatus number: String) -> String {
        switch number {
        case "5": "NOT_FOUND, the server does not know the service"
        case "12": "UNIMPLEMENTED, the server has no health service"
        case "14": "UNAVAILABLE"
        default: "status \(String(number.prefix(10)))"
        }
    }

    private static let states = ["UNKNOWN", "SERVING", "NOT_SERVING", "SERVICE_UNKNOWN"]

    private static func varint(_ number: Int) -> [UInt8] {
        var rest = number
        var bytes: [UInt8] = []
        while rest > 0x7f {
            bytes.append(UInt8(rest & 0x7f | 0x80))
            rest >>= 7
        }
        return bytes + [UInt8(rest)]
    }
}
