/// A set of rows of a table: one bit a row, and how many there are.
public struct RowSet: Sendable, Hashable, Sequence {
  /// Rows of the table, in the set or not.
  public let rowCount: Int
  /// Rows in the set.
  public private(set) var count = 0
  @usableFromInline private(set) var words: [UInt64]

  @usableFromInline
  init(rowCount: Int, words: [UInt64], count: Int) {
    self.rowCount = rowCount
    self.words = words
    self.count = count
  }

  /// The empty set.
  public init(rowCount: Int) {
    self.rowCount = Swift.max(0, rowCount)
    words = [UInt64](repeating: 0, count: (self.rowCount + 63) / 64)
  }

  /// The rows for which `holds` is true. O(rows).
  @inlinable
  public init(rowCount: Int, where holds: (Int) throws -> Bool) rethrows {
    let rows = Swift.max(0, rowCount)
    var words = [UInt64](repeating: 0, count: (rows + 63) / 64)
    var count = 0
    for word in words.indices {
      var bits: UInt64 = 0
      for bit in 0..<Swift.min(64, rows - 64 * word) where try holds(64 * word + bit) {
        bits |= 1 << UInt64(bit)
      }
      words[word] = bits
      count += bits.nonzeroBitCount
    }
    self.init(rowCount: rows, words: words, count: count)
  }

  /// One flag a row.
  public init(_ flags: [Bool]) { self.init(rowCount: flags.count) { flags[$0] } }

  /// All rows.
  public static func all(_ rowCount: Int) -> RowSet { RowSet(rowCount: rowCount) { _ in true } }

  public var isEmpty: Bool { count == 0 }

  /// Whether `row` is in the set; false for rows that the table does not have.
  @inlinable
  public func contains(_ row: Int) -> Bool {
    row >= 0 && row < rowCount && words[row >> 6] >> UInt64(row & 63) & 1 == 1
  }

  /// Takes `row` in; a row that the table does not have is ignored.
  public mutating func insert(_ row: Int) {
    guard row >= 0, row < rowCount, !contains(row) else { return }
    words[row >> 6] |= 1 << UInt64(row & 63)
    count += 1
  }

  /// The rows that are in both.
  public func intersection(_ other: RowSet) -> RowSet { filter(other.contains) }

  /// The rows of the set for which `holds` is true.
  @inlinable
  public func filter(_ holds: (Int) throws -> Bool) rethrows -> RowSet {
    try RowSet(rowCount: rowCount) { row in try contains(row) && holds(row) }
  }

  /// The same rows numbered by their place among `rows`; those that are not among them are left out.
  public func numbered(in rows: RowSet) -> RowSet {
    var numbered = RowSet(rowCount: rows.count)
    for (place, row) in rows.enumerated() where contains(row) { numbered.insert(place) }
    return numbered
  }

  /// The rows in ascending order.
  @inlinable
  public func makeIterator() -> Iterator { Iterator(words: words) }

  /// As many as there are, so that arrays of them are made at once.
  @inlinable
  public var underestimatedCount: Int { count }

  public struct Iterator: IteratorProtocol {
    @usableFromInline let words: [UInt64]
    @usableFromInline var word = 0
    @usableFromInline var rest: UInt64

    @inlinable
    init(words: [UInt64]) {
      self.words = words
      rest = words.first ?? 0
    }

    @inlinable
    public mutating func next() -> Int? {
      while rest == 0 {
        word += 1
        guard word < words.count else { return nil }
        rest = words[word]
      }
      let bit = rest.trailingZeroBitCount
      rest &= rest - 1
      return 64 * word + bit
    }
  }
}
