/// Reads how a Service wants its nodes to be checked from its annotations, `sluice.io/check…`.
///
/// What cannot be read leaves the default in force and is reported: a Service is never unchecked,
/// nor out of service, because of a slip of the pen.
package struct CheckNotes: Sendable {
    /// An annotation that says nothing, and what is done instead.
    package struct Problem: Hashable, Sendable, CustomStringConvertible {
        /// The annotation's name with its prefix.
        package let name: String
        /// What is wrong with its text.
        package let reason: String

        /// Name and reason in one line.
        package var description: String { "\(name): \(reason)" }
    }

    /// What is done, and where.
    package private(set) var definition: CheckDefinition
    /// How often, and what results add up to.
    package private(set) var policy: HealthPolicy
    /// True if the Service names a check of its own.
    package private(set) var isOwn = false
    /// What could not be read.
    package private(set) var problems: [Problem] = []
    private let notes: [String: String]

    /// Reads the annotations, without their prefix, over what holds by default.
    package init(
        _ notes: [String: String], default definition: CheckDefinition, policy: HealthPolicy
    ) {
        self.notes = notes.filter { $0.key == "check" || $0.key.hasPrefix("check-") }
        self.definition = definition
        self.policy = policy
        guard !self.notes.isEmpty else { return }
        readDefinition()
        readRequest()
        readPolicy()
        for name in self.notes.keys.sorted() where !Self.known.contains(name) {
            report(name, "there is no such setting")
        }
    }

    private static let known: Set = [
        "check", "check-method", "check-host", "check-status", "check-body", "check-tls-verify",
        "check-send", "check-expect", "check-interval", "check-timeout", "check-rise",
        "check-fall", "check-fast-interval", "check-down-interval", "check-initial",
    ]

    private mutating func readDefinition() {
        guard let text = notes["check"] else { return }
        do throws(CheckSyntaxError) {
            definition = try CheckDefinition(text)
            isOwn = true
        } catch {
            report("check", error.description)
        }
    }

    private mutating func readRequest() {
        switch definition.request {
        case .http(var http):
            take("check-method") { text in
                guard Self.isToken(text) else { return "is not an HTTP method" }
                http.method = text
                return nil
            }
            take("check-host") { text in
                guard Self.isHost(text) else { return "is not a host name" }
                http.host = text
                return nil
            }
            take("check-status") { text in
                guard let statuses = Self.statuses(text) else {
                    return "is not statuses such as 200-299,404"
                }
                http.statuses = statuses
                return nil
            }
            take("check-body") { text in
                guard 1...Self.longestText ~= text.utf8.count else { return Self.lengthReason }
                http.body = Array(text.utf8)
                return nil
            }
            takeSecurity(&http.security)
            definition.request = .http(http)
        case .grpc(let service, var security):
            takeSecurity(&security)
            definition.request = .grpc(service: service, security: security)
        case .datagram(var send, var expect):
            take("check-send") { text in
                guard text.utf8.count <= Self.longestText else { return Self.lengthReason }
                send = Array(text.utf8)
                return nil
            }
            take("check-expect") { text in
                guard 1...Self.longestText ~= text.utf8.count else { return Self.lengthReason }
                expect = Array(text.utf8)
                return nil
            }
            definition.request = .datagram(send: send, expect: expect)
        case .connect, .command, .endpointCount: break
        }
    }

    private mutating func takeSecurity(_ security: inout CheckSecurity?) {
        var wanted = security
        take("check-tls-verify") { text in
            switch text {
            case "on": wanted = .verified
            case "off": wanted = .unverified
            default: return "is neither on nor off"
            }
            return nil
        }
        security = wanted
    }

    private mutating func readPolicy() {
        var interval = policy.interval
        var timeout: Duration? = policy.timeout
        var rise = policy.rise
        var fall = policy.fall
        var (fast, down, initial) = (policy.fastInterval, policy.downInterval, policy.initial)
        takeDuration("check-interval") {
            interval = $0
            timeout = nil
        }
        takeDuration("check-timeout") { timeout = $0 }
        takeDuration("check-fast-interval") { fast = $0 }
        takeDuration("check-down-interval") { down = $0 }
        takeCount("check-rise") { rise = $0 }
        takeCount("check-fall") { fall = $0 }
        take("check-initial") { text in
            guard let value = InitialHealth(rawValue: text) else {
                return "is not fully-up, up, down or fully-down"
            }
            initial = value
            return nil
        }
        do throws(HealthPolicyError) {
            policy = try HealthPolicy(interval: interval, timeout: timeout, rise: rise, fall: fall)
        } catch {
            report("check-\(error.code.rawValue)", error.description)
        }
        policy.fastInterval = fast
        policy.downInterval = down
        policy.initial = initial
    }

    private mutating func takeDuration(_ name: String, _ use: (Duration) -> Void) {
        take(name) { text in
            guard let duration = DurationText.read(text), duration >= Self.shortestInterval,
                duration <= Self.longestInterval
            else { return "is not a duration from 10ms to 24h, such as 200ms, 2s or 1m" }
            use(duration)
            return nil
        }
    }

    private mutating func takeCount(_ name: String, _ use: (Int) -> Void) {
        take(name) { text in
            guard let count = Int(text), 1...Self.largestCount ~= count else {
                return "is not a whole number from 1 to \(Self.largestCount)"
            }
            use(count)
            return nil
        }
    }

    /// Reads one annotation, if it is there, and reports why if it cannot be.
    private mutating func take(_ name: String, _ read: (String) -> String?) {
        guard let text = notes[name], let reason = read(text) else { return }
        report(name, "\(String(text.prefix(80)).debugDescription) \(reason)")
    }

    private mutating func report(_ name: String, _ reason: String) {
        problems.append(
            Problem(name: "sluice.io/\(name)", reason: "\(reason); the default is used"))
    }
}

extension CheckNotes {
    /// A Service must not make a balancer spend its time on checks.
    private static let shortestInterval = Duration.milliseconds(10)
    private static let longestInterval = Duration.seconds(24 * 3_600)
    private static let largestCount = 1_000
    /// Bytes of a text that is sent or looked for.
    private static let longestText = 1_024
    private static let lengthReason = "is empty or longer than 1024 bytes"

    private static func isToken(_ text: String) -> Bool {
        (1...20).contains(text.utf8.count) && text.utf8.allSatisfy { 0x41...0x5a ~= $0 }
    }

    private static func isHost(_ text: String) -> Bool {
        (1...253).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                0x30...0x39 ~= byte || 0x41...0x5a ~= byte || 0x61...0x7a ~= byte
                    || ".-:[]_".utf8.contains(byte)
            }
    }

    /// Reads `200-299,404`.
    private static func statuses(_ text: String) -> [ClosedRange<Int>]? {
        var ranges: [ClosedRange<Int>] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let ends = part.split(separator: "-", omittingEmptySubsequences: false)
                .map { Int($0) ?? 0 }
            guard 1...2 ~= ends.count, let first = ends.first, let last = ends.last,
                200...599 ~= first, first...599 ~= last
            else { return nil }
            ranges.append(first...last)
        }
        return ranges.isEmpty ? nil : ranges
    }
}

/// Reads durations as people write them.
package enum DurationText {
    /// Reads `200ms`, `2s`, `1m` or `1h`; nil for anything else.
    package static func read(_ text: some StringProtocol) -> Duration? {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        guard let number = Int(digits), number < 1_000_000_000 else { return nil }
        switch text.dropFirst(digits.count) {
        case "ms": return .milliseconds(number)
        case "s": return .seconds(number)
        case "m": return .seconds(number * 60)
        case "h": return .seconds(number * 3_600)
        default: return nil
        }
    }
}
