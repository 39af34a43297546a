public import CutlineCore
public import CutlineCredit

/// How the rows of a file fall to several segments.
public enum SegmentRows {
  /// Rows that the same segments take, with the words of the segment column among them and the rows of each.
  public typealias Group = (segments: [Int], rows: Int, words: [(word: String, rows: Int)])

  /// Groups the rows of `source` by the segments that take them.
  ///
  /// - Parameter filters: per segment its `segment_filter` and `segment_match`; other keys are passed over. One without a
  ///   filter takes every row, also those without a segment.
  /// - Returns: sorted by the segments; a filter that takes no row is in none of them.
  /// - Throws: `Faults` (data) where a filter is there and the column is not.
  /// - Complexity: O(rows + words × filters).
  public static func groups(in source: SourceTable, filters: [[ConfigTable.Entry]]) throws -> [Group] {
    let keys = SegmentFilter.fields.map(\.key)
    let own = try filters.map { entries in
      try SegmentFilter.read(
        entries.filter { keys.contains($0.key) }, at: .default, origin: "segment", registry: Registry()
      ).config
    }
    let rows = source.table.rowCount
    let all = own.indices.filter { own[$0].values.isEmpty }
    guard all.count < own.count else { return rows > 0 ? [(all, rows, [])] : [] }
    let text = try source.table.standardText(ApplicationColumns.segment, merging: true)
    var counts = [Int](repeating: 0, count: text.values.count)
    var missing = 0
    for row in 0..<rows { if let code = text.code(row) { counts[code] += 1 } else { missing += 1 } }
    let wanted = try own.map { $0.values.isEmpty ? nil : try $0.wanted(among: text.values) }
    var groups: [[Int]: (rows: Int, words: [String: Int])] = [:]
    for (code, word) in text.values.enumerated() where counts[code] > 0 {
      let takers = own.indices.filter { wanted[$0]?[code] ?? true }
      groups[takers, default: (0, [:])].rows += counts[code]
      groups[takers]?.words[word, default: 0] += counts[code]
    }
    if missing > 0 { groups[all, default: (0, [:])].rows += missing }
    return groups.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map { group in
      (group.key, group.value.rows, group.value.words.sorted { $0.key < $1.key }.map { (word: $0.key, rows: $0.value) })
    }
  }
}
