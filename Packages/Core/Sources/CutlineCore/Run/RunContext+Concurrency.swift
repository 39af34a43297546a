extension RunContext {
  /// Calls `body` for each element, at most `workers` at a time.
  ///
  /// - Returns: the results in the order of the elements, whatever the number of workers.
  /// - Throws: the first error by time; the others are cancelled.
  public func concurrently<Element: Sendable, Value: Sendable>(
    _ elements: [Element], _ body: @escaping @Sendable (Element) async throws -> Value
  ) async throws -> [Value] {
    try await withThrowingTaskGroup(of: (Int, Value).self) { group in
      var results = [Value?](repeating: nil, count: elements.count)
      var next = 0
      func start() {
        guard next < elements.count else { return }
        let place = next
        next += 1
        group.addTask { (place, try await body(elements[place])) }
      }
      for _ in 0..<min(workers, elements.count) { start() }
      while let (place, value) = try await group.next() {
        results[place] = value
        start()
      }
      return results.compactMap { $0 }
    }
  }
}
