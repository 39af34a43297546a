internal import CutlineCore
internal import CutlineCredit

/// How a cell's figures come about: from its applications to its production and risk, each step computed again from what the run
/// stored, and held against what it used.
public struct CellExplanation {
  public struct Step: Encodable, Sendable {
    public let step, formula: String
    /// Nil where it is a word, or undefined.
    public let value: Double?
    public let unit: String
    public let text: String?
  }

  public let steps: [Step]
  /// Bins from 1.
  public let bins: [Int]

  /// - Parameter bins: of the cell, from 1.
  /// - Throws: `Faults` (usage) for a cell that the grid does not have; (integrity) where the steps do not come to what the run
  ///   used.
  public init(_ run: VerifiedRun, bins: [Int]) throws {
    let (cells, grid) = (run.cells, run.cells.grid)
    guard bins.count == grid.axes.count, zip(bins, grid.axes).allSatisfy({ (1...$1.binCount).contains($0) }) else {
      throw Faults.usage(
        "--cell", "the grid has no cell \(bins.map(String.init).joined(separator: ","))",
        "Name a bin of each of \(grid.axes.map { "\($0.name) (1 to \($0.binCount))" }.joined(separator: ", ")).")
    }
    self.bins = bins
    let cell = grid.index(bins.map { $0 - 1 })
    let cube = try run.load(Cube.self, kind: "cube")
    let exposure = try run.load(ExposureModel.self, kind: "exposure")
    let (scale, measure) = (cells.scale, cells.measure)
    var steps: [Step] = []
    func add(_ step: String, _ formula: String, _ value: Double?, _ unit: String, text: String? = nil) {
      steps.append(Step(step: step, formula: formula, value: value, unit: unit, text: text))
    }
    func money(_ sum: Int64) -> Double { Double(sum) / scale.perUnit }
    for (axis, bin) in zip(grid.axes, bins) {
      add(
        axis.name, "bin \(bin) of \(axis.source), \(axis.direction.rawValue)", nil, "",
        text: axis.interval(ofBin: bin - 1))
    }
    let rows = try [ApplicationState.bookedMature, .bookedImmature, .scoreRejected].map {
      try cube.sums(of: .rows, [$0])[cell]
    }
    add(
      "booked", "applications of the main period, with an outcome + without", Double(rows[0] + rows[1]), "applications")
    add("booked with an outcome", "they count in the risk", Double(rows[0]), "applications")
    add("rejected by score", "applications of the main period", Double(rows[2]), "applications")
    let booked = cells.booked[cell]
    guard cube.grid == grid, try cube.cellSums(ApplicationState.booked)[cell] == booked,
      try cube.cellSums([.scoreRejected])[cell] == cells.rejected[cell]
    else {
      throw Faults.integrity(
        "\(run.folder), cell \(bins.map(String.init).joined(separator: ","))",
        "its sums are not those of the applications in the run's cube", "Run it again.")
    }
    for (name, value) in zip(CellSums.columnNames, booked.values).dropFirst() {
      add("\(name) of booked", "sum over booked applications", money(value), "currency, of the period")
    }
    add(
      "risk of booked", "100 · \(NumberText.shortest(measure.multiplier)) · todu_30ever_h6 / todu_amt_pile_h6",
      measure.percent(booked), "percent")
    let (asked, rejectedRows) = (cells.rejected[cell], cells.rejectedRows[cell])
    guard let rates = cells.rates else {
      throw Faults.usage(
        run.folder, "does not say what of a swap-in is counted: its cells are made by another stage than standard",
        "Ask that stage.")
    }
    let stress = cube.summary.stress.factor
    let risk = cells.predictedRisk[cell]
    add("requested by rejected", "sum of oa_amt, A", money(asked.requested), "currency, of the period")
    add(
      "predicted risk", stress == 1 ? "of the risk surface, r" : "of the risk surface times stress \(stress), r",
      100 * risk, "percent")
    let perRequested =
      exposure.basis == .granted ? cells.exposureRatio * rates.granted.value : cells.exposureRatio
    let pile = perRequested * Double(asked.requested)
    add(
      "pile", exposure.basis == .granted ? "exposure ratio · granted · A, P" : "exposure ratio · A, P",
      pile / scale.perUnit, "currency, of the period")
    let multiplier = cells.rejectMultiplier[cell]
    let numerator = risk * pile / measure.multiplier * multiplier
    add(
      "numerator",
      "r · P / \(NumberText.shortest(measure.multiplier)) · reject multiplier \(NumberText.shortest(multiplier)), T",
      numerator / scale.perUnit, "currency, of the period")
    add("booked of offers", "pass · take-up", rates.booked, "fraction")
    add("granted of a request", "of production", rates.granted.value, "fraction")
    let prediction = SwapInPrediction(
      measure: measure, scale: scale, risk: cells.predictedRisk, multiplier: cells.rejectMultiplier,
      perRequested: perRequested, rates: rates)
    let swapIn = try prediction.sums(cell, asked: asked, rows: rejectedRows)
    guard swapIn == cells.swapIn[cell] else {
      throw Faults.integrity(
        "\(run.folder), cell \(bins.map(String.init).joined(separator: ","))",
        "the steps do not come to what the run used for its swap-ins",
        "Its cells were made by another stage or build than the one that explains them.")
    }
    for (name, value) in zip(CellSums.columnNames, swapIn.values) {
      add(
        "\(name) of swap-in",
        "times pass · take-up\(name == "oa_amt_h0" ? " · granted" : ""), rounded to \(scale.name)",
        money(value), name == "acct_booked_h0" ? "accounts, expected" : "currency, of the period")
    }
    add("risk of swap-in", "100 · m · T / P", measure.percent(swapIn), "percent")
    let total = cells.total(cell)
    add("risk of the cell", "booked and swap-in together", measure.percent(total), "percent")
    add(
      "production of the cell",
      "booked and swap-in, times 12 / \(cells.basis?.months ?? 12) months", run.volume(total.production),
      "currency, of a year")
    for scenario in run.scenarios.scenarios {
      let decision = scenario.strategy.map { $0.accepts(cell, in: grid) ? "accept" : "reject" }
      add(
        "decision of \(scenario.name)", "risk ≤ \(scenario.limit) %", nil, "",
        text: decision ?? scenario.status.rawValue)
    }
    self.steps = steps
  }
}
