import Addressing

extension AddressRecord: Codable {
    private enum CodingKeys: String, CodingKey {
        case address, prefixLength, interface
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        address = try container.decode(.address) { IPAddress($0) }
        interface = try container.decode(String.self, forKey: .interface)
        prefixLength = try container.decode(Int.self, forKey: .prefixLength)
        guard CIDRBlock(address, prefixLength: prefixLength) != nil else {
            throw DecodingError.dataCorruptedError(
                forKey: .prefixLength, in: container,
                debugDescription: "\(prefixLength) is no prefix length of \(address)")
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(address.description, forKey: .address)
        try container.encode(prefixLength, forKey: .prefixLength)
        try container.encode(interface, forKey: .interface)
    }
}

extension RouteRecord: Codable {
    private enum CodingKeys: String, CodingKey {
        case destination, interface, source
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        destination = try container.decode(.destination) { CIDRBlock($0) }
        interface = try container.decode(String.self, forKey: .interface)
        source = try container.decode(.source) { IPAddress($0) }
        guard source.family == destination.family else {
            throw DecodingError.dataCorruptedError(
                forKey: .source, in: container,
                debugDescription: "\(source) is of another family than \(destination)")
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(destination.description, forKey: .destination)
        try container.encode(interface, forKey: .interface)
        try container.encode(source.description, forKey: .source)
    }
}

extension DatagramFrontendRecord: Codable {
    /// Reads a text such as `192.168.50.1:30053`.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let place = SocketEndpoint(text) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "\"\(text)\" is no address with a port")
        }
        self.place = place
    }

    /// Writes the address and the port.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(place.description)
    }
}

extension KeyedDecodingContainer {
    /// Reads a text that stands for a value; fails, naming the field, when it does not.
    fileprivate func decode<Value>(
        _ key: Key, as read: (String) -> Value?
    ) throws -> Value {
        let text = try decode(String.self, forKey: key)
        guard let value = read(text) else {
            throw DecodingError.dataCorruptedError(
                forKey: key, in: self, debugDescription: "\"\(text)\" cannot be read")
        }
        return value
    }
}
