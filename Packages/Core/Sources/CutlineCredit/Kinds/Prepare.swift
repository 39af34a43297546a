public import CutlineCore

/// Turns a source table into the sample of the main period.
public enum Prepare: ExchangedKind {
  public struct Input: Sendable {
    public let source: SourceTable
    public let quality: QualityReport
  }
  public typealias Output = Sample
  public static let name = "prepare"
  public static let summary = "Filters, bins and classifies the applications of the main period."
  public static let changes = [
    2:
      "gives month, period, outcome (mature, immature, none) and is_eligible instead of is_mature, in sample.csv, and a "
      + "summary in parts, in sample.json"
  ]
  public static let ports = Ports(Input.init, .one("source", \.source), .one("quality", \.quality))

  /// Beyond what every sample must keep, there must be something to learn from, and skipped checks stay named.
  public static func check(_ output: Sample, against input: Input) throws {
    try output.check()
    guard output.summary.account.bookedRows > 0 else {
      throw Faults.data("sample.csv", "holds no booked application", "Check the filters.")
    }
    guard output.summary.qualitySkipped == input.quality.skipped else {
      throw Faults.data("sample.json", "summary.qualitySkipped is not that of the quality report", "Hand it on.")
    }
  }

  public static func specimens() throws -> [Input] {
    let small = try SmallPortfolio()
    return [Input(source: small.source, quality: small.quality)]
  }

  public static let baseline: String? = #"""
    /// Takes every row with a score inside the bins; `decision` says which ones are booked.
    struct {{Stage}}: Stage {
      typealias Kind = Prepare
      static let name = "{{name}}"
      static let summary = "Bins two scores and takes every application inside them."

      struct Config: StageConfig {
        var scores = ["score_a", "score_b"]
        var edges = [0.0, 1, 2, 3]
        static let fields: [Field<Self>] = [
          .texts("scores", \.scores, atLeast: 1, "Columns of the scores; higher is safer."),
          .doubles("edges", \.edges, in: -1e9...1e9, atLeast: 2, "Ascending edges of the bins, for every score."),
        ]
        func validate(at places: FieldPlaces) throws {
          guard zip(edges, edges.dropFirst()).allSatisfy(<) else {
            throw Faults.usage(places["edges"], "the edges do not ascend", "Sort them.")
          }
        }
      }
      let config: Config

      func run(_ input: Prepare.Input, in context: RunContext) async throws -> Sample {
        let table = input.source.table
        let axes = config.scores.map { name in
          GridAxis(name: name, source: name, direction: .higherIsSafer, edges: config.edges)
        }
        let grid = CellGrid(axes: axes)
        let scores = try config.scores.map { try numbers($0, in: table) }
        let amounts = try CellSums.columnNames.map { try numbers($0, in: table) }
        guard case .text(let decisions) = try table.column("decision").values else {
          throw Faults.data("column decision", "is not text", "It holds booked or score-rejected.")
        }
        guard case .moment(let days, .date) = try table.column("date").values, !days.contains(where: \.isNaN) else {
          throw Faults.data("column date", "does not hold a date in every row", "It holds the day of the application.")
        }
        var rows: [Int] = []
        var cell: [Int32] = []
        for row in 0..<table.rowCount {
          let bins = axes.indices.compactMap { axes[$0].bin(of: scores[$0][row]) }
          guard bins.count == axes.count else { continue }
          rows.append(row)
          cell.append(Int32(grid.index(bins)))
        }
        let status = rows.map { decisions[$0] == "booked" ? SampleStatus.booked : .scoreRejected }
        let hundredths = amounts.map { column in rows.map { Int64((column[$0] * 100).rounded()) } }
        let booked = status.count { $0 == .booked }
        // Say here what your preparation knows: period, months, where rows were lost, how demand turns into production.
        let account = RowAccount(
          waterfall: [
            .init(.input, "rows in the file", table.rowCount),
            .init(.dropped, "a score outside the bins", table.rowCount - rows.count),
            .init(.used, "in the grid", rows.count),
          ], bookedRows: booked, scoreRejectedRows: rows.count - booked, immatureRows: 0)
        let summary = SampleSummary(
          basis: Basis(segment: "all", periodStart: "", periodEnd: "", months: 12), account: account,
          stress: Stress(factor: 1, mode: "off", worstRows: 0, worstBadRows: 0),
          transformation: Transformation(
            rate: 1, eligibleAmount: 0, bookedAmount: 0, firstMonth: nil, lastMonth: nil, monthsWithData: 0),
          qualitySkipped: input.quality.skipped)
        return Sample(
          grid: grid, measure: RiskMeasure(multiplier: 7), cell: cell,
          month: rows.map { Month(CalendarDate(daysSince1960: Int(days[$0]))) }, status: status,
          outcome: status.map { $0 == .booked ? .mature : .none },
          scores: scores.map { column in rows.map { column[$0] } },
          amounts: Dictionary(uniqueKeysWithValues: zip(Amount.standard, hundredths)), summary: summary)
      }

      private func numbers(_ name: String, in table: Table) throws -> [Double] {
        guard case .number(let values) = try table.column(name).values else {
          throw Faults.data("column \(name)", "does not hold numbers", "Name another column.")
        }
        if let row = values.firstIndex(where: \.isNaN) {
          throw Faults.data("column \(name)", "is missing in row \(row + 1)", "Fill it, or leave such rows out here.")
        }
        return values
      }
    }

    """#
}
