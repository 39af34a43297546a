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
    let own: Double
    switch search {
    // Two scores: sums and bounds in eight lanes; more: neighbours, a cut, and a second one in 128 bits.
    case "frontier", "threshold": own = bins.count <= 2 ? 120 : Double(166 + 40 * bins.count)
    // Sums of lines, and with more scores the strategies until they are reduced, a cutoff in two bytes each.
    case "exhaustive": own = 80 + (bins.count <= 2 ? 0 : 0x1p18 / Double(max(1, bins.max() ?? 1)))
    default: own = 0
    }
    return cells * (Double(tableBytesPerCell) + own)
  }
}
