internal import CutlineCore
internal import CutlineCredit

/// Which column of a file has which of the fixed meanings, by name and by content.
///
/// A name counts by the words in it (`LoanAmnt`, `loan_amnt` and `LOAN AMNT` are the same); the content must allow the
/// meaning. What nothing points at stays open: a person says it.
struct ColumnGuess {
  /// Meaning → column, as Cutline names columns.
  private(set) var columns: [String: String] = [:]
  /// Meanings whose column has Cutline's own name, with another column that looks like it.
  private(set) var rivals: [(ours: String, other: String)] = []
  private let table: Table
  private var taken: Set<String> = []

  /// - Parameter stated: meanings that a person has given to columns.
  init(_ table: Table, stated: [String: String] = [:]) {
    self.table = table
    columns = stated
    taken = Set(stated.values)
    for meaning in Self.meanings where columns[meaning.name] == nil {
      let fitting = table.columns.map { ($0, score($0, meaning)) }.filter { $0.1 > 0 && !taken.contains($0.0.name) }
        .sorted { $0.1 > $1.1 }
      guard let (column, _) = fitting.first else { continue }
      // A column of Cutline's own name that cannot have the meaning would be in the way of another's renaming.
      guard column.name == meaning.name || table[meaning.name] == nil else { continue }
      // Cutline's own columns are no rivals of each other.
      if column.name == meaning.name, let other = fitting.dropFirst().first(where: { !Self.isOwn($0.0.name) }) {
        rivals.append((meaning.name, other.0.name))
      }
      columns[meaning.name] = column.name
      taken.insert(column.name)
    }
  }

  /// Whether a column has been given a meaning, or is an amount or an outcome of Cutline's own or a later month of one.
  func isTaken(_ name: String) -> Bool {
    if taken.contains(name) || Self.amounts.contains(where: name.hasPrefix) { return true }
    return Self.outcomes.contains { meaning in
      guard let column = columns[meaning] else { return false }
      let stem = Self.stem(column)
      return stem.count > 2 && stem == Self.stem(name)
    }
  }

  /// Meanings that a person may give.
  static var names: [String] { meanings.map(\.name) + [ApplicationColumns.decision, ApplicationColumns.earlyBad] }

  private static func isOwn(_ name: String) -> Bool {
    names.contains(name) || amounts.contains(where: name.hasPrefix)
  }

  /// How columns of amounts and outcomes begin.
  private static let amounts = [
    "todu_", "acct_", "oa_amt", ApplicationColumns.earlyBad, ApplicationColumns.rejectFlagPrefix,
  ]
  private static let outcomes = [
    Amount.numerator.name, Amount.denominator.name, Amount.production.name, Amount.requested.name,
    ColumnGuess.bad, "acct_booked_h0",
  ]

  /// A name without the month at its end: `arrears_h6` and `arrears_h3` are two months of one thing.
  private static func stem(_ name: String) -> String {
    var rest = name[...]
    while let last = rest.last, last.isNumber { rest = rest.dropLast() }
    guard rest.count < name.count else { return name }
    for mark in ["_h", "_m", "_mob", "_month", "_"] where rest.hasSuffix(mark) {
      return String(rest.dropLast(mark.count))
    }
    return String(rest)
  }

  /// Words of a name that point at a meaning, the strongest first; content that it needs.
  private struct Meaning {
    let name: String
    let words: [[String]]
    let content: Content
  }

  private enum Content { case id, moment, status, reason, text, amount, flag }

  private static let meanings = [
    Meaning(
      name: ApplicationColumns.status,
      words: [
        ["status", "name"], ["decision"], ["app", "status"], ["application", "status"], ["status"], ["outcome"],
      ],
      content: .status),
    Meaning(
      name: ApplicationColumns.id,
      words: [
        ["authorization", "id"], ["application", "id"], ["app", "id"], ["application", "number"], ["request", "id"],
        ["app", "no"], ["app", "number"], ["loan", "id"], ["loan", "number"], ["contract"], ["account", "id"],
        ["loannr"], ["id"], ["nr"],
        ["key"],
      ], content: .id),
    Meaning(
      name: ApplicationColumns.month,
      words: [
        ["mis", "date"], ["application", "date"], ["app", "date"], ["request", "date"], ["decision", "date"],
        ["approval", "date"], ["month"], ["period"], ["vintage"], ["date"], ["issue"],
      ], content: .moment),
    Meaning(
      name: ApplicationColumns.rejectReason,
      words: [["reject", "reason"], ["decline", "reason"], ["refusal", "reason"], ["reason"]], content: .reason),
    Meaning(
      name: Amount.production.name,
      words: [
        ["oa", "amt", "h0"], ["booked", "amount"], ["funded", "amount"], ["granted", "amount"], ["disbursed"],
        ["disbursement"], ["approved", "amount"], ["financed", "amount"],
      ], content: .amount),
    Meaning(
      name: Amount.requested.name,
      words: [
        ["oa", "amt"], ["requested", "amount"], ["amount", "requested"], ["requested"], ["loan", "amount"],
        ["loan", "amnt"], ["credit", "amount"], ["loan"], ["amount"], ["amt"],
      ], content: .amount),
    Meaning(
      name: Amount.numerator.name,
      words: [
        ["todu", "30ever", "h6"], ["arrears"], ["overdue", "amount"], ["bad", "amount"], ["past", "due", "amount"],
        ["defaulted", "amount"],
      ], content: .amount),
    Meaning(
      name: Amount.denominator.name,
      words: [["todu", "amt", "pile", "h6"], ["pile"], ["exposure"], ["balance", "sum"]], content: .amount),
    Meaning(name: "acct_booked_h0", words: [["acct", "booked", "h0"], ["accounts", "booked"]], content: .amount),
    Meaning(
      name: Self.bad,
      words: [
        ["bad", "flag"], ["default", "flag"], ["bad"], ["default"], ["defaulted"], ["seriousdlqin2yrs"], ["chargeoff"],
        ["charged", "off"], ["target"], ["delinquent"],
      ], content: .flag),
    Meaning(
      name: ApplicationColumns.segment, words: [["segment", "cut", "off"], ["segment"], ["product"], ["channel"]],
      content: .text),
  ]

  /// The flag of bad outcomes, which has no name of its own among Cutline's columns.
  static let bad = "bad_flag"

  private func score(_ column: Column, _ meaning: Meaning) -> Int {
    let words = Self.words(of: column)
    guard let rank = meaning.words.firstIndex(where: { wanted in Self.holds(words, wanted) }) else { return 0 }
    guard allows(column, meaning.content) else { return 0 }
    guard !words.contains(where: { word in Self.against(meaning.content).contains { word.hasPrefix($0) } }) else {
      return 0
    }
    let speaks = meaning.content == .status && saysBoth(column) ? 200 : 0
    // Codes may be a status or a count; words that may be one go first.
    if meaning.content == .status, case .number = column.values {
      return words.contains("outcome") ? 0 : column.name == meaning.name ? 1000 : 1 + (100 - rank) / 10
    }
    // An exact name beats one that only holds its words.
    let isExact = column.name == meaning.name ? 1000 : 0
    return isExact + speaks + 100 - rank - min(9, words.count - meaning.words[rank].count)
  }

  /// Words of a name that speak against a meaning of such content.
  private static func against(_ content: Content) -> [String] {
    switch content {
    case .moment: ["birth", "born", "dob"]
    case .amount: ["income", "salary", "balance", "debt"]
    case .flag: ["not", "non", "never"]
    case .status: ["se", "marital", "employment"]
    case .id, .text, .reason: []
    }
  }

  /// Whether its words are those of booked and of rejected applications.
  private func saysBoth(_ column: Column) -> Bool {
    guard case .text(let text) = column.values else { return false }
    let known = Set(text.distinctValues.compactMap { ApplicationWords.likelyStatus(StandardText.standardise($0)) })
    return known.contains(.booked) && known.contains(.otherRejected)
  }

  /// The words of the name as the file spells it: at spaces, underscores and where small letters turn into capitals.
  static func words(of column: Column) -> [String] {
    var words: [String] = []
    var word = ""
    var wasSmall = false
    for character in column.originalName {
      let isCapital = character.isUppercase
      if !character.isLetter && !character.isNumber || isCapital && wasSmall {
        if !word.isEmpty { words.append(word.lowercased()) }
        word = ""
      }
      if character.isLetter || character.isNumber { word.append(character) }
      wasSmall = character.isLowercase
    }
    if !word.isEmpty { words.append(word.lowercased()) }
    return words
  }

  private static func holds(_ words: [String], _ wanted: [String]) -> Bool {
    if words.joined() == wanted.joined() { return true }
    return wanted.allSatisfy { want in words.contains { $0 == want || want.count > 4 && $0.hasPrefix(want) } }
  }

  private func allows(_ column: Column, _ content: Content) -> Bool {
    let rows = table.rowCount
    let filled = rows - column.missingCount(in: nil)
    guard filled > 0 else { return false }
    switch (content, column.values) {
    case (.moment, .moment(_, .time)): return false
    case (.moment, .moment): return true
    case (.id, .text(let text)): return 2 * text.distinctCount > filled
    case (.id, .number(let values)):
      return 2 * Set(values.filter { !$0.isNaN }).count > filled && values.allSatisfy { $0.isNaN || $0 == $0.rounded() }
    case (.status, .text(let text)): return (2...20).contains(text.distinctCount)
    case (.status, .number(let values)): return Self.areCodes(values, in: 2...20)
    case (.text, .text(let text)), (.reason, .text(let text)): return text.distinctCount <= 200
    case (.reason, .number(let values)): return Self.areCodes(values, in: 1...50)
    case (.amount, .number): return true
    case (.flag, .number(let values)): return values.allSatisfy { $0.isNaN || $0 == 0 || $0 == 1 }
    case (.flag, .text(let text)):
      let words = ApplicationWords()
      return text.distinctValues.allSatisfy { words.flag(StandardText.standardise($0)) != nil }
    default: return false
    }
  }

  /// Whole numbers, few of them different.
  private static func areCodes(_ values: [Double], in range: ClosedRange<Int>) -> Bool {
    var found: Set<Double> = []
    for value in values where !value.isNaN {
      guard value == value.rounded(), abs(value) < 1e9 else { return false }
      found.insert(value)
      guard found.count <= range.upperBound else { return false }
    }
    return range.contains(found.count)
  }
}
