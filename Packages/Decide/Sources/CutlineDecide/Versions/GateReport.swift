internal import CutlineCore

/// A table of gates as `gates.csv` of a run has it: which of them failed.
public struct GateReport: Sendable {
  /// What it is called among the evidence of a version.
  public static let evidenceName = "gates"

  /// Each gate with PASS, WARN, FAIL, WAIVED or SKIPPED.
  public let states: [(gate: String, state: String)]

  /// Those that fail; a waiver is a person's, in the store, and no word of a table.
  public var failed: [String] { states.filter { ["FAIL", "WAIVED"].contains($0.state) }.map(\.gate) }

  /// Those that somebody should look at, and those that had nothing to look at.
  public var notPassed: [String] { states.filter { ["WARN", "SKIPPED"].contains($0.state) }.map(\.gate) }

  private static let known: Set<String> = ["PASS", "WARN", "FAIL", "WAIVED", "SKIPPED"]

  /// - Throws: `Faults` (data) for what is no such table, or has no gate.
  public init(_ bytes: [UInt8], at place: String) throws {
    let advice =
      "Name gates.csv of a run: the columns gate and state, the states \(Self.known.sorted().joined(separator: ", "))."
    let csv = try CsvRecords(bytes, at: place)
    guard let gate = csv.header.firstIndex(of: "gate"), let state = csv.header.firstIndex(of: "state")
    else { throw Faults.data(place, "is no table of gates", advice) }
    states = try csv.records.map { record in
      let row = record.fields
      guard row.count == csv.header.count, !row[gate].isEmpty, Self.known.contains(row[state]) else {
        throw Faults.data(Place(source: place, line: record.line, column: 1), "is no line of a table of gates", advice)
      }
      return (row[gate], row[state])
    }
    guard states.contains(where: { $0.state != "SKIPPED" }) else {
      throw Faults.data(place, "holds no gate: nothing was looked at", advice)
    }
    guard Set(states.map(\.gate)).count == states.count else { throw Faults.data(place, "has a gate twice", advice) }
  }
}
