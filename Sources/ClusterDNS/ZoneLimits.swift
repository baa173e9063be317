/// How much one answer may be.
package enum ZoneLimits {
    /// How many aliases are followed from one question; a circle of them is a failure.
    package static let aliasesFollowed = 8

    /// How many bytes the records of one answer may take, counted with a compressed owner's name.
    ///
    /// What is left of the 65,535 bytes of a TCP message holds its header and question. A headless
    /// Service may have more endpoints than this: the rotation brings each its turn.
    package static let answerBytes = 64_000

    /// How many addresses are added to an answer that names hosts; who misses one asks for it.
    package static let additionalRecords = 256
}
