import CFuzzer
import Glibc

/// What one input is given to: a variable, because C calls a function without a context.
nonisolated(unsafe) private var test: ([UInt8]) -> Void = { _ in }

/// Gives libFuzzer's inputs to a test, one after another, until its limits are reached; a test that
/// traps is a finding.
package func fuzz(_ body: @escaping ([UInt8]) -> Void) -> Never {
    unsafe test = body
    var count = CommandLine.argc
    var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? =
        unsafe CommandLine
        .unsafeArgv
    let status = unsafe LLVMFuzzerRunDriver(&count, &arguments) { start, count in
        unsafe test([UInt8](UnsafeRawBufferPointer(start: start, count: count)))
        return 0
    }
    exit(status)
}
