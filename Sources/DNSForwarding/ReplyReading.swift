import DNSMessage
import NIOCore

/// What came from a server's address while an answer is waited for.
enum Reply {
    /// The answer.
    case answer(Message)
    /// The answer did not fit; it is to be asked for over TCP.
    case truncated
    /// The answer, as far as can be told, but it cannot be read.
    case malformed
    /// Something else: late, or made up.
    case stray

    /// Judges a message.
    ///
    /// Its source has been checked by the kernel, the socket being connected. What remains is
    /// that it answers this very question (RFC 5452 section 9.1).
    ///
    /// - Parameters:
    ///   - buffer: the message.
    ///   - id: the one that was sent.
    ///   - question: what was asked.
    init(_ buffer: ByteBuffer, id: UInt16, question: Question) {
        let start = buffer.readerIndex
        guard buffer.readableBytes >= MessageHeader.byteCount,
            buffer.getInteger(at: start, as: UInt16.self) == id,
            let flags = buffer.getInteger(at: start + 2, as: UInt16.self), flags & 0xf800 == 0x8000
        else {
            self = .stray
            return
        }
        let isTruncated = flags & 0x0200 != 0
        let message: Message
        do throws(MessageError) {
            message = try Message(parsing: buffer.readableBytesSpan)
        } catch {
            // Some servers cut a message in the middle of a record.
            self = isTruncated ? .truncated : .malformed
            return
        }
        guard Self.isAnswer(message, to: question) else {
            self = .stray
            return
        }
        self = isTruncated ? .truncated : .answer(message)
    }

    private static func isAnswer(_ message: Message, to question: Question) -> Bool {
        // A server that could not or would not read the question may leave it out.
        guard !message.questions.isEmpty else {
            return ![.noError, .nameError].contains(message.header.responseCode)
        }
        return message.questions == [question]
    }
}
