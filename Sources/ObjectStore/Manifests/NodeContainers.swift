import Yams

/// Where a node is in its document; kept as steps backwards, because it is read on errors only.
final class NodePath: Sendable {
    static let root = NodePath(parent: nil, step: nil)

    private let parent: NodePath?
    private let step: NodeKey?

    private init(parent: NodePath?, step: NodeKey?) {
        self.parent = parent
        self.step = step
    }

    func appending(_ step: NodeKey) -> NodePath { NodePath(parent: self, step: step) }

    var keys: [any CodingKey] {
        guard let parent, let step else { return [] }
        return parent.keys + [step]
    }
}

/// A key of a mapping or a position in a sequence.
struct NodeKey: CodingKey {
    let stringValue: String
    let intValue: Int?

    init(stringValue: String) {
        self.stringValue = stringValue
        intValue = nil
    }

    init(intValue: Int) {
        stringValue = "\(intValue)"
        self.intValue = intValue
    }
}

/// The values of a mapping, by key.
struct NodeKeyedContainer<Key: CodingKey>: KeyedDecodingContainerProtocol {
    private let values: [String: Node]
    private let path: NodePath

    var codingPath: [any CodingKey] { path.keys }
    var allKeys: [Key] { values.keys.compactMap { Key(stringValue: $0) } }

    init(_ mapping: Node.Mapping, path: NodePath) {
        values = NodeFields.values(of: mapping)
        self.path = path
    }

    func contains(_ key: Key) -> Bool { values[key.stringValue] != nil }

    func decodeNil(forKey key: Key) throws -> Bool { try decoder(key).decodeNil() }

    func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T {
        let decoder = try decoder(key)
        guard !decoder.decodeNil() || type is any ExpressibleByNilLiteral.Type else {
            throw missing(key, "is missing")
        }
        return try T(from: decoder)
    }

    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type, forKey key: Key
    ) throws -> KeyedDecodingContainer<Nested> {
        try decoder(key).container(keyedBy: type)
    }

    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
        try decoder(key).unkeyedContainer()
    }

    func superDecoder() throws -> any Decoder { throw missing("super", "is missing") }

    func superDecoder(forKey key: Key) throws -> any Decoder { try decoder(key) }

    private func decoder(_ key: Key) throws -> NodeDecoder {
        guard let value = values[key.stringValue] else { throw missing(key, "is missing") }
        return NodeDecoder(value, path: path.appending(NodeKey(stringValue: key.stringValue)))
    }

    private func missing(_ key: any CodingKey, _ message: String) -> DecodingError {
        .keyNotFound(
            key, DecodingError.Context(codingPath: codingPath, debugDescription: message))
    }

    private func missing(_ key: String, _ message: String) -> DecodingError {
        missing(NodeKey(stringValue: key), message)
    }
}

/// The values of a sequence, in order.
struct NodeUnkeyedContainer: UnkeyedDecodingContainer {
    private let nodes: Node.Sequence
    private let path: NodePath
    private(set) var currentIndex = 0

    var codingPath: [any CodingKey] { path.keys }
    var count: Int? { nodes.count }
    var isAtEnd: Bool { currentIndex >= nodes.count }

    init(_ nodes: Node.Sequence, path: NodePath) {
        self.nodes = nodes
        self.path = path
    }

    mutating func decodeNil() throws -> Bool {
        let isNil = try current().decodeNil()
        if isNil { currentIndex += 1 }
        return isNil
    }

    mutating func decode<T: Decodable>(_ type: T.Type) throws -> T {
        let value = try T(from: current())
        currentIndex += 1
        return value
    }

    mutating func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type
    ) throws -> KeyedDecodingContainer<Nested> {
        let container = try current().container(keyedBy: type)
        currentIndex += 1
        return container
    }

    mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
        let container = try current().unkeyedContainer()
        currentIndex += 1
        return container
    }

    mutating func superDecoder() throws -> any Decoder {
        let decoder = try current()
        currentIndex += 1
        return decoder
    }

    private func current() throws -> NodeDecoder {
        guard !isAtEnd else {
            throw DecodingError.valueNotFound(
                Any.self,
                DecodingError.Context(
                    codingPath: codingPath, debugDescription: "the sequence is at its end"))
        }
        return NodeDecoder(
            nodes[currentIndex], path: path.appending(NodeKey(intValue: currentIndex)))
    }
}

/// What a mapping holds.
enum NodeFields {
    /// All values by key, those of merged mappings (`<<: *defaults`) where there is no own one.
    static func values(of mapping: Node.Mapping) -> [String: Node] {
        var values = [String: Node](minimumCapacity: mapping.count)
        var merged: [Node] = []
        for (key, value) in mapping {
            guard case .scalar(let scalar) = key else { continue }
            if scalar.string == "<<", scalar.style == .plain {
                merged.append(value)
            } else {
                values[scalar.string] = value
            }
        }
        for source in merged {
            let sources = source.sequence.map(Array.init) ?? [source]
            for case .mapping(let more) in sources {
                values.merge(Self.values(of: more)) { own, _ in own }
            }
        }
        return values
    }
}
