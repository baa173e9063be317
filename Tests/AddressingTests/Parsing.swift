import Addressing
import Testing

/// The address in the text; a test whose text is none fails.
func address(_ text: String) throws -> IPAddress {
    try #require(IPAddress(text))
}

/// The block in the text; a test whose text is none fails.
func block(_ text: String) throws -> CIDRBlock {
    try #require(CIDRBlock(text))
}
