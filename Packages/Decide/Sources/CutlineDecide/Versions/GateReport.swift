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
    // As spreadsheets save it.
    let bytes = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes
    guard let text = String(validating: bytes, as: UTF8.self) else { throw Faults.data(place, "is no text", advice) }
    let rows = Self.rows(text)
    guard let header = rows.first, Set(header).count == header.count, let gate = header.firstIndex(of: "gate"),
      let state = header.firstIndex(of: "state")
    else { throw Faults.data(place, "is no table of gates", advice) }
    states = try rows.dropFirst().enumerated().map { index, row in
      guard row.count == header.count, !row[gate].isEmpty, Self.known.contains(row[state]) else {
        throw Faults.data(Place(source: place, line: index + 2, column: 1), "is no line of a table of gates", advice)
      }
      return (row[gate], row[state])
    }
    guard states.contains(where: { $0.state != "SKIPPED" }) else {
      throw Faults.data(place, "holds no gate: nothing was looked at", advice)
    }
    guard Set(states.map(\.gate)).count == states.count else { throw Faults.data(place, "has a gate twice", advice) }
  }

  /// Fields after RFC 4180.
  private static func rows(_ text: String) -> [[String]] {
    var (rows, row, field): ([[String]], [String], String) = ([], [], "")
    var (isQuoted, hasQuote) = (false, false)
    for scalar in text.unicodeScalars where scalar != "\r" {
      switch (scalar, isQuoted) {
      case ("\"", _):
        // Two of them in a quoted field are one.
        if !isQuoted, hasQuote { field += "\"" }
        hasQuote = isQuoted
        isQuoted.toggle()
        continue
      case (",", false):
        row.append(field)
        field = ""
      case ("\n", false):
        rows.append(row + [field])
        (row, field) = ([], "")
      default: field.unicodeScalars.append(scalar)
      }
      hasQuote = false
    }
    return field.isEmpty && row.isEmpty ? rows : rows + [row + [field]]
  }
}
