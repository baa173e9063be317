/// What was left out of a `resolv.conf`, and why.
package struct ResolvConfProblem: Hashable, Sendable {
    /// What is the matter.
    package enum Reason: Hashable, Sendable {
        /// The line begins with a word that means nothing.
        case unknownKeyword(String)
        /// The keyword stands alone.
        case noValue(String)
        /// A nameserver's address cannot be read.
        case noAddress(String)
        /// A search domain is no domain name.
        case noName(String)
        /// There are more of them than are read.
        case tooMany(String)
        /// The file is longer than any that is meant.
        case tooLong
    }

    /// Problems that are kept of one file.
    static let maximumCount = 100

    /// The line's number, from 1.
    package let line: Int
    /// What is the matter with it.
    package let reason: Reason
}

extension ResolvConfProblem: CustomStringConvertible {
    /// For a log, such as `line 3: "300.1.1.1" is no address`.
    package var description: String {
        switch reason {
        case .unknownKeyword(let word): "line \(line): \"\(word)\" is no keyword"
        case .noValue(let keyword): "line \(line): \(keyword) without a value"
        case .noAddress(let word): "line \(line): \"\(word)\" is no address"
        case .noName(let word): "line \(line): \"\(word)\" is no domain name"
        case .tooMany(let keyword): "line \(line): one \(keyword) too many"
        case .tooLong: "longer than \(ResolvConf.maximumBytes) bytes"
        }
    }
}
