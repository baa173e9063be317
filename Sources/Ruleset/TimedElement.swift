/// An element of a set that is filled with times: `SetDeclaration.Filling.timed`.
package struct TimedElement: Hashable, Sendable {
    /// The element.
    package let element: Element
    /// Seconds until it goes by itself, counted by the kernel; nil: it stays.
    package let timeoutSeconds: Int?

    /// Gives an element a time.
    package init(_ element: Element, timeoutSeconds: Int?) {
        self.element = element
        self.timeoutSeconds = timeoutSeconds
    }
}
