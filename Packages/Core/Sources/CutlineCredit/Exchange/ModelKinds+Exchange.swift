public import CutlineCore

extension Train: ExchangedKind {
  /// What `surface.json` may say beside `risk.csv`.
  private struct Maker: Codable {
    let estimator: String?
    let parameters: [String: Double]?
    let features: [String]?
  }

  public static func artifacts(of input: Input) -> [String: ExchangedInput] { ["sample": .one(input.sample)] }

  /// `risk-surface.json`, or `risk.csv` with the risk of every cell and perhaps `surface.json` with the maker's name.
  public static func read(from folder: ExchangeFolder, for input: Input, by command: String) throws -> RiskSurface {
    guard folder.has("risk.csv") || folder.has("surface.json") else { return try RiskSurface(readingFrom: folder) }
    let sample = input.sample
    let risk = try ExchangeCheck.cellFile("risk.csv", column: "risk", sample.grid, folder)
    let maker = folder.has("surface.json") ? try folder.json(Maker.self, from: "surface.json") : nil
    let observed = ObservedRisk(sample)
    return RiskSurface(
      grid: sample.grid, multiplier: sample.measure.multiplier, risk: risk, estimator: maker?.estimator ?? command,
      featureSet: "process", parameters: maker?.parameters ?? [:], features: maker?.features ?? [], coefficients: [],
      trainR2: observed.r2(of: risk), trainingRows: observed.rows, trainingCells: observed.cells, folds: 0,
      candidates: [])
  }

  public static func check(_ output: RiskSurface, against input: Input) throws {
    try ExchangeCheck.sameGrid(output.grid, input.sample.grid)
    try ExchangeCheck.sameMultiplier(output.multiplier, input.sample.measure.multiplier)
    try ExchangeCheck.cells("risk", output.risk, output.grid, in: -1000...1000)
    guard output.coefficients.isEmpty || output.coefficients.count == output.features.count + 1 else {
      throw Faults.data(
        "coefficients", "has \(output.coefficients.count) values for \(output.features.count) features",
        "Give the intercept and one a feature, or none at all.")
    }
    let numbers = output.coefficients + Array(output.parameters.values)
    guard numbers.allSatisfy(\.isFinite), output.trainR2 <= 1 else {
      throw Faults.data("coefficients, parameters, trainR2", "hold a value that cannot be", "Give finite numbers.")
    }
    guard output.trainingRows >= 0, output.trainingCells >= 0, output.folds >= 0, !output.estimator.isEmpty else {
      throw Faults.data(
        "estimator, trainingRows, trainingCells, folds", "are empty or negative", "Say how it was learnt.")
    }
  }
}

/// The observed risk of the cells of a sample, weighted by exposure.
private struct ObservedRisk {
  private let risk, weight: [Double]
  let rows: Int

  init(_ sample: Sample) {
    var numerator = [Int64](repeating: 0, count: sample.grid.cellCount)
    var denominator = numerator
    var rows = 0
    for row in sample.cell.indices where sample.isMature[row] {
      numerator[Int(sample.cell[row])] += sample.amounts[2][row]
      denominator[Int(sample.cell[row])] += sample.amounts[3][row]
      rows += 1
    }
    self.rows = rows
    weight = denominator.map { max(0, Double($0)) }
    risk = zip(numerator, denominator).map { $1 > 0 ? sample.measure.multiplier * Double($0) / Double($1) : 0 }
  }

  /// Cells with exposure.
  var cells: Int { weight.count { $0 > 0 } }

  /// `1 − Σ w (y − ŷ)² / Σ w (y − ȳ)²`, as the native estimators have it; −infinity where nothing varies.
  func r2(of predicted: [Double]) -> Double {
    let total = weight.reduce(0, +)
    guard total > 0 else { return -.infinity }
    let mean = zip(weight, risk).reduce(0) { $0 + $1.0 * $1.1 } / total
    var spread = 0.0
    var residual = 0.0
    for cell in risk.indices {
      spread += weight[cell] * (risk[cell] - mean) * (risk[cell] - mean)
      residual += weight[cell] * (risk[cell] - predicted[cell]) * (risk[cell] - predicted[cell])
    }
    return spread > 0 ? 1 - residual / spread : -.infinity
  }
}

extension Exposure: ExchangedKind {
  public static func artifacts(of input: Input) -> [String: ExchangedInput] { ["sample": .one(input.sample)] }

  public static func check(_ output: ExposureModel, against input: Input) throws {
    try ExchangeCheck.number("ratio", output.ratio, in: 0...1000)
    if let r2 = output.r2, r2 > 1 { throw Faults.data("r2", "is \(r2)", "It is at most 1, or null.") }
    guard output.rows >= 0 else { throw Faults.data("rows", "is \(output.rows)", "Count them from 0.") }
  }
}

extension InferRejects: ExchangedKind {
  public static func artifacts(of input: Input) -> [String: ExchangedInput] {
    ["sample": .one(input.sample), "surface": .one(input.surface)]
  }

  /// `reject-adjustment.json`, or `multiplier.csv` with the multiplier of every cell.
  public static func read(
    from folder: ExchangeFolder, for input: Input, by command: String
  ) throws -> RejectAdjustment {
    guard folder.has("multiplier.csv") else { return try RejectAdjustment(readingFrom: folder) }
    let values = try ExchangeCheck.cellFile("multiplier.csv", column: "multiplier", input.sample.grid, folder)
    return RejectAdjustment(method: command, multiplier: values, cappedCells: 0)
  }

  public static func check(_ output: RejectAdjustment, against input: Input) throws {
    let grid = input.sample.grid
    try ExchangeCheck.cells("multiplier", output.multiplier, grid, in: 0...1_000_000)
    guard (0...grid.cellCount).contains(output.cappedCells) else {
      throw Faults.data("cappedCells", "is \(output.cappedCells) of \(grid.cellCount) cells", "Count the capped cells.")
    }
    guard !output.method.isEmpty else { throw Faults.data("method", "is empty", "Name the method.") }
  }
}

extension ModelFiles: ExchangedKind {
  public static func artifacts(of input: Input) -> [String: ExchangedInput] {
    ["surface": .one(input.surface), "exposure": .one(input.exposure)]
  }
}
