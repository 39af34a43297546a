internal import CutlineCredit

/// Kinds that bring and prepare applications.
extension StageTemplate {
  static let source = StageTemplate(
    "source",
    #"""
    /// Applications made up from the run's random stream. Read your own table here, and name every file that it comes
    /// from in `externalInputs`, so that a changed file is noticed.
    struct {{Stage}}: Stage {
      typealias Kind = Source
      static let name = "{{name}}"
      static let summary = "Makes up a table of applications."

      struct Config: StageConfig {
        var rows = 100
        static let fields: [Field<Self>] = [
          .int("rows", \.rows, in: 1...1_000_000, unit: "applications", "How many applications there are.")
        ]
      }
      let config: Config

      func run(_ input: NoInput, in context: RunContext) async throws -> SourceTable {
        var random = context.random()
        let scores = (0..<config.rows).map { _ in Double(random.next32() % 1000) }
        let columns = [
          Column(name: "id", values: .text(TextColumn((0..<config.rows).map { "A\($0)" }))),
          Column(name: "score", values: .number(scores)),
        ]
        return SourceTable(table: try Table(columns: columns, rowCount: config.rows), notes: ["made up"])
      }
    }

    """#)

  static let quality = StageTemplate(
    "quality",
    #"""
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

    """#)

  static let prepare = StageTemplate(
    "prepare",
    #"""
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
        let summary = SampleSummary(
          segment: "all", periodStart: "", periodEnd: "", months: 12,
          waterfall: [
            .init(.input, "rows in the file", table.rowCount),
            .init(.dropped, "a score outside the bins", table.rowCount - rows.count),
            .init(.used, "in the grid", rows.count),
          ], outside: [], stress: .init(factor: 1, mode: "off", worstRows: 0, worstBadRows: 0),
          transformation: .init(
            rate: 1, eligibleAmount: 0, bookedAmount: 0, firstMonth: "", lastMonth: "", monthsWithData: 0),
          bookedRows: booked, scoreRejectedRows: rows.count - booked, immatureRows: 0,
          qualitySkipped: input.quality.skipped)
        return Sample(
          grid: grid, measure: RiskMeasure(multiplier: 7), cell: cell, status: status,
          scores: scores.map { column in rows.map { column[$0] } }, amounts: hundredths,
          isMature: status.map { $0 == .booked }, summary: summary)
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

    """#)
}
