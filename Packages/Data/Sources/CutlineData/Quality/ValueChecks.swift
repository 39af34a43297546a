internal import CutlineCore
internal import CutlineCredit
internal import Foundation

/// The checks of values: on the whole file, or on the segment where a filter is set.
struct ValueChecks {
  private let table: Table
  private let rows: [Bool]?
  private let config: QualityConfig
  private let required: [String]
  /// Columns that the file has itself; others were made of them.
  private let own: Set<String>
  private let words: StandardText
  private let status: [SampleStatus?]
  private let count: Int

  init(_ table: Table, rows: [Bool]?, _ config: QualityConfig, required: [String], own: Set<String>) throws {
    self.own = own
    self.table = table
    self.rows = rows
    self.config = config
    self.required = required
    let text = try table.standardText(ApplicationColumns.status, merging: true)
    let known = text.values.map(config.words.status)
    words = text
    status = (0..<table.rowCount).map { row in text.code(row).flatMap { known[$0] } }
    count = rows?.count { $0 } ?? table.rowCount
  }

  var checks: [QualityReport.Check] {
    get throws {
      guard count > 0 else { return [] }
      let checks =
        [
          statusWords(), missingValues(), try outcomes(), try bookedAmounts(), try requestedAmounts(),
          try consistency(),
        ]
        + [try outliers(), try negativeAmounts(), bookedShare()]
      guard rows != nil else { return checks }
      return checks.map { .init("\($0.name) of the segment", $0.status, $0.detail) }
    }
  }

  private func isLookedAt(_ row: Int) -> Bool { rows?[row] ?? true }

  /// Rows that are looked at and of which `condition` is true.
  private func rows(where condition: (Int) -> Bool) -> [Int] {
    (0..<table.rowCount).filter { isLookedAt($0) && condition($0) }
  }

  private func level(_ share: Double) -> QualityReport.Status {
    share >= config.missingFailure ? .failed : share >= config.missingWarning ? .warning : .passed
  }

  /// Words of the status that nobody has explained, with the lines that would.
  private func statusWords() -> QualityReport.Check {
    let name = "words of \(ApplicationColumns.status)"
    var counts: [String: Int] = [:]
    for row in rows(where: { status[$0] == nil }) { if let word = words[row] { counts[word, default: 0] += 1 } }
    let unknown = counts.keys.sorted()
    guard !unknown.isEmpty else {
      return .init(name, .passed, "every word is known as booked, rejected or cancelled")
    }
    // Words stand on many rows; what does not is something else, perhaps of a person, and is not written down.
    guard unknown.count <= Vocabulary.mostNamed, counts.values.allSatisfy(Vocabulary.isShared) else {
      return .init(
        name, .warning,
        "\(counts.values.reduce(0, +)) rows hold \(unknown.count) value\(unknown.count == 1 ? "" : "s") that no status is known by"
      )
    }
    return .init(
      name, .failed,
      "\(unknown.joined(separator: ", ")) \(unknown.count == 1 ? "is" : "are") not known as a status. "
        // The sentence goes on, or ends, where it is put.
        + ApplicationWords.proposal(for: unknown).dropLast())
  }

  private func missingValues() -> QualityReport.Check {
    let exempt: Set<String> = [
      ApplicationColumns.rejectReason, ApplicationColumns.earlyBad, "acct_booked_h0", "todu_30ever_h6",
      "todu_amt_pile_h6", "oa_amt_h0",
    ]
    var worst = (name: "", share: 0.0)
    for name in required where !exempt.contains(name) {
      guard let column = table[name] else { continue }
      let share = Double(column.missingCount(in: rows)) / Double(count)
      if share > worst.share { worst = (name, share) }
    }
    guard worst.share > 0 else { return .init("missing values", .passed, "none in the required columns") }
    return .init(
      "missing values", level(worst.share),
      "\(Rounded(100 * worst.share, 2)) % of \(worst.name) are missing (warns at \(Rounded(100 * config.missingWarning, 2)) %, fails at \(Rounded(100 * config.missingFailure, 2)) %)"
    )
  }

  /// Booked rows without an outcome, in the months whose outcomes are otherwise known: those of the last months come later.
  private func outcomes() throws -> QualityReport.Check {
    let name = "outcomes of booked rows"
    let columns = [try table.numbers("todu_30ever_h6"), try table.numbers("todu_amt_pile_h6")]
    let days = try table.days(ApplicationColumns.month)
    var known: [Int: (rows: Int, known: Int)] = [:]
    for row in rows(where: { status[$0] == .booked && !days[$0].isNaN }) {
      let month = CalendarDate(daysSince1960: Int(days[row])).monthIndex
      known[month, default: (0, 0)].rows += 1
      if !columns.contains(where: { $0[row].isNaN }) { known[month, default: (0, 0)].known += 1 }
    }
    let mature = known.values.filter { 2 * $0.known >= $0.rows }
    let booked = mature.reduce(0) { $0 + $1.rows }
    let missing = mature.reduce(0) { $0 + $1.rows - $1.known }
    guard booked > 0 else {
      return .init(
        name, known.isEmpty ? .skipped : .warning,
        known.isEmpty ? "there is no booked row" : "no month has outcomes for half of its booked rows")
    }
    return .init(
      name, level(Double(missing) / Double(booked)),
      "\(missing) of \(booked) booked rows lack todu_30ever_h6 or todu_amt_pile_h6 in months that have outcomes (warns at \(Rounded(100 * config.missingWarning, 2)) %, fails at \(Rounded(100 * config.missingFailure, 2)) %)"
    )
  }

  /// A booked application without an amount would count as nothing.
  private func bookedAmounts() throws -> QualityReport.Check {
    let name = "amounts of booked rows"
    let booked = rows { status[$0] == .booked }
    guard !booked.isEmpty else { return .init(name, .skipped, "there is no booked row") }
    let (asked, given) = (try table.numbers("oa_amt"), try table.numbers("oa_amt_h0"))
    let empty = booked.count { asked[$0].isNaN || given[$0].isNaN }
    let zero = booked.count { asked[$0] == 0 || given[$0] == 0 }
    let more = booked.count { given[$0] > asked[$0] }
    // Nobody is granted a twentieth of what was asked; a thousandth is another unit.
    let tiny = booked.count { given[$0] > 0 && 20 * given[$0] < asked[$0] }
    let share = Double(empty + zero) / Double(booked.count)
    let isOdd = 2 * (more + tiny) > booked.count
    let level: QualityReport.Status =
      share >= config.missingFailure || isOdd ? .failed : empty + zero + more + tiny > 0 ? .warning : .passed
    let units =
      tiny > 0 ? ", \(tiny) have one below a twentieth of it: are both columns in one unit" : ""
    return .init(
      name, level,
      "of \(booked.count) booked rows \(empty) have no oa_amt or no oa_amt_h0 and count as 0 (fails at \(Rounded(100 * config.missingFailure, 2)) %), \(zero) have 0 there, \(more) have an oa_amt_h0 above their oa_amt\(units)"
        + (isOdd ? ". Most rows are so: the columns or their units are mistaken" : "")
    )
  }

  /// A rejected application without an amount seems to bring and to risk nothing when it is taken in.
  private func requestedAmounts() throws -> QualityReport.Check {
    let name = "amounts of rejected rows"
    let rejected = rows { status[$0] == .otherRejected }
    guard !rejected.isEmpty else { return .init(name, .skipped, "there is no rejected row") }
    let asked = try table.numbers("oa_amt")
    let none = rejected.count { asked[$0].isNaN || asked[$0] == 0 }
    var counts: [Double: Int] = [:]
    for row in rejected where asked[row] > 0 { counts[asked[row], default: 0] += 1 }
    let (usual, most) = counts.max { ($0.value, -$0.key) < ($1.value, -$1.key) }.map { ($0.key, $0.value) } ?? (0, 0)
    let isOdd = 2 * most > rejected.count && rejected.count >= 20
    let same =
      isOdd ? "; \(most) all ask for \(NumberText.shortest(usual)), which looks like a placeholder" : ""
    return .init(
      name, none > 0 || isOdd ? .warning : .passed,
      "\(none) of \(rejected.count) rejected rows have no requested amount (oa_amt)\(same); a strategy that takes them in seems to bring and risk nothing"
    )
  }

  /// Columns that contradict each other, or hold what they cannot.
  private func consistency() throws -> QualityReport.Check {
    let accounts = try table.numbers("acct_booked_h0")
    let todu = try table.numbers("todu_30ever_h6")
    let pile = try table.numbers("todu_amt_pile_h6")
    let used = rows { _ in true }
    // What Cutline has made of other columns agrees with them by itself.
    var found: [(String, Int)] = []
    if own.contains("acct_booked_h0") {
      found += [
        ("acct_booked_h0 is not 1 on booked rows", used.count { status[$0] == .booked && accounts[$0] != 1 }),
        (
          "acct_booked_h0 is not 0 on other rows",
          used.count { status[$0] != .booked && !accounts[$0].isNaN && accounts[$0] != 0 }
        ),
      ]
    }
    if own.contains("todu_30ever_h6") {
      found += [
        ("todu_30ever_h6 without a pile", used.count { todu[$0] > 0 && !(pile[$0] > 0) }),
        ("todu_30ever_h6 above the pile", used.count { pile[$0] > 0 && todu[$0] > pile[$0] }),
      ]
    }
    if case .moment? = table[ApplicationColumns.earlyBad]?.values {
      found.append(("\(ApplicationColumns.earlyBad) holds dates", used.count))
    } else if table[ApplicationColumns.earlyBad] != nil {
      let bad = try table.standardText(ApplicationColumns.earlyBad, merging: true)
      let isOdd = bad.rows(where: { ![0, 1].contains(Double($0)) }, missing: false)
      let isBad = bad.rows(where: { Double($0) == 1 }, missing: false)
      let isGood = bad.rows(where: { Double($0) == 0 }, missing: false)
      found += [
        ("\(ApplicationColumns.earlyBad) is neither 0 nor 1", used.count { isOdd[$0] }),
        (
          "\(ApplicationColumns.earlyBad) is 1 on rows that are not booked",
          used.count { isBad[$0] && status[$0] != .booked }
        ),
        (
          "\(ApplicationColumns.earlyBad) is 1 on booked rows without an outcome, which no risk counts",
          used.count { isBad[$0] && status[$0] == .booked && (todu[$0].isNaN || pile[$0].isNaN) }
        ),
        (
          "\(ApplicationColumns.earlyBad) contradicts todu_30ever_h6",
          used.count { isBad[$0] && todu[$0] == 0 || isGood[$0] && todu[$0] > 0 }
        ),
      ]
    }
    guard !found.isEmpty else {
      return .init(
        "consistency", .skipped, "the file has no accounts, balances or early outcomes of its own to compare")
    }
    found.removeAll { $0.1 == 0 }
    guard !found.isEmpty else {
      return .init("consistency", .passed, "what the file has of status, accounts and balances agrees")
    }
    return .init("consistency", .warning, found.map { "\($0.0): \($0.1) rows" }.joined(separator: "; "))
  }

  /// Logarithms of the indicators other than 0 on booked rows (most have no arrears, rejected rows have nothing, and amounts
  /// are skewed without being wrong); scores without their special codes on all.
  private func outliers() throws -> QualityReport.Check {
    let booked = rows { status[$0] == .booked }
    let all = rows { _ in true }
    var (found, degenerate, looked): ([String], [String], Int) = ([], [], 0)
    var worst = (name: "", share: 0.0)
    func look(_ name: String, _ values: [Double]) {
      guard !values.isEmpty else { return }
      looked += 1
      guard let share = ModifiedZ.share(values, beyond: config.outlierZ) else { return degenerate.append(name) }
      if let wider = ModifiedZ.share(values, beyond: config.zThreshold), wider > worst.share { worst = (name, wider) }
      if share > config.outlierShare { found.append("\(name) \(Rounded(100 * share, 2)) %") }
    }
    for name in CellSums.columnNames where name != "acct_booked_h0" {
      let values = try table.numbers(name)
      look(name, booked.map { values[$0] }.filter { $0 > 0 && $0.isFinite }.map(log))
    }
    for score in SpecialCodes.scores(table, config) {
      look(score.bins.source, all.map { score.values[$0] }.filter { !$0.isNaN && !score.isSpecial($0) })
    }
    guard looked > 0 else { return .init("outliers", .skipped, "no booked row and no score to look at") }
    let limit = "\(Rounded(100 * config.outlierShare, 2)) %"
    let second =
      worst.share > 0
      ? "; beyond z_threshold \(config.zThreshold) at most \(Rounded(100 * worst.share, 2)) % (\(worst.name))"
      : "; none beyond z_threshold \(config.zThreshold)"
    let same = degenerate.isEmpty ? "" : "; degenerate, all values equal: \(degenerate.joined(separator: ", "))"
    return found.isEmpty
      ? .init(
        "outliers", .passed,
        "at most \(limit) of each of \(looked) columns lie beyond a modified z of \(config.outlierZ)\(second)\(same)")
      : .init(
        "outliers", .warning,
        "beyond a modified z of \(config.outlierZ), above \(limit): \(found.joined(separator: ", "))\(second)\(same)")
  }

  private func negativeAmounts() throws -> QualityReport.Check {
    let found = try CellSums.columnNames.compactMap { name -> String? in
      let values = try table.numbers(name)
      let negative = rows { values[$0] < 0 }.count
      return negative > 0 ? "\(name) \(negative)" : nil
    }
    return found.isEmpty
      ? .init("indicator values", .passed, "no negative amounts")
      : .init("indicator values", .failed, "negative amounts: \(found.joined(separator: ", "))")
  }

  private func bookedShare() -> QualityReport.Check {
    let share = Double(rows { status[$0] == .booked }.count) / Double(count)
    guard rows(where: { status[$0] == .otherRejected || status[$0] == .scoreRejected }).count > 0 else {
      return .init(
        "booked share", .warning,
        "\(Rounded(100 * share, 2)) % of the rows are booked and none is rejected: there is nobody to take in")
    }
    let level: QualityReport.Status =
      share < config.bookedFailure ? .failed : share < config.bookedWarning ? .warning : .passed
    return .init(
      "booked share", level,
      "\(Rounded(100 * share, 2)) % of the rows are booked (warns below \(Rounded(100 * config.bookedWarning, 2)) %, fails below \(Rounded(100 * config.bookedFailure, 2)) %)"
    )
  }
}
