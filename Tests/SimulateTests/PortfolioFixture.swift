import CutlineCore
import CutlineSimulate
import CutlineTesting
import Foundation
import Testing

/// A portfolio drawn once for the suites, and its columns as arrays.
struct PortfolioFixture {
  static let rows = 200_000
  // A failure to draw fails every test that asks for the sample, each with the error.
  private static let drawn = Result { try PortfolioModel().generate(rows: rows, seed: 20_240_601) }

  let model = PortfolioModel()
  let applications: Table
  let truth: Table
  /// Row of the truth for each row of the applications.
  let truthRow: [Int]

  init() throws {
    let portfolio = try Self.drawn.get()
    applications = portfolio.applications
    truth = portfolio.truth
    // The truth has one row an id in order of first appearance, which is how codes are numbered.
    truthRow = try text("authorization_id", of: portfolio.applications).codes.map(Int.init)
  }

  func number(_ name: String) throws -> [Double] { try numbers(name, of: applications) }
  func known(_ name: String) throws -> [Double] {
    let values = try numbers(name, of: truth)
    return truthRow.map { values[$0] }
  }
  /// Month of each row, from 1.
  func month() throws -> [Int] {
    let first = CalendarDate(year: 2021, month: 1, day: 1)?.monthIndex ?? 0
    return try numbers("mis_date", of: applications).map {
      CalendarDate(daysSince1960: Int($0)).monthIndex - first + 1
    }
  }
  /// Whether a row is the first with its id.
  func isFirst() -> [Bool] {
    var seen = -1
    return truthRow.map { row in
      defer { seen = max(seen, row) }
      return row > seen
    }
  }
}

func numbers(_ name: String, of table: Table) throws -> [Double] {
  switch try table.column(name).values {
  case .number(let values), .moment(let values, _): return values
  case .text: throw Faults.data("column \(name)", "is text", "The test expects numbers.")
  }
}

func text(_ name: String, of table: Table) throws -> TextColumn {
  guard case .text(let values) = try table.column(name).values else {
    throw Faults.data("column \(name)", "is not text", "The test expects text.")
  }
  return values
}

/// Expects a count of independent events of probability `share` within five standard deviations.
func expectShare(
  _ count: Int, of total: Int, near share: Double, _ what: String, sourceLocation: SourceLocation = #_sourceLocation
) {
  let expected = Double(total) * share
  let bound = 5 * (expected * (1 - share)).squareRoot() + 1
  #expect(
    abs(Double(count) - expected) <= bound, "\(what): \(count) of \(total), expected \(expected) ± \(bound)",
    sourceLocation: sourceLocation)
}

/// Same columns, same bits, missing values included.
func isSame(_ a: Table, _ b: Table) -> Bool {
  guard a.names == b.names, a.rowCount == b.rowCount else { return false }
  return zip(a.columns, b.columns).allSatisfy { left, right in
    switch (left.values, right.values) {
    case (.number(let x), .number(let y)): return x.map(\.bitPattern) == y.map(\.bitPattern)
    case (.moment(let x, let p), .moment(let y, let q)): return p == q && x.map(\.bitPattern) == y.map(\.bitPattern)
    case (.text(let x), .text(let y)): return x.codes == y.codes && x.bytes == y.bytes && x.offsets == y.offsets
    default: return false
    }
  }
}
