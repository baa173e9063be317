import Glibc

/// One datagram for `recvmmsg` and `sendmmsg`: `struct mmsghdr` of `sys/socket.h`.
@unsafe struct DatagramHeader {
    /// Where the datagram and its address are.
    var header = unsafe msghdr()
    /// The bytes that were received or sent.
    var length: UInt32 = 0
}

/// Linux' calls for several datagrams at once, which the module Glibc leaves out.
enum DatagramCalls {
    private typealias Receive =
        @Sendable @convention(c) (
            Int32, UnsafeMutableRawPointer?, UInt32, Int32, UnsafeMutableRawPointer?
        ) -> Int32
    private typealias Send =
        @Sendable @convention(c) (
            Int32, UnsafeMutableRawPointer?, UInt32, Int32
        ) -> Int32

    private static let receiveFunction = unsafe unsafeBitCast(
        function("recvmmsg"), to: Receive.self)
    private static let sendFunction = unsafe unsafeBitCast(function("sendmmsg"), to: Send.self)

    /// Receives what is there, without waiting; the number of datagrams, or `-errno`.
    static func receive(
        _ descriptor: Int32, _ headers: UnsafeMutableBufferPointer<DatagramHeader>
    ) -> Int {
        let count = unsafe receiveFunction(
            descriptor, headers.baseAddress, UInt32(headers.count), Int32(MSG_DONTWAIT),
            nil)
        return Int(count < 0 ? -errno : count)
    }

    /// Sends without waiting; the number of datagrams that were sent before one could not be, or
    /// `-errno` if that was the first.
    static func send(
        _ descriptor: Int32, _ headers: UnsafeMutableBufferPointer<DatagramHeader>.SubSequence
    ) -> Int {
        let part = unsafe UnsafeMutableBufferPointer(rebasing: headers)
        let count = unsafe sendFunction(
            descriptor, part.baseAddress, UInt32(part.count), Int32(MSG_DONTWAIT))
        return Int(count < 0 ? -errno : count)
    }

    private static func function(_ name: String) -> UnsafeMutableRawPointer {
        guard let function = unsafe dlsym(nil, name) else {
            preconditionFailure("this C library has no \(name)")
        }
        return unsafe function
    }
}
