import Glibc

/// Gives memory back to the system that a large cluster needed for a moment only.
///
/// A first list of 10,000 Services, and what is made of them, take several times the memory that
/// is needed afterwards, and glibc keeps what is freed in between other blocks.
package enum ProcessMemory {
    /// `M_MMAP_THRESHOLD` of `malloc.h`, which the module Glibc leaves out.
    private static let mappingThreshold: Int32 = -3
    /// Blocks of this size and more are mapped apart, and go back as soon as they are freed.
    ///
    /// By itself glibc raises this limit to 32 MiB with the first large block that is freed.
    private static let largeBlockBytes: Int32 = 256 << 10

    /// Keeps large blocks apart from now on.
    package static func keepLargeBlocksApart() {
        typealias Setting = @convention(c) (Int32, Int32) -> Int32
        guard let function = unsafe dlsym(nil, "mallopt") else { return }
        _ = unsafe unsafeBitCast(function, to: Setting.self)(mappingThreshold, largeBlockBytes)
    }

    /// Gives back whole pages between blocks in use.
    package static func giveBackUnused() {
        typealias Trimming = @convention(c) (Int) -> Int32
        guard let function = unsafe dlsym(nil, "malloc_trim") else { return }
        _ = unsafe unsafeBitCast(function, to: Trimming.self)(0)
    }
}
