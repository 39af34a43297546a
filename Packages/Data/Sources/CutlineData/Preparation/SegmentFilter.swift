internal import CutlineCore

/// Which rows of the file belong to the run.
struct SegmentFilter: StageConfig {
  enum Match: String, Sendable, CaseIterable {
    /// Equal to one of the values.
    case exact
    /// The whole value matches the pattern.
    case regex
    /// Begins with one of the values.
    case prefix
  }
  /// Empty = all rows.
  var values: [String] = []
  var match = Match.exact

  static let fields: [Field<Self>] = [
    .shared(
      .custom(
        "segment_filter", allowed: "a text that is not empty, or a list of such texts",
        "The segments of the run; left out = all rows.",
        refused: [.integer(1), .string("")], form: .oneOf([.text, .list(of: .text, atLeast: 1)]),
        show: { $0.values.isEmpty ? "unset" : "\($0.values)" },
        read: { filter, value in
          filter.values = try (value.array ?? [value]).map { item in
            guard let text = item.string, !text.isEmpty else {
              throw Field<Self>.refusal("segment_filter", item, "a text that is not empty, or a list of such texts")
            }
            return text
          }
        })),
    .shared(
      .choice(
        "segment_match", \.match, "How segment_filter is compared: exact, prefix, or regex over the whole value.")),
  ]

  func validate(at places: FieldPlaces) throws {
    guard match == .regex else { return }
    for pattern in values { _ = try LinearRegex(pattern, at: places["segment_filter"]) }
  }

  /// Per standardised word of the column: whether it is in the segment.
  func wanted(among words: [String]) throws -> [Bool] {
    let own = values.map(StandardText.standardise)
    switch match {
    case .exact: return words.map(Set(own).contains)
    case .prefix: return words.map { word in own.contains { word.hasPrefix($0) } }
    case .regex:
      let patterns = try values.map { try LinearRegex($0, at: "segment_filter") }
      return words.map { word in patterns.contains { $0.matches(word) } }
    }
  }

  /// Per row: whether it matches; nil where the segment is missing.
  func matches(in table: Table, merging: Bool) throws -> [Bool?] {
    let text = try table.standardText(ApplicationColumns.segment, merging: merging)
    let wanted = try wanted(among: text.values)
    switch match {
    case .exact:
      let set = Set(values.map(StandardText.standardise))
      if let absent = set.subtracting(text.values).sorted().first, set.count > 1 {
        throw Faults.data(
          "column \(ApplicationColumns.segment)",
          "no row is in the segment \(absent)\(text.hint(for: absent))",
          "Remove it from segment_filter, or correct it.")
      }
    case .prefix:
      let beginnings = values.map(StandardText.standardise)
      if let absent = beginnings.first(where: { start in !text.values.contains { $0.hasPrefix(start) } }),
        values.count > 1
      {
        throw Faults.data(
          "column \(ApplicationColumns.segment)", "no segment begins with \(absent)",
          "Remove it from segment_filter, or correct it.")
      }
    case .regex: break
    }
    if !wanted.contains(true) {
      let hint = values.first.map { text.hint(for: StandardText.standardise($0)) } ?? ""
      throw Faults.data(
        "column \(ApplicationColumns.segment)",
        "no row is in the segment \(values.joined(separator: ", ")) (\(match.rawValue) match)\(hint)",
        found: text.found(text.values), "Correct segment_filter, or the column that stands for the segment.")
    }
    return (0..<table.rowCount).map { row in text.code(row).map { wanted[$0] } }
  }
}
