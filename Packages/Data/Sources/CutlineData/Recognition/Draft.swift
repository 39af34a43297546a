internal import CutlineCore
internal import CutlineCredit

/// The draft while it is made.
struct Draft {
  var lines: [String] = []
  var open: [String] = []
  /// What is good to know and stops nothing.
  var notes: [String] = []
  let table: Table
  let guess: ColumnGuess
  let answers: DraftAnswers
  let marks: NumberMarks?
  /// Columns of dates whose form a person must say.
  let undated: [String]
  /// Columns called like dates that no form fits.
  let formless: [String]
  var statuses: StatusGuess
  let reasons: ReasonGuess?

  init(
    _ dated: DatedTable, path: String, answers: DraftAnswers, meanings: [String: String], marks: NumberMarks?
  ) throws {
    open = (marks?.open ?? []) + dated.open
    table = dated.table
    (undated, formless) = (dated.undecided, dated.formless)
    (self.answers, self.marks) = (answers, marks)
    let scores = DraftAnswers.scores.compactMap { meanings[$0] }
    let stated = meanings.filter { !DraftAnswers.scores.contains($0.key) }
    let guess = ColumnGuess(dated.table, stated: stated)
    self.guess = guess
    func words(_ meaning: String) -> WordColumn? {
      guess.columns[meaning].flatMap { dated.table[$0] }.flatMap { WordColumn($0) }
    }
    let (status, reason) = (words(ApplicationColumns.status), words(ApplicationColumns.rejectReason))
    try answers.check(status: status, reasons: reason)
    var known = StatusGuess(status, rowCount: dated.table.rowCount, answers: answers)
    let causes = reason.map { ReasonGuess($0, statuses: known.rows, answers: answers) }
    if let causes { known.apply(causes) }
    (statuses, reasons) = (known, causes)
    lines = [
      "# Proposed by cutline init from what the file holds. Lines with ? are guesses: read them before the first run.",
      "[preprocessing]", "data_path = \(ConfigValue.quoted(path))",
    ]
    askStatus()
    let booked = statuses.rows.map { $0 == .booked }
    let bad = outcomes(booked, isStated: stated[ColumnGuess.bad] != nil)
    let inPeriod = try period(booked, bad)
    let found = ScoreGuess(
      table, isBad: statuses.knowsBooked ? bad : bad.map { _ in nil }, statuses: statuses.rows,
      stated: scores, isTaken: { [guess] in guess.isTaken($0) || marks?.doubted.contains($0) ?? false })
    for score in found.doubtful {
      lines.append(
        "# \(score.column) ranks bad outcomes with an AUC of \(Rounded(score.outcomes?.strength ?? 0.5, 2)): was it known when the application came?"
      )
    }
    appetite(booked, bad, inPeriod)
    lines.append("stress = \"off\"")
    askScores(found)
    let names = ConfigurationDraft.binNames(of: found.scores.map(\.column))
    lines.append("variables = [\(names.map(ConfigValue.quoted).joined(separator: ", "))]")
    columns(stated: Set(stated.keys))
    values()
    for (score, name) in zip(found.scores, names) { bins(score, name) }
    if !open.isEmpty {
      lines.insert(contentsOf: ["#", "# Only a person can say:"] + open.map { "#   - \($0)" }, at: 1)
    }
  }

  func column(_ meaning: String) -> Column? { guess.columns[meaning].flatMap { table[$0] } }

  func numbers(_ meaning: String) -> [Double]? {
    if case .number(let values)? = column(meaning)?.values { values } else { nil }
  }

  /// What is not known before the words for booked applications are.
  static let unknown = "not known before somebody says which applications were booked"

  /// Why a column that should hold numbers is text; nil where it is none, or has been asked about.
  func whyText(_ name: String) -> String? {
    guard let column = table[name], case .text(let text) = column.values, !(marks?.doubted.contains(name) ?? false),
      let doubt = NumberDoubt.first(in: text)
    else { return nil }
    let name = column.originalName
    return
      "how \(name) holds numbers: it is text, as its value in row \(doubt.row + 1) \(doubt.reason) ("
      + (doubt.isNumber
        ? "--type \(name)=number, with other marks \(name)=number:1.234,5"
        : "--missing WORD where it stands for none, else correct the file") + ")"
  }

  /// Whether a column of numbers is there, and how they are written has been asked.
  func isDoubted(_ name: String) -> Bool { marks?.doubted.contains(name) ?? false }
}
