internal import CutlineCore

/// Which rows of the file belong to the run.
struct SegmentFilter: Sendable {
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

  /// Per row: whether it matches; nil where the segment is missing.
  func matches(in table: Table, match: Match, merging: Bool) throws -> [Bool?] {
    let text = try table.standardText(ApplicationColumns.segment, merging: merging)
    let wanted: [Bool]
    switch match {
    case .exact:
      let set = Set(values.map(StandardText.standardise))
      if let absent = set.subtracting(text.values).sorted().first, set.count > 1 {
        throw Faults.data(
          "column \(ApplicationColumns.segment)",
          "no row is in the segment \(absent)\(DidYouMean.phrase(for: absent, among: text.values))",
          "Remove it from segment_filter, or correct it.")
      }
      wanted = text.values.map(set.contains)
    case .prefix:
      let beginnings = values.map(StandardText.standardise)
      if let absent = beginnings.first(where: { start in !text.values.contains { $0.hasPrefix(start) } }), values.count > 1 {
        throw Faults.data(
          "column \(ApplicationColumns.segment)", "no segment begins with \(absent)",
          "Remove it from segment_filter, or correct it.")
      }
      wanted = text.values.map { value in beginnings.contains { value.hasPrefix($0) } }
    case .regex:
      let patterns = try values.map { pattern in
        do {
          return try Regex(pattern).ignoresCase()
        } catch {
          throw Faults.usage(
            "segment_filter", "\"\(pattern)\" is not a regular expression",
            "Correct it, or use segment_match = \"exact\".")
        }
      }
      wanted = text.values.map { value in patterns.contains { value.wholeMatch(of: $0) != nil } }
    }
    if !wanted.contains(true) {
      let known = text.values.sorted().prefix(10).joined(separator: ", ")
      let hint = values.first.map { DidYouMean.phrase(for: StandardText.standardise($0), among: text.values) } ?? ""
      throw Faults.data(
        "column \(ApplicationColumns.segment)",
        "no row is in the segment \(values.joined(separator: ", ")) (\(match.rawValue) match)\(hint)",
        "Segments found: \(known).")
    }
    return (0..<table.rowCount).map { row in text.code(row).map { wanted[$0] } }
  }
}
