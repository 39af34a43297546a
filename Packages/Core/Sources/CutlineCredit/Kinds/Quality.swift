public import CutlineCore

/// Checks a source table before anything is computed from it.
public enum Quality: ExchangedKind, GatedKind {
  public struct Input: Sendable {
    public let source: SourceTable
  }
  public typealias Output = QualityReport
  public static let name = "quality"
  public static let summary = "Checks the applications before anything is computed from them."
  public static let ports = Ports(Input.init, .one("source", \.source))

  public static func check(_ output: QualityReport, against input: Input) throws {
    let rows = input.source.table.rowCount
    if let row = output.duplicateRows.first(where: { $0 < 0 || $0 >= rows }) {
      throw Faults.data("duplicateRows", "names row \(row) of \(rows)", "Count rows from 0.")
    }
  }

  /// A failed check ends the run; the report stays.
  public static func refusal(_ output: QualityReport) -> Faults? {
    let failed = output.checks.filter { $0.status == .failed }
    guard !failed.isEmpty else { return nil }
    return Faults.data(
      "data quality", failed.map { "\($0.name): \($0.detail)" }.joined(separator: "; "),
      "Do as it says, set its threshold in [stages.quality], or run with --skip-dq-checks and own the result.")
  }

  /// `data/data_quality.csv` and `.json`, with the stage's id at the end where it has another than the built-in plan's.
  public static func files(_ output: QualityReport, of stage: String) throws -> FileSet {
    let path = "data/data_quality" + (stage == name ? "" : "_\(stage)")
    let checks =
      output.skipped
      ? [QualityReport.Check("all", .skipped, "the checks were switched off for this run")] : output.checks
    var table = CsvText(["check", "status", "detail"], guardsFormulas: true)
    for check in checks { table.add([check.name, check.status.rawValue, check.detail]) }
    let columns = [
      ColumnNote("check", unit: "text", "What was checked."),
      ColumnNote("status", unit: "text", "passed, warning, failed or skipped."),
      ColumnNote("detail", unit: "text", "What was found, with the threshold."),
    ]
    return FileSet(files: [
      ResultFile(path: "\(path).csv", bytes: table.bytes, columns: columns),
      ResultFile(path: "\(path).json", bytes: Array(try CanonicalJSON.encode(checks, pretty: true))),
    ])
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
