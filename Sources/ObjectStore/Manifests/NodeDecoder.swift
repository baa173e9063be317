import Yams

/// Decodes our types from a YAML node.
///
/// Yams' own decoder looks every key up by comparing nodes, which resolves the type of each
/// scalar by regular expressions: a folder of 100,000 Pods took minutes. This one reads a
/// mapping once, and takes a scalar for what the asking type says. As in Kubernetes a quoted
/// scalar is no number and no Boolean.
struct NodeDecoder: Decoder {
    let node: Node
    let path: NodePath

    var codingPath: [any CodingKey] { path.keys }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    init(_ node: Node, path: NodePath = .root) {
        self.node = node
        self.path = path
    }

    func container<Key: CodingKey>(
        keyedBy type: Key.Type
    ) throws -> KeyedDecodingContainer<Key> {
        guard case .mapping(let mapping) = node else { throw mismatch(type, "a mapping") }
        return KeyedDecodingContainer(NodeKeyedContainer<Key>(mapping, path: path))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        guard case .sequence(let sequence) = node else {
            throw mismatch([Any].self, "a sequence")
        }
        return NodeUnkeyedContainer(sequence, path: path)
    }

    func singleValueContainer() throws -> any SingleValueDecodingContainer { self }

    /// The error for a node that is not what was expected.
    func mismatch(_ type: Any.Type, _ expected: String) -> DecodingError {
        .typeMismatch(
            type,
            DecodingError.Context(
                codingPath: codingPath,
                debugDescription: "expected \(expected), found \(Self.description(of: node))"))
    }

    private static func description(of node: Node) -> String {
        switch node {
        case .scalar(let scalar): "\"\(scalar.string.prefix(64))\""
        case .mapping: "a mapping"
        case .sequence: "a sequence"
        case .alias: "an alias"
        }
    }
}

extension NodeDecoder: SingleValueDecodingContainer {
    func decodeNil() -> Bool {
        ["", "~", "null", "Null", "NULL"].contains(plainText)
    }

    func decode(_ type: String.Type) throws -> String {
        guard case .scalar(let scalar) = node else { throw mismatch(type, "text") }
        return scalar.string
    }

    func decode(_ type: Bool.Type) throws -> Bool {
        switch plainText?.lowercased() {
        // The words of YAML 1.1, which kubectl reads too.
        case "true", "yes", "on": return true
        case "false", "no", "off": return false
        default: throw mismatch(type, "true or false")
        }
    }

    func decode(_ type: Double.Type) throws -> Double {
        guard let value = plainText.flatMap(Double.init) else { throw mismatch(type, "a number") }
        return value
    }

    func decode(_ type: Float.Type) throws -> Float { Float(try decode(Double.self)) }

    func decode(_ type: Int.Type) throws -> Int { try integer(type) }

    func decode(_ type: Int8.Type) throws -> Int8 { try integer(type) }

    func decode(_ type: Int16.Type) throws -> Int16 { try integer(type) }

    func decode(_ type: Int32.Type) throws -> Int32 { try integer(type) }

    func decode(_ type: Int64.Type) throws -> Int64 { try integer(type) }

    func decode(_ type: UInt.Type) throws -> UInt { try integer(type) }

    func decode(_ type: UInt8.Type) throws -> UInt8 { try integer(type) }

    func decode(_ type: UInt16.Type) throws -> UInt16 { try integer(type) }

    func decode(_ type: UInt32.Type) throws -> UInt32 { try integer(type) }

    func decode(_ type: UInt64.Type) throws -> UInt64 { try integer(type) }

    func decode<T: Decodable>(_ type: T.Type) throws -> T { try T(from: self) }

    private func integer<Number: FixedWidthInteger>(_ type: Number.Type) throws -> Number {
        guard let value = plainText.flatMap({ Number($0) }) else {
            throw mismatch(type, "a whole number")
        }
        return value
    }

    /// The text of an unquoted scalar.
    private var plainText: String? {
        guard case .scalar(let scalar) = node, scalar.style == .plain || scalar.style == .any
        else { return nil }
        return scalar.string
    }
}
