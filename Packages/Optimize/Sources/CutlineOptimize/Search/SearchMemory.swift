/// What a search needs before it begins, so that a grid that is too large is refused before the work.
public enum SearchMemory {
  /// Bytes of a cell table and of the sums in the order of the searches.
  private static let tableBytesPerCell = 88

  /// The least bytes for a table of cells and the search of it, without what it finds.
  ///
  /// - Parameters:
  ///   - bins: per score.
  ///   - search: a name of `search`; of one that is not known only the table counts.
  public static func leastBytes(bins: [Int], search: String) -> Double {
    let cells = bins.reduce(1.0) { $0 * Double($1) }
    guard ["frontier", "threshold"].contains(search) else { return cells * Double(tableBytesPerCell) }
    // Two scores: sums and bounds in eight lanes; more: neighbours, a cut, and a second one in 128 bits.
    let own = bins.count <= 2 ? 120 : 166 + 40 * bins.count
    return cells * Double(tableBytesPerCell + own)
  }
}
