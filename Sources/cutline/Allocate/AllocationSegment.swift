internal import CutlineAllocate
internal import CutlineCore
internal import CutlineCredit
internal import CutlineReport
internal import CutlineWorkspace
internal import Foundation

/// A segment as an allocation reads it: its frontier, and what its line of the result is made of.
struct AllocationSegment {
  private(set) var frontier: SegmentFrontier
  /// 12 / months of the run; 1 of files, whose amounts are a year's already.
  let annualCoefficient: Double
  let period: Period
  /// Which rows of which files it is about; nil of frontiers as CSV.
  let rows: SegmentOverlap.Rows?
  let draws: CellDraws?
  /// Of points, as the segment's own file has them.
  private let strategies: [Strategy?]
  private let table: FrontierTable?
  private let lines: [[String]]
  /// Columns of the frontier's file.
  let columns: [String]
  /// Numbers of the solutions, by point.
  let numbers: [String]
  let remarks: [String]
  /// Digest of the run that it comes from; nil of a file.
  let digest: String?

  /// What its sums are counted over.
  struct Period: Equatable {
    let start, end: String
    let months: Int

    var phrase: String { months > 0 ? "\(start) to \(end) (\(months) months that count)" : "a year" }
  }

  /// A finished run.
  ///
  /// - Parameter objective: for value, its points are those of the run's frontier of value.
  /// - Throws: as `VerifiedRun`; `Faults` (usage) for a run that says nothing of value where that is asked for.
  init(run folder: String, name: String, objective: AllocationLimits.Objective) throws {
    let run = try VerifiedRun(folder)
    let found = try run.load(Frontier.self, kind: "search")
    let cells = run.cells
    var remarks: [String] = []
    if !found.answers.isEmpty {
      remarks.append("its points answer \(found.answers.count) risk limits and are no whole frontier")
    } else if found.isFixed {
      remarks.append("its cutoffs are fixed: there is one point to choose")
    } else if let maker = found.statedBy {
      remarks.append("its frontier is as \(maker) states it")
    } else if !found.open.isEmpty {
      remarks.append("its frontier is not complete: \(found.open.count) intervals of risk are open")
    }
    if let constraints = found.constraints {
      remarks.append("its search had to keep \(constraints.joined(separator: ", "))")
    }
    var points = found.points.map {
      SegmentFrontier.Point(production: $0.production, numerator: $0.numerator, denominator: $0.denominator)
    }
    let booked = cells.booked.reduce(.zero, +)
    let valued = objective == .value ? try ValueFrontier(run) : nil
    if let valued { points = valued.points }
    frontier = SegmentFrontier(
      name: name, measure: cells.measure, scale: cells.scale, points: points,
      today: .init(
        production: booked.production, numerator: booked.numerator, denominator: booked.denominator,
        value: valued?.today),
      cells: cells, constraints: found.constraints ?? (found.isFixed ? ["fixed_cutoffs"] : []))
    annualCoefficient = cells.annualCoefficient
    period = Period(
      start: cells.basis?.periodStart ?? "", end: cells.basis?.periodEnd ?? "", months: cells.basis?.months ?? 0)
    rows = SegmentOverlap.Rows(name, run.manifest)
    draws = try run.loadIfAny(CellDraws.self, kind: "draws").flatMap { $0.resampleCount > 0 ? $0 : nil }
    let table = try FrontierTable(cells, statedBy: found.statedBy)
    (self.table, lines, columns) = (table, [], table.columns.map(\.name))
    strategies = valued?.strategies ?? found.points.map(\.strategy)
    numbers = points.indices.map(String.init)
    self.remarks = remarks
    digest = run.manifest.resultsDigest
  }

  /// A frontier as CSV, with the columns of `pareto_optimal_solutions.csv`; amounts a year.
  /// - Throws: `Faults` (data) for a file without its columns, sums that are none, or solutions of one number; `Faults` (usage)
  ///   for a file without the column value where that is to be most.
  init(
    file path: String, name: String, multiplier: Double, objective: AllocationLimits.Objective, read: ReadsTable
  ) throws {
    let csv = try read(path)
    guard csv.rowCount > 0 else { throw Faults.data(path, "holds no solution", "Write one row a solution.") }
    func values(_ column: String) throws -> [Double] {
      guard case .number(let values) = try csv.column(column).values, !values.contains(where: \.isNaN) else {
        throw Faults.data("\(path), column \(column)", "does not hold a number in every row", "Correct the file.")
      }
      return values
    }
    if objective == .value, !csv.names.contains("value") {
      throw Faults.usage(
        "--objective value", "\(path) has no column value: nobody has said what its strategies are worth",
        "Add the column, or allocate production.")
    }
    let names = ["oa_amt_h0", "todu_30ever_h6", "todu_amt_pile_h6"] + (objective == .value ? ["value"] : [])
    let amounts = try names.map(values)
    let scale = AmountScale(of: amounts)
    let whole = try zip(names, amounts).map { column, values in
      let (whole, rounded) = try scale.round(
        values, beside: amounts,
        place: { row in Place(source: "\(path), column \(column)\(row.map { ", row \($0 + 1)" } ?? "")") },
        setting: "--amount-scale ")
      // A choice is proven of the numbers that decide, and these must be the file's.
      guard rounded == 0 else {
        throw Faults.data(
          "\(path), column \(column)",
          "\(rounded) of its amounts have more decimals than can be exact beside the largest amounts of the file",
          "Write all amounts in one unit, with the decimals that count.")
      }
      return whole
    }
    frontier = SegmentFrontier(
      name: name, measure: RiskMeasure(multiplier: multiplier), scale: scale,
      points: (0..<csv.rowCount).map {
        .init(
          production: whole[0][$0], numerator: whole[1][$0], denominator: whole[2][$0],
          value: whole.count > 3 ? whole[3][$0] : nil)
      })
    (annualCoefficient, draws, table, digest, rows) = (1, nil, nil, nil, nil)
    period = Period(start: "", end: "", months: 0)
    strategies = []
    columns = csv.names
    let texts = csv.columns.map { column -> [String] in
      switch column.values {
      case .number(let values): values.map { $0.isNaN ? "" : NumberText.shortest($0) }
      case .text(let text): text.codes.indices.map { text[$0] ?? "" }
      case .moment: [String](repeating: "", count: csv.rowCount)
      }
    }
    let lines = (0..<csv.rowCount).map { row in texts.map { $0[row] } }
    let place = csv.names.firstIndex(of: "sol_fac")
    self.lines = lines
    let numbers = lines.indices.map { row in place.map { lines[row][$0] } ?? String(row) }
    var seen: Set<String> = []
    if let twice = numbers.first(where: { !seen.insert($0).inserted }) {
      throw Faults.data("\(path), column sol_fac", "has the solution \(twice) twice", "Number every row differently.")
    }
    self.numbers = numbers
    remarks = []
  }

  /// Writes the sums in a finer scale, that of all segments together.
  mutating func rescale(to scale: AmountScale) throws { frontier = try frontier.rescaled(to: scale) }

  /// The same with the limits of the segment.
  /// - Throws: `Faults` (usage) for a solution that it does not have.
  func frontier(_ own: SegmentLimits.Own?) throws -> SegmentFrontier {
    var frontier = frontier
    guard let own else { return frontier }
    (frontier.bounds.minRisk, frontier.bounds.maxRisk) = (own.minRisk, own.maxRisk)
    frontier.bounds.maxChange = own.maxChange
    frontier.bounds.leastProduction = own.leastProduction.map(sum)
    frontier.bounds.leastProductionName = own.leastProduction.map { "\($0)" }
    if own.lock == SegmentLimits.today {
      frontier.bounds.isLockedToToday = true
    } else if let lock = own.lock {
      guard let point = numbers.firstIndex(of: lock) else {
        throw Faults.usage(
          "lock of \(frontier.name)", "it has no solution \(lock)",
          "Its \(numbers.count) solutions are \(numbers.first ?? "") to \(numbers.last ?? "").")
      }
      frontier.bounds.lockedPoint = point
      frontier.bounds.lockedName = lock
    }
    return frontier
  }

  /// An amount a year as a sum of the period: the least whole sum that keeps it. What is whole but for the rounding of a
  /// double is whole, or a floor of 1024.13 would become one of 1024.14.
  func sum(_ amount: DecimalNumber) -> Int64 {
    let value = (Double("\(amount)") ?? .infinity) / annualCoefficient * frontier.scale.perUnit
    let nearest = value.rounded()
    let isWhole = abs(value - nearest) <= max(1e-6, 4 * value.ulp)
    return Int64(exactly: isWhole ? nearest : value.rounded(.up)) ?? .max
  }

  /// The strategy of a choice; nil for today and for files.
  func strategy(_ choice: Allocation.Choice) -> Strategy? {
    choice.strategy ?? choice.point.flatMap { strategies.indices.contains($0) ? strategies[$0] : nil }
  }

  func number(_ choice: Allocation.Choice) -> String {
    choice.point.map { numbers[$0] } ?? (choice.isToday ? SegmentLimits.today : "")
  }

  /// The chosen solution as the segment's file has it; of today the sums alone.
  func fields(_ choice: Allocation.Choice) -> [String] {
    if let point = choice.point, lines.indices.contains(point) { return lines[point] }
    if let table, let strategy = strategy(choice) {
      var fields = table.row(choice.point ?? 0, strategy)
      if choice.point == nil { fields[0] = "" }
      return fields
    }
    let sums = choice.sums
    let known = [
      "sol_fac": number(choice), "oa_amt_h0": amount(sums.production), "todu_30ever_h6": amount(sums.numerator),
      "todu_amt_pile_h6": amount(sums.denominator),
      "b2_ever_h6": NumberText.shortest(frontier.measure.strategyPercent(sums.sums)),
    ]
    return columns.map { known[$0] ?? "" }
  }

  private func amount(_ sum: Int64) -> String { NumberText.shortest(volume(sum)) }

  /// Currency a year.
  func volume(_ sum: Int64) -> Double { Double(sum) * annualCoefficient / frontier.scale.perUnit }
}
