/// How long the host keeps an address that is put there.
package enum AddressLifetime: Hashable, Sendable {
    case forEver
    /// After them the kernel takes it off by itself.
    case seconds(UInt32)
    /// It is too late to put any there.
    case over
}
