public import CutlineCore

/// Checks a source table before anything is computed from it.
public enum Quality: ExchangedKind {
  public struct Input: Sendable {
    public let source: SourceTable
  }
  public typealias Output = QualityReport
  public static let name = "quality"
  public static let summary = "Checks the applications before anything is computed from them."
  public static let ports = Ports(Input.init, .one("source", \.source))

  /// A failed check ends the run, as it does in a native stage.
  public static func check(_ output: QualityReport, against input: Input) throws {
    let rows = input.source.table.rowCount
    if let row = output.duplicateRows.first(where: { $0 < 0 || $0 >= rows }) {
      throw Faults.data("duplicateRows", "names row \(row) of \(rows)", "Count rows from 0.")
    }
    let failed = output.checks.filter { $0.status == .failed }
    guard failed.isEmpty else {
      throw Faults.data(
        "data quality", failed.map { "\($0.name): \($0.detail)" }.joined(separator: "; "), "Correct the data.")
    }
  }

  public static func specimens() throws -> [Input] {
    let small = try SmallPortfolio()
    return [Input(source: small.source)]
  }

  public static let baseline: String? = #"""
    /// One check: there are enough applications.
    struct {{Stage}}: Stage {
      typealias Kind = Quality
      static let name = "{{name}}"
      static let summary = "Checks that there are enough applications."

      struct Config: StageConfig {
        var leastRows = 10
        static let fields: [Field<Self>] = [
          .int("least_rows", \.leastRows, in: 1...1_000_000_000, unit: "rows", "Fewer rows stop the run.")
        ]
      }
      let config: Config

      func run(_ input: Quality.Input, in context: RunContext) async throws -> QualityReport {
        let rows = input.source.table.rowCount
        guard rows >= config.leastRows else {
          throw Faults.data("quality", "there are \(rows) rows, fewer than \(config.leastRows)", "Check the file.")
        }
        let check = QualityReport.Check("rows", .passed, "\(rows) rows, at least \(config.leastRows)")
        return QualityReport(checks: [check], skipped: false, duplicateRows: [])
      }
    }

    """#
}
