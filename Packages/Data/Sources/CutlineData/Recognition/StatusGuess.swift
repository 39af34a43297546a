internal import CutlineCore
internal import CutlineCredit

/// What became of each application, as far as a person or the words say it.
struct StatusGuess {
  /// The words of each status, as the file spells them.
  private(set) var words: [SampleStatus: [String]] = [:]
  /// Words that nobody has explained, and how many rows have them.
  private(set) var unknown: [String] = []
  private(set) var unknownRows = 0
  /// Per row; nil where it is not known.
  private(set) var rows: [SampleStatus?]

  /// Whether anything can be said of the booked.
  var knowsBooked: Bool { rows.contains(.booked) }

  init(_ column: WordColumn?, rowCount: Int, answers: DraftAnswers) {
    rows = [SampleStatus?](repeating: nil, count: rowCount)
    guard let column else { return }
    let stated = [
      (SampleStatus.booked, answers.booked), (.otherRejected, answers.rejected), (.cancelled, answers.cancelled),
    ]
    .map { status, words in (status, Set(words.map(StandardText.standardise))) }
    let statuses = column.standard.map { word in
      stated.first { $0.1.contains(word) }?.0 ?? ApplicationWords.likelyStatus(word)
    }
    let counts = column.counts { _ in true }
    for (index, status) in statuses.enumerated() {
      if let status {
        words[status, default: []].append(column.words[index])
      } else {
        unknown.append(column.words[index])
        unknownRows += counts[index]
      }
    }
    rows = column.codes.map { $0 < 0 ? nil : statuses[Int($0)] }
  }

  /// Tells those whom the score rejected from others: where reasons say so.
  mutating func apply(_ reasons: ReasonGuess) {
    for row in rows.indices where rows[row] == .otherRejected && reasons.isScore(row) { rows[row] = .scoreRejected }
  }
}

/// Which reject reasons are the score's.
struct ReasonGuess {
  let column: WordColumn
  /// Rejected rows per reason; all rows where nobody is known to be rejected.
  let counts: [Int]
  let readings: [ScoreReason]
  /// Whether a person has said them.
  let isStated: Bool
  private let taken: [Bool]

  init(_ column: WordColumn, statuses: [SampleStatus?], answers: DraftAnswers) {
    self.column = column
    let hasRejected = statuses.contains(.otherRejected)
    counts = column.counts { !hasRejected || statuses[$0] == .otherRejected }
    let readings = column.standard.map { ScoreReason($0) }
    self.readings = readings
    isStated = !answers.scoreReject.isEmpty
    let stated = Set(answers.scoreReject.map(StandardText.standardise))
    taken = column.standard.indices.map { index in
      stated.isEmpty ? readings[index] == .score : stated.contains(column.standard[index])
    }
  }

  /// The score's reasons, as the file spells them.
  var score: [String] { column.words.indices.filter { taken[$0] }.map { column.words[$0] }.sorted() }

  func isScore(_ row: Int) -> Bool { column.codes[row] >= 0 && taken[Int(column.codes[row])] }

  /// Reasons that stand on rejected rows, the commonest first.
  private var used: [Int] {
    column.words.indices.filter { counts[$0] > 0 }.sorted {
      (-counts[$0], column.words[$0]) < (-counts[$1], column.words[$1])
    }
  }

  /// What a person must say; nil where the words say it.
  var question: String? {
    guard !isStated, !used.isEmpty else { return nil }
    let unclear = used.filter { [.code, .negated(isCertain: false)].contains(readings[$0]) && !taken[$0] }
    let (asked, what) =
      score.isEmpty
      ? (used, "which reject reasons are the score's")
      : (unclear, "whether other reject reasons are the score's, as \(WordColumn.listed(score)) most likely is")
    guard !asked.isEmpty else { return nil }
    let named =
      asked.count <= WordColumn.mostListed
      ? asked.map { "\(column.words[$0]) (\(counts[$0]) rows)" }.joined(separator: ", ") : "\(asked.count) reasons"
    return "\(what): \(named) (--score-reject WORD for each)"
  }

  /// All reasons with their rows, for the comment of a configuration. A column of many may hold persons.
  var comments: [String] {
    let most = 50
    let lines = used.prefix(most).map { index in
      let reading =
        switch readings[index] {
        case _ where taken[index]: ", taken as the score's"
        case .negated: ", with a negation"
        default: ""
        }
      return "#   \(counts[index]) rows: \(ConfigValue.quoted(column.words[index]))\(reading)"
    }
    let rest = used.dropFirst(most)
    return ["# Reject reasons of the file:"] + lines
      + (rest.isEmpty ? [] : ["#   \(rest.reduce(0) { $0 + counts[$1] }) rows: \(rest.count) other reasons"])
  }
}
