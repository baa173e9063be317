import Glibc

/// Gives memory back to the system that a large cluster needed for a moment only.
///
/// A first list takes several times the memory of the names made of it, and glibc keeps what is
/// freed in between other blocks.
enum UnusedMemory {
    /// `M_MMAP_THRESHOLD` of `malloc.h`, which the module Glibc leaves out.
    private static let mappingThreshold: Int32 = -3
    /// Blocks of this size and more are mapped apart, and go back as soon as they are freed.
    private static let largeBlockBytes: Int32 = 256 << 10

    /// Keeps large blocks apart from now on.
    static func keepLargeBlocksApart() {
        typealias Setting = @convention(c) (Int32, Int32) -> Int32
        guard let function = unsafe dlsym(nil, "mallopt") else { return }
        _ = unsafe unsafeBitCast(function, to: Setting.self)(mappingThreshold, largeBlockBytes)
    }

    /// Gives back whole pages between blocks in use.
    static func giveBack() {
        typealias Trimming = @convention(c) (Int) -> Int32
        guard let function = unsafe dlsym(nil, "malloc_trim") else { return }
        _ = unsafe unsafeBitCast(function, to: Trimming.self)(0)
    }
}
