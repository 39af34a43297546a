internal import CutlineCore
internal import CutlineCredit

/// The decision on every application, after the reject flags have spoken.
///
/// A `y` in a hard reject flag (a column that begins with `m_ct_direct` and is no score measure) makes a row rejected
/// for another reason; otherwise a `y` in a score measure makes it rejected by score. Rows without a `y` keep what the
/// file says: `booked`, or `rejected` with its reason.
struct RowStatus {
  private(set) var values: [SampleStatus]

  init(_ table: Table, scoreMeasures: [String], merging: Bool, in context: RunContext) throws {
    let status = try table.standardText(ApplicationColumns.status, merging: merging)
    let reason = try table.standardText(ApplicationColumns.rejectReason, merging: merging)
    let known: [String: SampleStatus] = ["booked": .booked, "rejected": .otherRejected, "canceled": .cancelled]
    let byCode = try status.values.map { value in
      guard let found = known[value] else {
        throw Faults.data(
          "column \(ApplicationColumns.status)",
          "holds a status that is not known\(DidYouMean.phrase(for: value, among: known.keys.sorted()))",
          found: .personal(value),
          "It may hold booked, rejected and canceled.")
      }
      return found
    }
    let byScore = reason.values.map { $0 == "09-score" }
    values = try (0..<table.rowCount).map { row in
      guard let code = status.code(row) else {
        throw Faults.data(
          "column \(ApplicationColumns.status), row \(row + 1)", "is empty", "Every application needs a status.")
      }
      if byCode[code] == .otherRejected, let code = reason.code(row), byScore[code] { return .scoreRejected }
      return byCode[code]
    }
    let measures = scoreMeasures.map(StandardText.standardise)
    for name in measures where table[name] == nil {
      context.warn("score measure \(word: name) is not in the data")
    }
    let flags = table.names.filter { $0.hasPrefix(ApplicationColumns.rejectFlagPrefix) && !measures.contains($0) }
    try apply(measures.filter { table[$0] != nil }, as: .scoreRejected, table, merging, context)
    try apply(flags, as: .otherRejected, table, merging, context)
  }

  private mutating func apply(
    _ columns: [String], as new: SampleStatus, _ table: Table, _ merging: Bool, _ context: RunContext
  ) throws {
    var changedBooked = 0
    for name in columns {
      let hit = try table.standardText(name, merging: merging).rows(where: { $0 == "y" }, missing: false)
      for row in hit.indices where hit[row] {
        if values[row] == .booked { changedBooked += 1 }
        values[row] = new
      }
    }
    if changedBooked > 0 {
      context.warn("\(changedBooked) booked applications carry a reject flag and count as rejected")
    }
  }
}
