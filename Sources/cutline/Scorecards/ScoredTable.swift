internal import CutlineCore
internal import CutlineDecide
internal import CutlineWorkspace
internal import Foundation

/// A table with the scores of a card, row by row.
struct ScoredTable {
  private let card: Scorecard
  private let table: Table
  private let rows: [Scorecard.Scored]

  /// - Throws: `Faults` (usage) for a characteristic that is no column, (data) for a column of text.
  init(_ card: Scorecard, _ table: Table, of path: String) throws {
    var reading = Reading()
    var columns: [[Double]] = []
    for characteristic in card.characteristics {
      try reading.attempt { columns.append(try Self.numbers(characteristic.column, table, of: path)) }
    }
    try reading.finish()
    (self.card, self.table) = (card, table)
    rows = (0..<table.rowCount).map { row in card.score(columns.map { $0[row] }) }
  }

  /// In the card's units.
  var scores: [Int64] { rows.map(\.score) }

  /// In words, for the end of a command.
  var summary: String {
    let cut = rows.count { $0.isCut }
    guard let low = scores.min(), let high = scores.max() else { return "none" }
    let span = "\(NumberText.shortest(card.points(low))) to \(NumberText.shortest(card.points(high)))"
    return span + (cut > 0 ? ", \(cut) cut to the card's limits" : "")
  }

  /// The table with columns `score`, `band`, `pd` and, with a cutoff, `decision`; with reasons their names beside it.
  ///
  /// - Parameter reasons: the most of each row; nil for none.
  /// - Throws: `Faults` (usage) where the table has such a column already.
  func with(cutoff: Int64?, reasons: Int?) throws -> Table {
    var added = [
      Column(name: "score", label: "Points", values: .number(rows.map { card.points($0.score) })),
      Column(
        name: "band", label: "Band",
        values: .text(
          TextColumn(rows.map { card.bands.all[card.bands.band(of: $0.score, unit: card.scale.unitsPerPoint)].name }))),
      Column(
        name: "pd", label: "Probability of bad of the score",
        values: .number(rows.map { card.scale.probability(of: card.points($0.score)) })),
    ]
    if let cutoff {
      let least = cutoff * card.scale.unitsPerPoint
      added.append(
        Column(
          name: "decision", label: "By the cutoff \(cutoff)",
          values: .text(TextColumn(rows.map { $0.score >= least ? "approve" : "decline" }))))
      if let reasons { added += self.reasons(cutoff, reasons) }
    }
    if let taken = added.first(where: { table[$0.name] != nil }) {
      throw Faults.usage(
        "column \(taken.name)", "is in the table already", "Rename it: the score would stand beside it.")
    }
    return try Table(columns: table.columns + added, rowCount: table.rowCount)
  }

  private func reasons(_ cutoff: Int64, _ most: Int) -> [Column] {
    let found = rows.map { AdverseReasons(card, $0, cutoff: cutoff, most: most) }
    return (0..<most).map { place in
      Column(
        name: "reason_\(place + 1)", label: "Points lost, the most first",
        values: .text(
          TextColumn(
            found.map { reasons in
              guard let reasons, place < reasons.reasons.count else { return nil }
              let characteristic = card.characteristics[reasons.reasons[place]]
              return characteristic.reason?.code ?? characteristic.name
            })))
    }
  }

  // MARK: Columns

  /// All columns of numbers, by the names that cards read them by.
  static func numbers(_ table: Table) -> [String: [Double]] {
    table.columns.reduce(into: [:]) { columns, column in
      if case .number(let numbers) = column.values { columns[TextColumn.comparable(column.name)] = numbers }
    }
  }

  /// Those that a card reads, in its order.
  /// - Throws: as making a scored table does.
  static func numbers(of card: DecidingCard, _ table: Table, of path: String) throws -> [[Double]] {
    var reading = Reading()
    var columns: [[Double]] = []
    for name in card.columns { try reading.attempt { columns.append(try numbers(name, table, of: path)) } }
    try reading.finish()
    return columns
  }

  private static func numbers(_ name: String, _ table: Table, of path: String) throws -> [Double] {
    // A run reads names without their capitals; a table has them as its file does.
    guard let column = table[name] ?? table.columns.first(where: { TextColumn.comparable($0.name) == name }) else {
      throw Faults.usage(
        path, "has no column \(name)\(DidYouMean.phrase(for: name, among: table.names))",
        "It must hold every characteristic of the card.")
    }
    switch column.values {
    case .number(let numbers): return numbers
    case .text(let text) where text.codes.allSatisfy({ $0 < 0 }):
      return [Double](repeating: .nan, count: table.rowCount)
    default: throw Faults.data("column \(name)", "holds no numbers", "State its form with --type \(name)=number.")
    }
  }

  /// 1 = bad, 0 = good, missing = no outcome.
  static func outcome(_ name: String, _ table: Table, of path: String) throws -> [Bool?] {
    try numbers(TextColumn.comparable(name), table, of: path).enumerated().map { row, value in
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
