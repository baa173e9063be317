import Foundation
import KubeAPI
import NIOCore
import Support
import Testing

@testable import APIClient

@Suite("Back-off")
struct BackoffTests {
    @Test(
        "delays double up to the cap and begin anew after a success",
        arguments: 0..<20 as Range<UInt64>)
    func doubling(seed: UInt64) {
        var random = SplitMix(seed: seed)
        var backoff = Backoff(first: .milliseconds(100), cap: .milliseconds(350))
        for limit in [100, 200, 350, 350].map({ Duration.milliseconds($0) }) {
            let delay = backoff.next(using: &random)
            #expect(delay >= limit / 2 && delay <= limit)
        }
        backoff.reset()
        #expect(backoff.next(using: &random) <= .milliseconds(100))
    }

    @Test("jitter spreads the delays over the upper half")
    func jitter() {
        var random = SplitMix(seed: 1)
        let delays = (0..<200).map { _ in
            var backoff = Backoff(first: .milliseconds(100), cap: .seconds(1))
            return backoff.next(using: &random)
        }
        #expect(delays.allSatisfy { $0 >= .milliseconds(50) && $0 <= .milliseconds(100) })
        #expect(delays.contains { $0 < .milliseconds(55) })
        #expect(delays.contains { $0 > .milliseconds(95) })
    }
}

@Suite("Lines")
struct LineSplitterTests {
    private func lines(_ pieces: [String], limit: Int = 100) throws -> [String] {
        var splitter = LineSplitter(maximumBytes: limit)
        var found: [String] = []
        for piece in pieces {
            splitter.append(ByteBuffer(string: piece))
            while let line = try splitter.nextLine() { found.append(String(buffer: line)) }
        }
        return found
    }

    @Test("lines come whole, however the bytes arrive")
    func pieces() throws {
        let text = "one\n\ntwo\nthree\nunfinished"
        #expect(try lines([text]) == ["one", "two", "three"])
        #expect(try lines(text.map(String.init)) == ["one", "two", "three"])
        #expect(try lines(["o", "ne\ntw", "o\n"]) == ["one", "two"])
    }

    @Test("a line at the limit is taken, one past it is refused, finished or not")
    func limit() throws {
        #expect(try lines(["12345\n"], limit: 5) == ["12345"])
        #expect(throws: LineSplitter.LineTooLong.self) { try lines(["123456\n"], limit: 5) }
        #expect(throws: LineSplitter.LineTooLong.self) { try lines(["123", "456"], limit: 5) }
    }

    @Test("it knows whether a line is unfinished")
    func unfinished() throws {
        var splitter = LineSplitter(maximumBytes: 10)
        splitter.append(ByteBuffer(string: "a\n"))
        _ = try splitter.nextLine()
        #expect(!splitter.hasUnfinishedLine)
        splitter.append(ByteBuffer(string: "b"))
        #expect(try splitter.nextLine() == nil)
        #expect(splitter.hasUnfinishedLine)
    }
}

@Suite("Pages")
struct PageTests {
    @Test(
        "the metadata is read wherever it stands",
        arguments: [
            #"{"metadata":{"resourceVersion":"7","continue":"x"},"items":[{"metadata":{}}]}"#,
            #"{"items":[{"metadata":{}}],"metadata":{"resourceVersion":"7","continue":"x"}}"#,
            #"{"metadata":{"continue":"x","resourceVersion":"7"},"items":null}"#,
        ])
    func head(text: String) throws {
        let head = try PageHead(of: Data(text.utf8), request: "GET /x")
        #expect(head.revision == "7")
        #expect(head.continue == "x")
    }

    @Test("an empty token means the last page")
    func emptyToken() throws {
        let text = #"{"metadata":{"resourceVersion":"7","continue":""},"items":[]}"#
        #expect(try PageHead(of: Data(text.utf8), request: "GET /x").continue == nil)
    }

    @Test("items without items, and items that do not read, are told apart")
    func items() throws {
        let text = #"{"items":[{"metadata":{"name":"a"}},{"metadata":{"name":"b"},"spec":[]},{}]}"#
        let page = try DecodedPage<ServiceObject>(decoding: Data(text.utf8), request: "GET /x")
        #expect(page.objects.map(\.metadata.name) == ["a"])
        #expect(page.unreadable.map { $0.key?.name } == ["b", nil])
        #expect(page.unreadable.last?.problem == "metadata: is missing")
        let empty = try DecodedPage<ServiceObject>(
            decoding: Data("{\"items\":null}".utf8), request: "GET /x")
        #expect(empty.objects.isEmpty)
        #expect(throws: APIClientError.self) {
            try DecodedPage<ServiceObject>(decoding: Data("[]".utf8), request: "GET /x")
        }
    }
}

@Suite("Addresses of servers")
struct APITargetTests {
    @Test(
        "a slash at the end is left out", arguments: ["http://a:1", "http://a:1/", "http://a:1//"])
    func slash(url: String) throws {
        #expect(try APITarget(url: url).url == "http://a:1")
    }

    @Test("other text is refused", arguments: ["", "10.0.0.1:6440", "ftp://a", "http://", "a b"])
    func refused(url: String) {
        let error = #expect(throws: APITargetError.self) { try APITarget(url: url) }
        #expect(error?.description.contains("write http://HOST:PORT") == true)
    }
}
