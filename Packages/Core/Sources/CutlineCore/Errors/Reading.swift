/// Collects faults while something is read to its end, so that all mistakes are reported at once.
public struct Reading: Sendable {
  private var faults: [Fault] = []
  private var leftOut = 0

  public init() {}

  public var isClean: Bool { faults.isEmpty }

  /// Runs `body`; its faults are kept.
  ///
  /// - Returns: what `body` gives; nil where it threw faults.
  /// - Throws: any other error, and faults of another code than those that were kept: a file that cannot be read ends the
  ///   reading of a configuration where it is.
  @discardableResult
  public mutating func attempt<Value>(_ body: () throws -> Value) throws -> Value? {
    do { return try body() } catch let error as Faults where faults.first.map({ $0.code == error.code }) ?? true {
      add(error)
      return nil
    }
  }

  public mutating func add(_ error: Faults) {
    for fault in error.all where !faults.contains(fault) {
      // A little more than is shown, so that the first ones by place are among them.
      if faults.count < 50 * Faults.limit { faults.append(fault) } else { leftOut += 1 }
    }
    leftOut += error.leftOut
  }

  /// - Throws: the faults that were met, in the order of their places; those of one source stay together.
  public func finish() throws(Faults) {
    var sources: [String] = []
    for fault in faults where !sources.contains(fault.place.source) { sources.append(fault.place.source) }
    let sorted = faults.enumerated().sorted { a, b in
      let (x, y) = (a.element.place, b.element.place)
      let (i, j) = (sources.firstIndex(of: x.source) ?? 0, sources.firstIndex(of: y.source) ?? 0)
      return (i, x.line, x.column, a.offset) < (j, y.line, y.column, b.offset)
    }.map(\.element)
    if let all = Faults(sorted, leftOut: leftOut) { throw all }
  }
}
