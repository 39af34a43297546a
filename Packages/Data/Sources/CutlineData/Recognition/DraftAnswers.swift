internal import CutlineCore

/// What a person has said of a file, for its configuration.
public struct DraftAnswers: Sendable {
  /// The file's words for a status, as the person spells them.
  public var booked: [String] = []
  public var rejected: [String] = []
  public var cancelled: [String] = []
  /// Reject reasons that are the score's.
  public var scoreReject: [String] = []
  /// Cutline's name of a column and the file's.
  public var columns: [(ours: String, theirs: String)] = []

  public init() {}
}

extension DraftAnswers {
  /// The names of scores, which stay under the file's name.
  static let scores = ["score_rf", "risk_score_rf"]

  /// The columns by meaning, as the table names them.
  /// - Throws: `Faults` (usage) for names that are not known, and for those that are said twice.
  func meanings(in table: Table) throws -> [String: String] {
    var found: [String: String] = [:]
    var reading = Reading()
    let known = ColumnGuess.names + Self.scores
    for (ours, theirs) in columns {
      try reading.attempt {
        let (name, column) = (StandardText.standardise(ours), StandardText.standardise(theirs))
        let place = "--column \(ours)=\(theirs)"
        guard known.contains(name) else {
          throw Faults.usage(
            place, "\(ours) is no column that Cutline knows\(DidYouMean.phrase(for: name, among: known))",
            "It may be \(known.joined(separator: ", ")).")
        }
        guard table[column] != nil else {
          throw Faults.usage(
            place, "the data has no column \(theirs)\(DidYouMean.phrase(for: column, among: table.names))",
            ColumnNames.found(table.names))
        }
        guard found[name] == nil, !found.values.contains(column) else {
          throw Faults.usage(place, "one of the two is named twice", "Give each column one meaning.")
        }
        found[name] = column
      }
    }
    try reading.finish()
    return found
  }

  /// - Throws: `Faults` (usage) for a word that the column does not hold, or that has two meanings.
  func check(status: WordColumn?, reasons: WordColumn?) throws {
    var reading = Reading()
    var said: [String: String] = [:]
    for (option, words) in [("booked", booked), ("rejected", rejected), ("cancelled", cancelled)] {
      for word in words {
        try reading.attempt {
          try Self.check(
            word, option, in: status, "no column is known to hold the status",
            "Name it with --column \(ApplicationColumns.status)=COLUMN.")
          if let other = said.updateValue(option, forKey: StandardText.standardise(word)), other != option {
            throw Faults.usage("--\(option) \(word)", "is \(other) as well", "Give each word one meaning.")
          }
        }
      }
    }
    for word in scoreReject {
      try reading.attempt {
        try Self.check(
          word, "score-reject", in: reasons, "no column is known to hold reject reasons",
          "Name it with --column \(ApplicationColumns.rejectReason)=COLUMN.")
      }
    }
    try reading.finish()
  }

  private static func check(
    _ word: String, _ option: String, in column: WordColumn?, _ problem: String, _ advice: String
  ) throws {
    guard let column else { throw Faults.usage("--\(option) \(word)", problem, advice) }
    let known = Set(column.standard)
    guard known.contains(StandardText.standardise(word)) else {
      throw Faults.usage(
        "--\(option) \(word)",
        "no row has it in \(column.name)"
          + DidYouMean.phrase(for: StandardText.standardise(word), among: column.standard.sorted()),
        column.words.count <= WordColumn.mostListed
          ? "Its words: \(column.words.sorted().joined(separator: ", "))." : "It has \(column.words.count) words.")
    }
  }
}

/// A column that sorts applications into kinds, by the words of the file; numbers are words, too.
struct WordColumn {
  /// The most words that are named one by one on a console.
  static let mostListed = 10

  /// As the file spells it.
  let name: String
  /// Each word once, as the file spells it, and as it is compared.
  let words, standard: [String]
  /// Per row: an index into `words`; −1 where there is none.
  let codes: [Int32]

  /// - Returns: nil for a column of moments.
  init?(_ column: Column?) {
    guard let column else { return nil }
    let text: TextColumn
    switch column.values {
    case .text(let own): text = own
    case .number(let numbers): text = TextColumn(numbers.map { $0.isNaN ? nil : NumberText.shortest($0) })
    case .moment: return nil
    }
    name = column.originalName
    words = text.distinctValues
    standard = words.map(StandardText.standardise)
    codes = text.codes
  }

  /// Per word: the rows that have it, of some.
  func counts(where isCounted: (Int) -> Bool) -> [Int] {
    var counts = [Int](repeating: 0, count: words.count)
    for (row, code) in codes.enumerated() where code >= 0 && isCounted(row) { counts[Int(code)] += 1 }
    return counts
  }

  /// Some words for a sentence; of many only their number.
  static func listed(_ words: [String]) -> String {
    words.count <= mostListed ? words.sorted().joined(separator: ", ") : "\(words.count) words"
  }
}
