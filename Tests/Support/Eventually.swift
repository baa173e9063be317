package import Testing

/// Waits until a condition holds; fails the test after a minute.
package func eventually(
    _ comment: Comment, sourceLocation: SourceLocation = #_sourceLocation,
    _ holds: () async -> Bool
) async throws {
    let deadline = ContinuousClock.now + .seconds(60)
    while await !holds() {
        try #require(.now < deadline, comment, sourceLocation: sourceLocation)
        try await Task.sleep(for: .milliseconds(5))
    }
}

/// Whether the condition comes true within a minute; the kernel does some work later.
package func eventually(_ condition: () throws -> Bool) rethrows -> Bool {
    let deadline = ContinuousClock.now + .seconds(60)
    while ContinuousClock.now < deadline {
        if try condition() { return true }
    }
    return false
}
