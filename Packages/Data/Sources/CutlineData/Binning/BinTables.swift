public import CutlineCore
public import CutlineCredit

/// Says what bins of scores are worth, stated and proposed ones, before a run.
public enum BinTables: ExchangedKind {
  public struct Input: Sendable {
    public let source: SourceTable
    public let quality: QualityReport
  }
  public typealias Output = BinReport
  public static let name = "bin-tables"
  public static let summary = "Says what bins of scores are worth, stated and proposed ones."
  public static let ports = Ports(Input.init, .one("source", \.source), .one("quality", \.quality))

  /// Every way to cut counts the same applications.
  public static func check(_ output: BinReport, against input: Input) throws {
    for variable in output.variables {
      let made = variable.cuts.filter { $0.failure == nil }
      let sums = made.map { cut in
        cut.rows.reduce(into: [Int64(0), 0, 0]) { sums, row in
          for (at, value) in [row.applications, row.good, row.bad].enumerated() { sums[at] += value }
        }
      }
      guard Set(sums).count <= 1 else {
        throw Faults.data(
          "variable \(variable.name)", "its cuts count different applications", "Add up the same rows in each.")
      }
    }
  }

  public static func specimens() throws -> [Input] {
    let small = try SmallPortfolio()
    return [Input(source: small.source, quality: small.quality)]
  }
}
