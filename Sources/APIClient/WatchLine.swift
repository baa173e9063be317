import FoundationEssentials
import KubeAPI

/// One line of a watch, as far as it could be read.
enum WatchLine<Object: KubeObject>: Sendable {
    case event(WatchEvent<Object>)
    /// An object that does not read; its revision may be readable still.
    case unreadable(UnreadableObject, revision: String?)

    private struct Partial: Decodable {
        var object: PartialObject
    }

    private struct PartialObject: Decodable {
        /// The part that says how far the watch is.
        struct Metadata: Decodable {
            var resourceVersion: String?
        }

        var metadata: Metadata?
        var problem: UnreadableObject?

        private enum CodingKeys: CodingKey {
            case metadata
        }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            metadata = try? container.decodeIfPresent(Metadata.self, forKey: .metadata)
            do {
                _ = try Object(from: decoder)
            } catch {
                problem = UnreadableObject(Object.resource, from: decoder, error: error)
            }
        }
    }

    /// Fails for a line that is no watch event at all.
    init(decoding line: Data, request: String) throws(APIClientError) {
        let decoder = JSONDecoder()
        do {
            self = .event(try decoder.decode(WatchEvent<Object>.self, from: line))
        } catch {
            guard let object = (try? decoder.decode(Partial.self, from: line))?.object,
                let problem = object.problem
            else {
                throw APIClientError(
                    .malformed, request: request,
                    detail: "not a watch event: \(DecodingProblem(error))")
            }
            self = .unreadable(problem, revision: object.metadata?.resourceVersion)
        }
    }
}
