import FoundationEssentials
import KubeAPI

/// The metadata of one page of a list.
struct PageHead {
    /// Servers write the metadata before the items, within this many bytes.
    private static let searchedBytes = 4096
    private static let itemsMark = Data("\"items\":[".utf8)

    /// Lists of which only the metadata is read.
    private struct Envelope: Decodable {
        var metadata: ListMeta?
    }

    let revision: String
    /// Names the next page; absent on the last.
    let `continue`: String?

    /// Reads the metadata without reading the items, where they come after it.
    init(of page: Data, request: String) throws(APIClientError) {
        do {
            let metadata = try Self.quickly(page) ?? Self.thoroughly(page)
            revision = metadata.resourceVersion ?? ""
            // An empty token means the same as none.
            `continue` = metadata.continue.flatMap { $0.isEmpty ? nil : $0 }
        } catch {
            throw APIClientError(
                .malformed, request: request, detail: "not a list: \(DecodingProblem(error))")
        }
    }

    private static func quickly(_ page: Data) -> ListMeta? {
        guard let mark = page.prefix(searchedBytes).firstRange(of: itemsMark) else { return nil }
        let head = page[..<mark.upperBound] + Data("]}".utf8)
        let metadata = (try? JSONDecoder().decode(Envelope.self, from: head))?.metadata
        return metadata?.resourceVersion == nil ? nil : metadata
    }

    private static func thoroughly(_ page: Data) throws -> ListMeta {
        try JSONDecoder().decode(Envelope.self, from: page).metadata ?? ListMeta()
    }
}

/// The objects of one page; one that does not read does not spoil the others.
struct DecodedPage<Object: KubeObject>: Sendable {
    private(set) var objects: [Object] = []
    private(set) var unreadable: [UnreadableObject] = []

    private enum Item: Decodable {
        case object(Object)
        case unreadable(UnreadableObject)

        init(from decoder: any Decoder) throws {
            do {
                self = .object(try Object(from: decoder))
            } catch {
                self = .unreadable(UnreadableObject(Object.resource, from: decoder, error: error))
            }
        }
    }

    private struct Envelope: Decodable {
        var items: [Item]?
    }

    init(decoding page: Data, request: String) throws(APIClientError) {
        let items: [Item]
        do {
            items = try JSONDecoder().decode(Envelope.self, from: page).items ?? []
        } catch {
            throw APIClientError(
                .malformed, request: request, detail: "not a list: \(DecodingProblem(error))")
        }
        objects.reserveCapacity(items.count)
        for item in items {
            switch item {
            case .object(let object): objects.append(object)
            case .unreadable(let object): unreadable.append(object)
            }
        }
    }
}
