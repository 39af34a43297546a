internal import CutlineCore
internal import CutlineFormats
public import Foundation

/// Whether an export answers as the card does, on the vectors that go with it.
public enum ScorecardProof {
  /// What was tried.
  public enum Outcome: Sendable, Hashable {
    /// All answers agree; who has read the file.
    case proved(by: String, records: Int)
    /// Nobody here can run it.
    case notProved(why: String)
  }

  /// Reads or runs an export and compares its answers.
  ///
  /// - Throws: `Faults` (gate) for an answer that differs: such a file is not written.
  public static func check(
    _ bytes: Data, _ format: ScorecardExport.Format, _ options: ScorecardExport.Options, _ vectors: ScorecardVectors
  ) throws -> Outcome {
    let count = vectors.records.count
    switch format {
    case .pmml:
      let card = try PmmlScorecardImport.card(Array(bytes), of: "the export").card
      try compare(vectors, vectors.records.map { ScorecardAnswer(card, $0) }, "PMML")
      return .proved(by: "reading it back", records: count)
    case .json:
      let card = try CanonicalJSON.decode(Scorecard.self, from: bytes)
      try compare(vectors, vectors.records.map { ScorecardAnswer(card, $0) }, "JSON")
      return .proved(by: "reading it back", records: count)
    case .sql where options.dialect == .sqlite:
      try compare(vectors, sqlite(String(decoding: bytes, as: UTF8.self), options, vectors), "SQL")
      return .proved(by: "SQLite", records: count)
    case .sql: return .notProved(why: "no \(options.dialect.rawValue) is asked; run it on the vectors")
    case .c: return .notProved(why: "no compiler is asked; run it on the vectors")
    case .csv, .xlsx: return .notProved(why: "a table of points is looked up, not run")
    }
  }

  private static func compare(_ vectors: ScorecardVectors, _ found: [ScorecardAnswer], _ format: String) throws {
    let differences = zip(vectors.answers, found).count { $0 != $1 } + abs(vectors.answers.count - found.count)
    guard differences == 0 else {
      throw Faults.gate(
        "scorecard export", "\(differences) of \(vectors.records.count) test records have another answer in \(format)",
        "Nothing was written. This is a fault of the program; please report it.")
    }
  }

  /// What the statement gives on a table of the records, in a database in memory.
  private static func sqlite(
    _ statement: String, _ options: ScorecardExport.Options, _ vectors: ScorecardVectors
  ) throws -> [ScorecardAnswer] {
    let card = vectors.card
    let columns = card.characteristics.map(\.column)
    guard Set(columns.map { $0.lowercased() }).count == columns.count else {
      throw Faults.data(
        "scorecard", "has two characteristics of one column, which the test table cannot hold apart",
        "Export it to JSON or C.")
    }
    // A table of another schema is read under its last name; all else is the statement as it is written.
    var (own, tested) = (options, statement)
    if let last = options.table.split(separator: ".").last, options.table.contains(".") {
      own.table = String(last)
      tested = String(decoding: try ScorecardExport.bytes(of: card, as: .sql, own), as: UTF8.self)
    }
    func quoted(_ name: String) -> String { "\"\(name.replacing("\"", with: "\"\""))\"" }
    let database = try Database(":memory:", .readWrite)
    let keys = options.keys.filter { key in !columns.contains { $0.lowercased() == key.lowercased() } }
    let types = zip(columns, card.characteristics).map { "\(quoted($0)) \($1.bins.isOfWords ? "TEXT" : "REAL")" }
    let all = (types + keys.map(quoted)).joined(separator: ", ")
    try database.execute("CREATE TABLE \(quoted(own.table)) (\(all))")
    for record in vectors.records {
      let values = record.map { value in
        switch value {
        case .missing: "NULL"
        case .number(let number): DecimalText.exponential(number)
        case .word(let word): "'\(word.replacing("'", with: "''"))'"
        }
      }
      let given = (values + keys.map { _ in "NULL" }).joined(separator: ", ")
      try database.execute("INSERT INTO \(quoted(own.table)) VALUES (\(given))")
    }
    let unit = card.scale.unitsPerPoint
    var answers: [ScorecardAnswer] = []
    try database.each(
      "SELECT CAST(ROUND(score * \(unit)) AS INTEGER) AS units, reason_1, reason_2, reason_3, reason_4 FROM (\(tested))"
    ) { row in
      let score: Int64? = if case .integer(let units) = row["units"] { units } else { nil }
      answers.append(
        ScorecardAnswer(
          score: score,
          reasons: (1...ScorecardAnswer.mostReasons).compactMap { row.optionalText("reason_\($0)") }))
    }
    return answers
  }
}
