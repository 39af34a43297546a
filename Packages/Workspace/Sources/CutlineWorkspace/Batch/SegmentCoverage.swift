internal import CutlineCore
internal import CutlineCredit

/// How the segments of a batch share the rows of their file.
///
/// Counted are the rows as they stand in the file, before any other filter: a row in two segments counts twice in what is added
/// up over them, one in none is missing there.
public struct SegmentCoverage: Sendable, Codable {
  /// Two segments that have rows in common.
  public struct Overlap: Sendable, Codable, Hashable {
    public let a, b: String
    public let rows: Int
  }

  /// Rows of the file that lie in the same segments.
  public struct Group: Sendable {
    /// Indices of the segments.
    public let segments: [Int]
    public let rows: Int
    /// Values of the segment column, with the rows of each; empty for rows without a value.
    public let words: [(word: String, rows: Int)]

    public init(segments: [Int], rows: Int, words: [(word: String, rows: Int)]) {
      (self.segments, self.rows, self.words) = (segments, rows, words)
    }
  }

  /// Of the source, the segments and their filters: equal keys have equal counts.
  public let key: String
  public let rows: Int
  /// Per segment.
  public let segmentRows: [String: Int]
  /// In the order of the segments' file.
  public let overlaps: [Overlap]
  /// Rows in more than one segment.
  public let sharedRows: Int
  /// Rows that are in no segment, and how many of them have no value in the segment column.
  public let rowsInNone, rowsWithoutSegment: Int
  /// The words of rows in none: for a console, a file holds none of them.
  public let wordsInNone: [(word: String, rows: Int)]

  private enum CodingKeys: String, CodingKey {
    case key, rows, segmentRows, overlaps, sharedRows, rowsInNone, rowsWithoutSegment
  }

  /// - Parameter names: of the segments that `groups` number.
  init(_ groups: [Group], of names: [String], key: String) {
    self.key = key
    rows = groups.reduce(0) { $0 + $1.rows }
    var own = [Int](repeating: 0, count: names.count)
    var pairs: [[Int]: Int] = [:]
    for group in groups {
      for (at, a) in group.segments.enumerated() {
        own[a] += group.rows
        for b in group.segments[(at + 1)...] { pairs[[a, b], default: 0] += group.rows }
      }
    }
    segmentRows = Dictionary(zip(names, own), uniquingKeysWith: { first, _ in first })
    overlaps = pairs.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map {
      Overlap(a: names[$0.key[0]], b: names[$0.key[1]], rows: $0.value)
    }
    sharedRows = groups.reduce(0) { $0 + ($1.segments.count > 1 ? $1.rows : 0) }
    let none = groups.filter(\.segments.isEmpty)
    rowsInNone = none.reduce(0) { $0 + $1.rows }
    wordsInNone = none.flatMap(\.words).sorted { ($1.rows, $0.word) < ($0.rows, $1.word) }
    rowsWithoutSegment = rowsInNone - wordsInNone.reduce(0) { $0 + $1.rows }
  }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    key = try values.decode(String.self, forKey: .key)
    rows = try values.decode(Int.self, forKey: .rows)
    segmentRows = try values.decode([String: Int].self, forKey: .segmentRows)
    overlaps = try values.decode([Overlap].self, forKey: .overlaps)
    sharedRows = try values.decode(Int.self, forKey: .sharedRows)
    rowsInNone = try values.decode(Int.self, forKey: .rowsInNone)
    rowsWithoutSegment = try values.decode(Int.self, forKey: .rowsWithoutSegment)
    wordsInNone = []
  }

  /// Whether every row is in exactly one segment.
  public var isPartition: Bool { sharedRows == 0 && rowsInNone == 0 }

  /// What is not as in a partition, a sentence each.
  public func sentences(showingWords: Bool) -> [String] {
    var sentences = overlaps.map { "\($0.a) and \($0.b) have \($0.rows) rows in common, which count in both" }
    guard rowsInNone > 0 else { return sentences }
    let shown = wordsInNone.prefix(10).filter { showingWords || Vocabulary.isShared(by: $0.rows) }
    var named = shown.map { "\($0.word) \($0.rows)" }
    if named.count < wordsInNone.count { named.append("\(wordsInNone.count - named.count) values more") }
    if rowsWithoutSegment > 0, !wordsInNone.isEmpty || rowsWithoutSegment == rowsInNone {
      named.append("without a value \(rowsWithoutSegment)")
    }
    sentences.append(
      "\(rowsInNone) of \(rows) rows are in no segment" + (named.isEmpty ? "" : ": " + named.joined(separator: ", ")))
    return sentences
  }
}
