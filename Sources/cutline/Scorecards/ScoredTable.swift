internal import CutlineCore
internal import CutlineDecide
internal import CutlineWorkspace
internal import Foundation

/// A table with the scores of a card, row by row.
struct ScoredTable {
  private let card: Scorecard
  private let table: Table
  private let columns: [CardColumn]
  /// In units, before they are cut to the card's limits.
  private let raw: [Int64]
  /// In the card's units.
  let scores: [Int64]
  /// Characteristics of words with the rows whose level the card does not name.
  let unnamed: [(name: String, rows: Int)]

  /// - Throws: `Faults` (usage) for a characteristic that is no column, (data) for a value that the card does not take.
  init(_ card: Scorecard, _ table: Table, of path: String) throws {
    columns = try Self.columns(of: .points(card), table, of: path)
    (self.card, self.table) = (card, table)
    let scored = try ScorecardBatch(card).scored(columns)
    raw = scored.raw
    unnamed = zip(card.characteristics, scored.unnamed).filter { $0.1 > 0 }.map { ($0.0.name, $0.1) }
    scores = raw.map(card.cut)
  }

  /// In words, for the end of a command.
  var summary: String {
    let cut = zip(raw, scores).count { $0 != $1 }
    guard let low = scores.min(), let high = scores.max() else { return "none" }
    let span = "\(NumberText.shortest(card.points(low))) to \(NumberText.shortest(card.points(high)))"
    return span + (cut > 0 ? ", \(cut) cut to the card's limits" : "")
  }

  /// What is told of the reasons of each row.
  struct Reasons {
    /// The most of a row.
    var most: Int
    /// Sentences beside the codes; nil for none.
    var language: String?
  }

  /// The table with columns `score`, `band`, `pd` and, with a cutoff, `decision`; with reasons their codes and sentences beside it.
  ///
  /// - Throws: `Faults` (usage) where the table has such a column already, or a reason has no sentence in the language.
  func with(cutoff: Int64?, reasons: Reasons?) throws -> Table {
    // Scores are few, and what is told of one does not change from row to row.
    let distinct = Set(scores)
    let bands = Dictionary(
      uniqueKeysWithValues: distinct.map {
        ($0, card.bands.all[card.bands.band(of: $0, unit: card.scale.unitsPerPoint)].name)
      })
    let probabilities = Dictionary(
      uniqueKeysWithValues: distinct.map { ($0, card.scale.probability(of: card.points($0))) })
    var added = [
      Column(name: "score", label: "Points", values: .number(scores.map { card.points($0) })),
      Column(name: "band", label: "Band", values: .text(TextColumn(scores.map { bands[$0] }))),
      Column(
        name: "pd", label: "Probability of bad of the score", values: .number(scores.map { probabilities[$0] ?? .nan })),
    ]
    if let cutoff {
      let least = cutoff * card.scale.unitsPerPoint
      added.append(
        Column(
          name: "decision", label: "By the cutoff \(cutoff)",
          values: .text(TextColumn(scores.map { $0 >= least ? "approve" : "decline" }))))
      if let reasons { added += try self.reasons(cutoff, reasons) }
    }
    if let taken = added.first(where: { table[$0.name] != nil }) {
      throw Faults.usage(
        "column \(taken.name)", "is in the table already", "Rename it: the score would stand beside it.")
    }
    return try Table(columns: table.columns + added, rowCount: table.rowCount)
  }

  private func reasons(_ cutoff: Int64, _ told: Reasons) throws -> [Column] {
    if let language = told.language { try card.checkReasons(in: language) }
    var codes = [[String?]](repeating: [String?](repeating: nil, count: scores.count), count: told.most)
    var texts = told.language == nil ? [] : codes
    for row in scores.indices {
      let scored = try card.score(columns.map { $0[row] })
      guard let found = AdverseReasons(card, scored, cutoff: cutoff, most: told.most) else { continue }
      for (place, index) in found.reasons.enumerated() {
        let (own, bin) = (card.characteristics[index], scored.bins[index])
        codes[place][row] = own.reasonCode(of: bin)
        if let language = told.language { texts[place][row] = own.reason(of: bin)?.texts[language] }
      }
    }
    return codes.indices.flatMap { place -> [Column] in
      let code = Column(
        name: "reason_\(place + 1)", label: "Points lost, the most first", values: .text(TextColumn(codes[place])))
      guard let language = told.language else { return [code] }
      let text = Column(
        name: "reason_\(place + 1)_\(language)", label: "The same as a sentence",
        values: .text(TextColumn(texts[place])))
      return [code, text]
    }
  }

  // MARK: Columns

  /// All columns of numbers and words, by the names that cards read them by.
  static func columns(_ table: Table) -> [String: CardColumn] {
    table.columns.reduce(into: [:]) { columns, column in
      switch column.values {
      case .number(let numbers): columns[TextColumn.comparable(column.name)] = .numbers(numbers)
      case .text(let text): columns[TextColumn.comparable(column.name)] = .words(text)
      case .moment: break
      }
    }
  }

  /// Those that a card reads, in its order.
  /// - Throws: as making a scored table does.
  static func columns(of card: DecidingCard, _ table: Table, of path: String) throws -> [CardColumn] {
    var reading = Reading()
    var columns: [CardColumn] = []
    for (name, isOfWords) in zip(card.columns, card.areOfWords) {
      try reading.attempt { columns.append(try column(name, isOfWords: isOfWords, table, of: path)) }
    }
    try reading.finish()
    return columns
  }

  private static func found(_ name: String, _ table: Table, of path: String) throws -> Column {
    // A run reads names without their capitals; a table has them as its file does.
    let found = table.columns.filter { TextColumn.comparable($0.name) == name }
    guard found.count < 2 else {
      throw Faults.usage(
        path,
        "has the columns \(found.map { "\"\($0.name)\"" }.joined(separator: ", ")), which are one name when compared",
        "Rename or leave out one of them.")
    }
    guard let column = found.first ?? table[name] else {
      throw Faults.usage(
        path, "has no column \(name)\(DidYouMean.phrase(for: name, among: table.names))",
        "It must hold every characteristic of the card.")
    }
    return column
  }

  private static func column(_ name: String, isOfWords: Bool, _ table: Table, of path: String) throws -> CardColumn {
    let column = try found(name, table, of: path)
    switch column.values {
    case .number(let numbers): return .numbers(numbers)
    case .text(let text) where isOfWords || text.codes.allSatisfy({ $0 < 0 }): return .words(text)
    case .text(let text): throw NumbersAsText(text, of: column.name).faults
    case .moment: throw Faults.data("column \(column.name)", "holds dates", "The card takes numbers there.")
    }
  }

  /// 1 = bad, 0 = good, missing = no outcome.
  static func outcome(_ name: String, _ table: Table, of path: String) throws -> [Bool?] {
    let column = try found(TextColumn.comparable(name), table, of: path)
    guard case .number(let numbers) = column.values else {
      throw Faults.data(
        "column \(column.name)", "holds no numbers", "An outcome is 1 of a bad application and 0 of a good one.")
    }
    return try numbers.enumerated().map { row, value in
      if value.isNaN { return nil }
      guard value == 0 || value == 1 else {
        throw Faults.data(
          Place(column: name, row: row), "is neither 0 nor 1", found: .personal(NumberText.shortest(value)),
          "An outcome is 1 of a bad application and 0 of a good one.")
      }
      return value == 1
    }
  }
}
