internal import CutlineCore
internal import CutlineCredit

/// The decision on every application, after the reject flags have spoken.
///
/// A hard reject flag that is set (a column that begins with `m_ct_direct` and is no score measure) makes a row rejected
/// for another reason; otherwise a score measure that is set makes it rejected by score. Other rows keep what the file
/// says: booked, or rejected with its reason.
struct RowStatus {
  private(set) var values: [SampleStatus]

  /// - Throws: `Faults` (data) for a row without a status, for words that nobody has explained, with the lines that would.
  init(
    _ table: Table, scoreMeasures: [String], flags named: [String] = [], words: ApplicationWords, merging: Bool,
    in context: RunContext
  ) throws {
    let status = try table.standardText(ApplicationColumns.status, merging: merging)
    let byCode = try Self.statuses(status, words)
    let hasReasons = table[ApplicationColumns.rejectReason] != nil
    let reason =
      hasReasons
      ? try table.standardText(ApplicationColumns.rejectReason, merging: merging)
      : try StandardText(TextColumn([String?](repeating: nil, count: table.rowCount)), name: "", merging: true)
    let byScore = reason.values.map { words.means($0, .scoreReject) }
    values = try (0..<table.rowCount).map { row in
      guard let code = status.code(row) else {
        throw Faults.data(
          "column \(ApplicationColumns.status), row \(row + 1)", "is empty",
          "Every application needs a status."
            + (row == table.rowCount - 1
              ? " Where the last line holds totals, comment = \"…\" with the text that it begins with leaves it out."
              : ""))
      }
      if byCode[code] == .otherRejected {
        guard hasReasons else { return .scoreRejected }
        if let code = reason.code(row), byScore[code] { return .scoreRejected }
      }
      return byCode[code]
    }
    if !hasReasons {
      context.warn(
        "there is no \(word: ApplicationColumns.rejectReason): every rejected application counts as rejected by score")
    }
    if hasReasons {
      let rejected = (0..<table.rowCount).filter { row in
        status.code(row).map { byCode[$0] == .otherRejected } ?? false
      }
      let without = rejected.count { reason.code($0) == nil }
      if without > 0 {
        context.warn(
          "\(without) of \(rejected.count) rejected rows have no \(word: ApplicationColumns.rejectReason): they count as rejected for another reason than the score, and no strategy takes them in"
        )
      }
    }
    var rows = [Int](repeating: 0, count: reason.values.count)
    for row in 0..<table.rowCount {
      if let said = status.code(row), byCode[said] == .otherRejected, let code = reason.code(row) { rows[code] += 1 }
    }
    Self.sayReasons(reason.values, rows: rows, words, context)
    Self.sayUnused(words, status: status, reasons: reason, context)
    let measures = scoreMeasures.map(StandardText.standardise)
    for name in measures where table[name] == nil {
      context.warn(
        "score measure \(word: name) is not in the data\(word: DidYouMean.phrase(for: name, among: table.names))")
    }
    let flags =
      named.isEmpty
      ? table.names.filter { $0.hasPrefix(ApplicationColumns.rejectFlagPrefix) && !measures.contains($0) }
      : try named.map { try table.column(StandardText.standardise($0)).name }
    try apply(measures.filter { table[$0] != nil }, as: .scoreRejected, table, words, context)
    try apply(flags, as: .otherRejected, table, words, context)
    try Self.sayUnusedFlags(words, columns: measures.filter { table[$0] != nil } + flags, table, context)
  }

  /// Words of flags that no column of flags has.
  private static func sayUnusedFlags(
    _ words: ApplicationWords, columns: [String], _ table: Table, _ context: RunContext
  ) throws {
    let stated = [ApplicationWords.Meaning.flag, .noFlag].flatMap { meaning in
      words.statedWords(meaning).map { (meaning, $0) }
    }
    guard !stated.isEmpty else { return }
    let flags = try columns.map { try table.standardText($0, merging: true) }
    let shared = Set(flags.flatMap(\.shared)).sorted()
    for (meaning, word) in stated where !flags.contains(where: { $0.values.contains(word) }) {
      context.warn(
        columns.isEmpty
          ? "values.\(word: meaning.rawValue) names \(word: word), and no column of the file is a reject flag"
          : "no reject flag holds \(word: word), which values.\(word: meaning.rawValue) names"
            + "\(word: DidYouMean.phrase(for: word, among: shared))")
    }
  }

  private static func statuses(_ status: StandardText, _ words: ApplicationWords) throws -> [SampleStatus] {
    let unknown = status.values.filter { words.status($0) == nil }
    guard unknown.isEmpty else {
      throw Faults.data(
        "column \(ApplicationColumns.status)",
        "holds \(unknown.count == 1 ? "a status that is" : "statuses that are") not known"
          + DidYouMean.phrase(for: unknown[0], among: ApplicationWords.statusNames),
        found: status.found(unknown), ApplicationWords.proposal(for: unknown.sorted(), namesRest: false))
    }
    return status.values.map { words.status($0) ?? .otherRejected }
  }

  /// Which reasons were taken as the score's, where nobody has said so, and how many rows have others.
  ///
  /// - Parameters:
  ///   - rows: per reason, how many rejected rows have it.
  private static func sayReasons(
    _ reasons: [String], rows: [Int], _ words: ApplicationWords, _ context: RunContext
  ) {
    guard !words.states(.scoreReject) else { return }
    let found = reasons.indices.filter { rows[$0] > 0 }
    let taken = found.filter { words.means(reasons[$0], .scoreReject) }
    let negated = found.filter { if case .negated = ScoreReason(reasons[$0]) { true } else { false } }
    let others = Set(found).subtracting(taken)
    guard !found.isEmpty else { return }
    func sum(_ some: some Sequence<Int>) -> Int { some.reduce(0) { $0 + rows[$1] } }
    // Reasons stand on many rows; what does not is something else, perhaps of persons.
    func named(_ some: [Int]) -> Remark {
      some.count <= 10 ? "\(word: Vocabulary.phrase(some.map { (reasons[$0], rows[$0]) }))" : "\(some.count) reasons"
    }
    let column: Remark = "\(word: ApplicationColumns.rejectReason): "
    var remark: Remark =
      taken.isEmpty
      ? column + "none of \(found.count) reasons counts as the score's (" + named(found) + ")"
      : column + named(taken) + " count\(word: taken.count == 1 ? "s" : "") as rejected by score (\(sum(taken)) rows)"
    remark =
      remark + ", \(sum(others)) rows of other reasons do not"
      + (negated.isEmpty ? "" : ", also not " + named(negated) + " with its negation")
      + "; score_reject of [preprocessing.values] says otherwise"
    if taken.isEmpty || !negated.isEmpty { context.warn(remark) } else { context.note(remark) }
  }

  /// Words of the configuration that no row has.
  private static func sayUnused(
    _ words: ApplicationWords, status: StandardText, reasons: StandardText, _ context: RunContext
  ) {
    for (meanings, column, found) in [
      ([ApplicationWords.Meaning.booked, .rejected, .cancelled], ApplicationColumns.status, status),
      ([.scoreReject], ApplicationColumns.rejectReason, reasons),
    ] {
      for meaning in meanings {
        for word in words.statedWords(meaning) where !found.values.contains(word) {
          context.warn(
            "no row has \(word: word) in \(word: column), which values.\(word: meaning.rawValue) names\(word: found.hint(for: word))"
          )
        }
      }
    }
  }

  private mutating func apply(
    _ columns: [String], as new: SampleStatus, _ table: Table, _ words: ApplicationWords, _ context: RunContext
  ) throws {
    var changedBooked = 0
    for name in columns {
      // Spellings of one word mean the same here.
      let text = try table.standardText(name, merging: true)
      if text.values.contains(where: { words.flag($0) == nil }) {
        throw Faults.data(
          "column \(name)", "is a reject flag, and holds words of which nobody has said whether it is then set",
          found: text.found(text.values),
          "Write [preprocessing.values] flag = […], no_flag = […], with all of them.")
      }
      if text.values.isEmpty { context.warn("the reject flag \(word: name) is empty in every row") }
      let hit = text.rows(where: { words.flag($0) == true }, missing: false)
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
